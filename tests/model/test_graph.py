"""The mount graph: its answers, how it is drawn, and what other programs make of it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import program
from voltui.model import drawing, graph_export, picture
from voltui.model.container import Container, ContainerDetail
from voltui.model.errors import Usage
from voltui.model.graph import EdgeKind, MountGraph, Node, NodeKey, NodeKind
from voltui.model.graph_builder import mount_graph
from voltui.model.graph_formats import FORMATS, format_of
from voltui.model.inventory import EngineInfo, Inventory
from voltui.model.mount import Mount, MountKind
from voltui.model.safe import safe
from voltui.model.text import cell_width
from voltui.model.volume import Volume

HOSTILE = 'a"b\\c]{};\x1b[31m|<script>\n#'
SVG = "{http://www.w3.org/2000/svg}"


def volume_mount(name: str, destination: str = "/data", *, read_only: bool = False) -> Mount:
    return Mount(MountKind.VOLUME, name, destination, read_only)


def bind(path: str, destination: str = "/data", *, read_only: bool = False) -> Mount:
    return Mount(MountKind.BIND, path, destination, read_only)


def container(name: str, *mounts: Mount, state: str = "running", project: str = "") -> Container:
    labels = {"com.docker.compose.project": project} if project else {}
    return Container(f"id-{name}", name, "image", state, labels=labels, mounts=mounts)


def graph_of(
    volumes: Iterable[Volume | str], containers: Iterable[Container], taken: dict[str, list[str]] | None = None
) -> MountGraph:
    made = [one if isinstance(one, Volume) else Volume(one, mountpoint=f"/engine/{one}/_data") for one in volumes]
    inventory = Inventory.of(EngineInfo("e", "host", "Docker", "1", "1"), made, containers)
    by_name = {one.name: one for one in inventory.containers.values()}
    details = {
        f"id-{name}": ContainerDetail(by_name[name], tuple(givers), auto_remove=False, started=None)
        for name, givers in (taken or {}).items()
    }
    return mount_graph(inventory, details)


def volume(name: str) -> NodeKey:
    return NodeKey(NodeKind.VOLUME, name)


def path(name: str) -> NodeKey:
    return NodeKey(NodeKind.BIND, name)


def names(nodes: Iterable[Node]) -> list[str]:
    return [node.name for node in nodes]


def test_users_and_writers_of_a_volume() -> None:
    graph = graph_of(
        ["data"],
        [
            container("writer", volume_mount("data")),
            container("reader", volume_mount("data", read_only=True)),
            container("ended", volume_mount("data"), state="exited"),
        ],
    )
    assert names(graph.users(volume("data"))) == ["ended", "reader", "writer"]
    assert names(graph.writers(volume("data"))) == ["writer"]


def test_what_overlaps_is_the_same_data_however_deep_but_not_what_lies_beside_it() -> None:
    graph = graph_of(
        [],
        [
            container("outer", bind("/srv")),
            container("inner", bind("/srv/media/films")),
            container("middle", bind("/srv/media", read_only=True)),
            container("beside", bind("/srv/other")),
            container("similar", bind("/srv-not")),
        ],
    )
    assert names(graph.impact(path("/srv/media"))) == ["inner", "middle", "outer"]
    assert names(graph.impact(path("/srv/media/films"))) == ["inner", "middle", "outer"]
    assert names(graph.writers(path("/srv/media"))) == ["inner", "outer"]
    assert names(graph.impact(path("/srv-not"))) == ["similar"]


def test_a_bind_into_a_volumes_own_directory_is_the_volumes_data() -> None:
    graph = graph_of(["data"], [container("app", volume_mount("data")), container("spy", bind("/engine/data/_data/x"))])
    assert names(graph.impact(volume("data"))) == ["app", "spy"]


def test_a_volume_that_is_a_bind_of_a_path_is_that_paths_data() -> None:
    aliased = Volume("alias", options={"type": "none", "o": "bind", "device": "/srv"}, mountpoint="/engine/alias")
    graph = graph_of([aliased], [container("one", volume_mount("alias")), container("two", bind("/srv"))])
    assert names(graph.impact(path("/srv"))) == ["one", "two"]


def test_places_that_lie_in_each_other_are_no_endless_way() -> None:
    """A volume that binds a directory of a bind within its own: nobody should, and anybody can."""
    odd = Volume(
        "odd", options={"type": "none", "o": "bind", "device": "/engine/odd/sub/deep"}, mountpoint="/engine/odd"
    )
    graph = graph_of([odd], [container("one", volume_mount("odd")), container("two", bind("/engine/odd/sub"))])
    assert names(graph.impact(volume("odd"))) == ["one", "two"]
    assert names(graph.writers(path("/engine/odd/sub"))) == ["one", "two"]


def test_mounts_taken_from_a_data_container_say_through_whom_they_came() -> None:
    graph = graph_of(
        ["data", "own"],
        [
            container("holder", volume_mount("data"), state="created"),
            container("app", volume_mount("data"), volume_mount("own", "/own")),
        ],
        {"app": ["holder"]},
    )
    edges = {(edge.kind, edge.destination): edge for edge in graph.edges_of(NodeKey(NodeKind.CONTAINER, "id-app"))}
    assert edges[EdgeKind.MOUNT, "/data"].via == "holder"
    assert edges[EdgeKind.MOUNT, "/own"].via == ""
    assert (EdgeKind.VOLUMES_FROM, "") in edges
    assert "app" in names(graph.impact(NodeKey(NodeKind.CONTAINER, "id-holder")))


def test_whoever_takes_mounts_through_others_is_touched_too() -> None:
    mount = volume_mount("data")
    graph = graph_of(
        ["data"], [container(name, mount) for name in ("one", "two", "three")], {"two": ["one"], "three": ["two"]}
    )
    assert names(graph.impact(NodeKey(NodeKind.CONTAINER, "id-one"))) == ["data", "three", "two"]


@pytest.mark.parametrize("reference", ["holder", "id-holder", "id-hol"])
def test_a_data_container_is_found_by_name_by_id_and_by_the_beginning_of_its_id(reference: str) -> None:
    graph = graph_of(["data"], [container("holder", volume_mount("data")), container("app")], {"app": [reference]})
    assert [edge.kind for edge in graph.edges_of(NodeKey(NodeKind.CONTAINER, "id-app"))] == [EdgeKind.VOLUMES_FROM]


def test_a_data_container_that_is_gone_is_no_edge() -> None:
    graph = graph_of([], [container("app")], {"app": ["gone", ""]})
    assert graph.edges == ()


def test_orphans_risks_and_what_several_write_to() -> None:
    anonymous = Volume("f" * 64)
    graph = graph_of(
        ["lonely", "shared", anonymous],
        [
            container("one", volume_mount("shared"), volume_mount("f" * 64, "/cache")),
            container("two", volume_mount("shared")),
            container("bare"),
        ],
    )
    assert names(graph.orphans()) == ["lonely"]
    assert names(graph.shared_by_writers) == ["shared"]
    assert names(graph.at_risk()) == ["bare", "one:/cache"]


def test_sockets_and_files_of_the_system_are_no_data() -> None:
    graph = graph_of([], [container("agent", bind("/var/run/docker.sock"), bind("/etc/localtime"), bind("/"))])
    assert graph.edges == ()


def test_what_is_of_one_project_is_one_group() -> None:
    graph = graph_of(
        ["a", "b", "c"],
        [
            container("app", volume_mount("a"), project="shop"),
            container("db", volume_mount("b"), project="shop"),
            container("other", volume_mount("c")),
        ],
    )
    assert [graph.title(group) for group in graph.groups] == ["shop", ""]
    assert [len(group) for group in graph.groups] == [4, 2]


def test_a_name_may_mean_several_things() -> None:
    graph = graph_of(["same"], [container("same", volume_mount("same"))])
    assert len(graph.named("same")) == 2
    assert names(graph.named("id-same")) == ["same"]
    assert [node.key.kind for node in graph.named("volume:same")] == [NodeKind.VOLUME]
    assert [node.key.kind for node in graph.named("container:same")] == [NodeKind.CONTAINER]
    assert graph.named("nothing") == ()


def test_the_drawing_says_by_lines_and_by_words_who_touches_what() -> None:
    graph = graph_of(
        ["data", "conf"],
        [
            container("holder", volume_mount("data"), state="created"),
            container("web", volume_mount("data"), volume_mount("conf", "/etc/web", read_only=True)),
        ],
        {"web": ["holder"]},
    )
    assert drawing.draw(graph, 80) == [
        "no project: 2 sources, 2 containers",
        "              ○ holder  created",
        "▪ data ─┬───▶ rw /data",
        "        │     ● web  running, volumes-from holder",
        "        └═══▶ rw /data  via holder",
        "▪ conf ┄┄┄┄┄▶ ro /etc/web",
    ]


def test_the_tree_says_the_same_without_lines() -> None:
    graph = graph_of(["data", "unused"], [container("web", volume_mount("data", read_only=True)), container("bare")])
    assert drawing.tree(graph) == [
        "no project: 1 source, 1 container",
        "  volume data",
        "    web (running), ro at /data",
        "no project: 0 sources, 1 container",
        "  container bare (running), no data",
        "no project: 1 source, 0 containers",
        "  volume unused",
        "    no user",
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), max_size=40),
    st.integers(40, 120),
)
def test_every_mount_is_drawn_once_within_the_width_and_every_line_leads_from_its_source(
    mounts: list[tuple[int, int, bool]], width: int
) -> None:
    by_container: dict[int, list[Mount]] = {}
    for number, (of, to, read_only) in enumerate(mounts):
        by_container.setdefault(of, []).append(volume_mount(f"v{to}", f"/d{number}", read_only=read_only))
    graph = graph_of([f"v{n}" for n in range(10)], [container(f"c{of}", *own) for of, own in by_container.items()])
    lines = drawing.draw(graph, width)
    drawn = "\n".join(lines)
    if width >= 80:
        assert all(len(re.findall(rf"/d{number}\b", drawn)) == 1 for number in range(len(mounts)))
        assert all(cell_width(line) <= width for line in lines if not line.endswith(("container", "containers")))
    for number, (_, to, _) in enumerate(mounts):
        row = next((at for at, line in enumerate(lines) if re.search(rf"/d{number}\b", line)), None)
        if row is not None:
            assert leads_from(lines, row) == f"v{to}"


def leads_from(lines: list[str], row: int) -> str:
    """Follow the line of a mount back to the name it comes from."""
    if lines[row].startswith("▪"):
        return lines[row].split()[1]
    at = next(index for index, char in enumerate(lines[row]) if char in "├└")
    while lines[row][at] != "┬":
        row -= 1
        assert lines[row][at] in "│┼├┬", (lines, row, at)
    return lines[row].split()[1]


def test_names_that_hurt_reach_neither_terminal_nor_syntax() -> None:
    graph = graph_of([HOSTILE], [container("app", volume_mount(HOSTILE, f"/{HOSTILE}"))])
    for text in (*drawing.draw(graph, 100), *drawing.tree(graph), graph_export.dot(graph), graph_export.mermaid(graph)):
        assert "\x1b" not in text
    assert re.search(r'n0\[\("[^"<>\[\]{}|]*"\)\]', graph_export.mermaid(graph))


def test_graphviz_takes_it_names_that_hurt_included() -> None:
    graph = graph_of([HOSTILE, "data"], [container("app", volume_mount(HOSTILE), volume_mount("data", "/d"))])
    drawn = subprocess.run(
        [program("dot", "graphviz"), "-Tplain"],
        input=graph_export.dot(graph),
        capture_output=True,
        text=True,
        check=True,
    )
    assert drawn.stderr == ""
    assert len(re.findall(r"^node ", drawn.stdout, re.MULTILINE)) == 3
    assert len(re.findall(r"^edge ", drawn.stdout, re.MULTILINE)) == 2


def test_the_document_holds_every_node_edge_and_answer() -> None:
    graph = graph_of(
        ["data", "unused"], [container("app", volume_mount("data")), container("two", volume_mount("data"))]
    )
    document = json.loads(json.dumps(graph_export.document(graph)))
    ids = {node["name"]: node["id"] for node in document["nodes"]}
    assert {(edge["from"], edge["to"]) for edge in document["edges"]} == {
        (ids["data"], ids["app"]),
        (ids["data"], ids["two"]),
    }
    assert document["orphans"] == [ids["unused"]]
    assert document["shared_by_writers"] == [ids["data"]]


def test_a_terminal_without_utf8_gets_ascii() -> None:
    graph = graph_of(["data"], [container("one", volume_mount("data")), container("two", volume_mount("data"))])
    assert all(picture.ascii_only(line).isascii() for line in drawing.draw(graph, 80))


def drawn_svg(graph: MountGraph) -> ElementTree.Element:
    return ElementTree.fromstring(FORMATS["svg"].write(graph))


def test_the_svg_is_whole_holds_every_name_as_text_and_nothing_from_elsewhere() -> None:
    graph = graph_of(
        [HOSTILE, "data", "unused"],
        [
            container("app", volume_mount(HOSTILE), volume_mount("data", "/d", read_only=True)),
            container("two", volume_mount("data")),
        ],
    )
    texts = [text.text for text in drawn_svg(graph).iter(f"{SVG}text")]
    assert {f"▪ {safe(HOSTILE)}", "▪ data", "▪ unused", "● app  running", "ro /d"} <= set(texts)
    written = FORMATS["svg"].write(graph)
    assert "<script" not in written
    assert re.findall(r"https?://[^\"]*", written) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme: dark" in written


def test_the_lines_of_the_svg_have_an_arrow_for_each_mount_and_tell_read_only_by_dashes() -> None:
    graph = graph_of(
        ["data", "conf"],
        [
            container("one", volume_mount("data"), volume_mount("conf", "/conf", read_only=True)),
            container("two", volume_mount("data", read_only=True)),
        ],
    )
    kinds = [path.get("class") for path in drawn_svg(graph).iter(f"{SVG}path")]
    assert kinds.count("arrow") == 3
    assert kinds.count("readonly") == 2


@pytest.mark.parametrize(("path", "begins"), [("a/b.SVG", "<svg"), ("x.dot", "digraph"), ("x.mmd", "flowchart")])
def test_a_files_ending_names_the_format(path: str, begins: str) -> None:
    assert format_of(path).write(graph_of(["data"], [])).startswith(begins)


@pytest.mark.parametrize("path", ["graph", "graph.png", ".svg/graph", "svg"])
def test_an_ending_that_is_no_format_is_refused_with_those_that_are(path: str) -> None:
    with pytest.raises(Usage) as caught:
        format_of(path)
    assert ".mmd and .svg" in caught.value.hint


def test_mermaid_sees_no_character_with_a_meaning_in_any_name() -> None:
    """What stands between quotes may hold letters, digits, blanks, harmless signs, and entities like ``#34;``."""
    graph = graph_of([HOSTILE, "`md`"], [container("app", volume_mount(HOSTILE, '/"];x'), volume_mount("`md`"))])
    for line in graph_export.mermaid(graph).splitlines()[1:]:
        label = re.fullmatch(r'  n\d+ ?(?:\[\(|\[/|\(\[|\[|-\.?-?>?\||-->\||==>\|)"(.*)"(?:.*)', line)
        assert label, line
        assert re.fullmatch(r"(?:[^\"#<>&`\\|{}\[\]();]|#\d+;)*", label[1]), line


def test_the_part_of_a_volume_that_is_mounted_is_told_also_of_who_takes_the_mount_from_another() -> None:
    holder, taker = container("holder", volume_mount("data")), container("taker", volume_mount("data"))
    inspected = replace(holder, mounts=(replace(holder.mounts[0], subpath="img"),))
    inventory = Inventory.of(EngineInfo("e", "host", "Docker", "1", "1"), [Volume("data")], [holder, taker])
    graph = mount_graph(
        inventory,
        {
            holder.id: ContainerDetail(inspected, (), auto_remove=False, started=None),
            taker.id: ContainerDetail(taker, ("holder",), auto_remove=False, started=None),
        },
    )
    assert [edge.subpath for edge in graph.edges_of(volume("data"))] == ["img", "img"]
    assert "▪ data ─┬───▶ rw /data, subpath img" in drawing.draw(graph, 80)
    assert {edge["subpath"] for edge in graph_export.document(graph)["edges"] if edge["kind"] == "mount"} == {"img"}
