"""What a walk shows and marks, without a terminal."""

from __future__ import annotations

from tests.model.test_graph import container, graph_of, volume, volume_mount
from tests.model.test_walk import of_container, shop
from voltui.model.graph import MountGraph, NodeKey
from voltui.ui.spans import plain
from voltui.ui.walking import Walking


def walking(graph: MountGraph, key: NodeKey | None = None, width: int = 80) -> Walking:
    walk = Walking()
    walk.begin(graph, key)
    walk.follow(graph, width, as_tree=False)
    return walk


def text(walk: Walking) -> list[str]:
    assert walk.picture is not None
    return [plain(walk.row(number)).rstrip() for number in range(len(walk.picture.rows))]


def test_the_cursor_and_what_is_touched_are_told_by_signs() -> None:
    graph = graph_of(["data", "own"], [container("one", volume_mount("data")), container("two", volume_mount("own"))])
    walk = walking(graph, volume("data"))
    walk.toggle_impact()
    lines = text(walk)
    assert any(line.startswith(" > ▪ data ") for line in lines)
    assert any(line.endswith("!  ● one  running") for line in lines)
    assert not any("!" in line for line in lines if "two" in line)
    assert walk.impact_words() == "! Stopping, restoring or removing data touches: one"
    walk.left_right(right=True)
    assert any(line.endswith("!> ● one  running") for line in text(walk))


def test_marks_move_no_column() -> None:
    walk = walking(shop(), volume("media"))
    before = [line.replace(">", " ").replace("!", " ").rstrip() for line in text(walk)]
    walk.toggle_impact()
    walk.left_right(right=True)
    assert [line.replace(">", " ").replace("!", " ").rstrip() for line in text(walk)] == before


def test_around_shows_one_two_three_steps_then_all() -> None:
    graph = shop()
    walk, seen = walking(graph, volume("db")), []
    for _ in range(4):
        walk.step_around()
        walk.follow(graph, 80, as_tree=False)
        assert walk.shown is not None
        seen.append((len(walk.shown.nodes), walk.facts()))
    assert seen == [
        (2, ["1 step around db"]),
        (3, ["2 steps around db"]),
        (5, ["3 steps around db"]),
        (len(graph.nodes), []),
    ]


def test_a_filter_keeps_what_is_found_and_what_it_touches_and_escape_takes_back_one_thing_at_a_time() -> None:
    graph = shop()
    walk = walking(graph, volume("conf"))
    walk.filter = "db"
    walk.toggle_impact()
    walk.follow(graph, 80, as_tree=False)
    assert walk.shown is not None
    assert set(walk.shown.nodes) == {volume("db"), of_container("alpha")}
    assert walk.less()
    assert walk.impact_words() == ""
    assert walk.less()
    assert walk.filter == ""
    assert not walk.less()
    walk.filter = "nothing has this"
    walk.follow(graph, 80, as_tree=False)
    assert walk.picture is None
    assert not walk.up_down(1)


def test_a_node_that_goes_takes_its_impact_and_neighbourhood_with_it() -> None:
    graph = shop()
    walk = walking(graph, of_container("zeta"))
    walk.toggle_impact()
    walk.step_around()
    later = graph.part(key for key in graph.nodes if key != of_container("zeta"))
    walk.follow(later, 80, as_tree=False)
    assert walk.impact_words() == ""
    assert walk.facts() == []
    assert walk.node in later.nodes
