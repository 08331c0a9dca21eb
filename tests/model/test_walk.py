"""Walking a drawing of the mount graph by steps, without a screen."""

from __future__ import annotations

from tests.model.test_graph import bind, container, graph_of, path, volume, volume_mount
from voltui.model import drawing, walk
from voltui.model.graph import MountGraph, NodeKey, NodeKind
from voltui.model.layout import Layers
from voltui.model.picture import Picture


def of_container(name: str) -> NodeKey:
    return NodeKey(NodeKind.CONTAINER, f"id-{name}")


def shop() -> MountGraph:
    """``media`` is shared by alpha, gamma and zeta; ``db`` has one user, ``conf`` two."""
    return graph_of(
        ["conf", "db", "media"],
        [
            container("alpha", volume_mount("db"), volume_mount("media", "/m")),
            container("beta", volume_mount("conf")),
            container("gamma", volume_mount("conf", "/c"), volume_mount("media", "/m")),
            container("zeta", volume_mount("media", "/m")),
        ],
    )


def drawn(graph: MountGraph) -> Picture:
    return Layers(graph).picture(80)


def on(picture: Picture, key: NodeKey) -> walk.Cursor:
    cursor = walk.enter(picture, key)
    assert cursor is not None
    assert cursor.key == key
    return cursor


def test_up_and_down_visit_every_node_of_a_column_and_stop_at_its_ends() -> None:
    picture = drawn(shop())
    cursor = walk.enter(picture)
    assert cursor is not None
    seen = [cursor.key]
    while (further := walk.up_down(picture, cursor, 1)) != cursor:
        cursor = further
        seen.append(cursor.key)
    assert set(seen) == {volume("conf"), volume("db"), volume("media")}
    assert len(seen) == 3
    back = cursor
    for _ in range(9):
        back = walk.up_down(picture, back, -1)
    assert back.key == seen[0]


def test_right_goes_to_the_nearest_user_and_up_and_down_then_choose_among_the_users() -> None:
    picture = drawn(shop())
    start = on(picture, volume("media"))
    users = sorted(
        (spot for name in ("alpha", "gamma", "zeta") for spot in picture.spots_of[of_container(name)]),
        key=lambda spot: spot.row,
    )
    cursor = walk.left_right(picture, start, right=True)
    straight = picture.rows[start.spot.row].edge
    assert straight is not None
    assert cursor.key == straight.target
    assert walk.choices(picture, cursor) == tuple(users)
    while cursor.spot != users[0]:
        cursor = walk.up_down(picture, cursor, -1)
    visited = [cursor.spot]
    for _ in users[1:]:
        cursor = walk.up_down(picture, cursor, 1)
        visited.append(cursor.spot)
    assert visited == users, "beta is no user of media and is passed over"


def test_left_goes_back_to_where_one_came_from_not_to_what_is_nearer() -> None:
    picture = drawn(shop())
    cursor = walk.left_right(picture, on(picture, volume("media")), right=True)
    while cursor.key != of_container("alpha"):
        cursor = walk.up_down(picture, cursor, -1)
    assert walk.left_right(picture, cursor, right=False).key == volume("media")
    assert walk.left_right(picture, on(picture, of_container("alpha")), right=False).key == volume("db")


def test_beyond_the_last_choice_one_goes_on_in_the_column() -> None:
    graph = graph_of(
        ["one", "two"],
        [
            container("a", volume_mount("one")),
            container("b", volume_mount("one"), volume_mount("two", "/z")),
            container("c", volume_mount("two", "/z")),
        ],
    )
    picture = drawn(graph)
    cursor = walk.left_right(picture, on(picture, volume("one")), right=True)
    for _ in range(2):
        cursor = walk.up_down(picture, cursor, 1)
    assert cursor.key == of_container("c")
    assert walk.choices(picture, cursor) == ()


def test_volumes_from_and_places_within_places_are_walked_too() -> None:
    graph = graph_of(["data"], [container("holder", volume_mount("data")), container("taker")], {"taker": ["holder"]})
    picture = drawn(graph)
    taker = walk.left_right(picture, on(picture, of_container("holder")), right=True)
    assert taker.key == of_container("taker")
    assert walk.left_right(picture, on(picture, of_container("taker")), right=False).key == of_container("holder")
    nested = drawn(graph_of([], [container("a", bind("/srv")), container("b", bind("/srv/media"))]))
    assert walk.left_right(nested, on(nested, path("/srv/media")), right=False).key == path("/srv")


def test_where_no_edge_leads_one_stays() -> None:
    picture = drawn(graph_of(["lonely"], [container("bare")]))
    for key in (volume("lonely"), of_container("bare")):
        for right in (True, False):
            assert walk.left_right(picture, on(picture, key), right=right).key == key


def test_pages_and_ends() -> None:
    names = [f"v{number:02}" for number in range(30)]
    many = graph_of(names, [container("c", *(volume_mount(name, f"/{name}") for name in names))])
    picture = drawn(many)
    start = walk.enter(picture)
    assert start is not None
    page = walk.up_down(picture, start, 10)
    assert page.spot.row == start.spot.row + 10
    last = walk.to_end(picture, page, last=True)
    assert last.key == volume("v29")
    assert walk.up_down(picture, last, 10) == last
    assert walk.to_end(picture, last, last=False).key == volume("v00")


def test_the_cursor_stays_on_its_node_when_the_drawing_changes_and_finds_a_near_one_when_it_is_gone() -> None:
    before, cursor = drawn(shop()), on(drawn(shop()), of_container("gamma"))
    assert before.spots_of[of_container("gamma")][0] == cursor.spot
    grown = drawn(shop().part(key for key in shop().nodes if key != of_container("alpha")))
    kept = walk.settle(grown, cursor)
    assert kept is not None
    assert kept.key == of_container("gamma")
    without = drawn(shop().part(key for key in shop().nodes if key != of_container("gamma")))
    moved = walk.settle(without, cursor)
    assert moved is not None
    assert moved.key.kind is NodeKind.CONTAINER
    assert walk.settle(drawn(MountGraph({})), cursor) is None


def test_a_tree_is_walked_from_top_to_bottom_in_and_out_of_its_branches() -> None:
    picture = drawing.branches(shop())
    assert picture.linear
    cursor = walk.enter(picture)
    assert cursor is not None
    rows = [cursor.spot.row]
    while (further := walk.up_down(picture, cursor, 1)) != cursor:
        cursor = further
        rows.append(cursor.spot.row)
    assert rows == sorted(spot.row for spot in picture.spots)
    out = walk.left_right(picture, cursor, right=False)
    assert out.key == volume("media")
    inside = walk.left_right(picture, out, right=True)
    assert inside.key == of_container("alpha")
    assert walk.left_right(picture, inside, right=True) == inside


def test_a_neighbourhood_of_steps() -> None:
    graph = shop()
    assert graph.around(volume("db"), 1) == {volume("db"), of_container("alpha")}
    assert graph.around(volume("db"), 2) == {volume("db"), of_container("alpha"), volume("media")}
    assert graph.around(volume("db"), 9) == set(graph.nodes)


def test_a_drawing_that_would_leave_no_room_for_its_right_side_is_a_tree() -> None:
    assert not drawing.picture(shop(), 80, as_tree=False).linear
    assert drawing.picture(shop(), 80, as_tree=True).linear
    assert drawing.picture(shop(), 20, as_tree=False).linear


def test_twelve_nodes_fit_into_80_columns() -> None:
    names = [f"shop_volume_{number}" for number in range(6)]
    graph = graph_of(
        names,
        [
            container(f"shop-service-{number}", volume_mount(name, "/var/lib/data"), volume_mount(after, "/srv"))
            for number, (name, after) in enumerate(zip(names, [*names[1:], names[0]], strict=True))
        ],
    )
    picture = drawing.picture(graph, 77, as_tree=False)
    assert not picture.linear
    assert all(len(row.text) <= 77 for row in picture.rows)
    text = "\n".join(row.text for row in picture.rows)
    assert "…" not in text
