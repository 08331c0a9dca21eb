"""The mount graph as text: sources left, containers right, lines between; or as an indented tree.

Each mount has a row of its own at its container. A source stands in the row of its first mount; from there a lane goes
down to its others. So no two sources meet in a row, and lines cross only where a lane passes another source's mount.
Containers are ordered by the mean of their sources' places (the barycentre), a few times over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voltui.model.graph import Edge, EdgeKind, MountGraph, Node, NodeKey, NodeKind
from voltui.model.safe import safe
from voltui.model.text import cell_width, middle_cut, plural

_SWEEPS = 4
_MOST_OF_WIDTH = 0.4
"""What part of the width the names of sources may take."""
_LEAST_NAME = 8
_STATES = {"running": "●", "restarting": "●", "paused": "‖"}
_ASCII = str.maketrans("─│┬├└┼▶┄═●○‖▪…", "-|+++|>.=+o=*~")


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the right side: a container, or one of its mounts."""

    text: str
    edge: Edge | None = None


def ascii_only(text: str) -> str:
    """The drawing for a terminal without UTF-8."""
    return text.translate(_ASCII)


def draw(graph: MountGraph, width: int) -> list[str]:
    """All groups, each under a line that names it. Rows are at most ``width`` cells wide where that is 40 or more."""
    lines: list[str] = []
    for part in (graph.part(group) for group in graph.groups if len(group) > 1):
        lines += [_heading(part), *draw_group(part, width), ""]
    alone = graph.part(key for group in graph.groups if len(group) == 1 for key in group)
    for title, nodes in (("volumes without users", alone.sources), ("containers without data", alone.containers)):
        if nodes:
            lines += [f"{title}: {len(nodes):,}", *(f"  {_titled(alone, node.key)}" for node in nodes), ""]
    return lines[:-1]


def draw_group(graph: MountGraph, width: int) -> list[str]:
    """One group, without a heading."""
    rows = _right_side(graph, _ordered(graph))
    places: dict[NodeKey, list[int]] = {}
    for number, row in enumerate(rows):
        if row.edge is not None:
            places.setdefault(row.edge.source, []).append(number)
    lanes = _lanes(places)
    names = {key: _titled(graph, key) for key in places}
    room = max(_LEAST_NAME, int(width * _MOST_OF_WIDTH))
    left = min(room, max(map(cell_width, names.values()), default=0))
    first = {numbers[0]: key for key, numbers in places.items()}
    channel = 2 * (max(lanes.values(), default=-1) + 1)
    lines = []
    for number, row in enumerate(rows):
        source = first.get(number)
        name = middle_cut(names[source], left) if source is not None else ""
        wires = _wires(number, row.edge, source is not None, places, lanes, channel)
        room_right = max(_LEAST_NAME, width - left - cell_width(wires) - 2)
        blank = (wires[0] if source is not None else " ") * (left - cell_width(name))
        lines.append(f"{name} {blank}{wires} {middle_cut(row.text, room_right)}".rstrip())
    return [*lines, *(_titled(graph, node.key) for node in graph.sources if node.key not in places)]


def _heading(group: MountGraph) -> str:
    counts = f"{plural(len(group.sources), 'source')}, {plural(len(group.containers), 'container')}"
    shared = group.shared_by_writers
    risk = f"; several write to {', '.join(safe(node.name) for node in shared)}" if shared else ""
    return f"{safe(group.title(group.nodes)) or 'no project'}: {counts}{risk}"


def _wires(
    number: int,
    edge: Edge | None,
    begins: bool,
    places: dict[NodeKey, list[int]],
    lanes: dict[NodeKey, int],
    channel: int,
) -> str:
    """What stands between the two sides in one row."""
    cells = [" "] * (channel + 4)
    own = lanes.get(edge.source, -1) if edge is not None else -1
    style = _style(edge) if edge is not None else ""
    if edge is not None:
        start = 0 if begins else 2 * own + 1
        for at in range(start, len(cells) - 1):
            cells[at] = "─" if begins and own >= 0 and at <= 2 * own else style
        cells[-1] = "▶"
    for key, lane in lanes.items():
        above, below = places[key][0], places[key][-1]
        at = 2 * lane + 1
        if edge is not None and key == edge.source:
            cells[at] = "┬" if begins else "└" if number == below else "├"
        elif above < number < below:
            cells[at] = "│" if cells[at] == " " else "┼"
    return "".join(cells)


def _style(edge: Edge) -> str:
    if edge.via:
        return "═"
    return "┄" if edge.read_only else "─"


def _right_side(graph: MountGraph, containers: Sequence[NodeKey]) -> list[_Row]:
    rows: list[_Row] = []
    for key in containers:
        node = graph.nodes[key]
        givers = [graph.nodes[edge.source].name for edge in graph.into(key, EdgeKind.VOLUMES_FROM)]
        taken = f", volumes-from {', '.join(map(safe, givers))}" if givers else ""
        rows.append(_Row(f"{_sign(node)} {safe(node.name)}  {safe(node.state)}{taken}"))
        rows += [_Row(f"{edge.access} {safe(edge.destination)}{_via(edge)}", edge) for edge in _mounts(graph, key)]
    return rows


def _via(edge: Edge) -> str:
    return f"  via {safe(edge.via)}" if edge.via else ""


def _mounts(graph: MountGraph, key: NodeKey) -> list[Edge]:
    return sorted(graph.into(key, EdgeKind.MOUNT), key=lambda edge: edge.destination)


def _ordered(graph: MountGraph) -> list[NodeKey]:
    """The containers, data containers before those that take from them, then by the barycentre of their sources."""
    order = [node.key for node in sorted(graph.containers, key=lambda node: node.name)]
    mounted = {key: {edge.source for edge in _mounts(graph, key)} for key in order}
    for _ in range(_SWEEPS):
        place = _means({key: number for number, key in enumerate(order)}, _turned(mounted))
        means = _means(place, mounted)
        order.sort(key=lambda key: means.get(key, 0.0))
    givers = {edge.source for edge in graph.edges if edge.kind is EdgeKind.VOLUMES_FROM}
    return sorted(order, key=lambda key: key not in givers)


def _turned(mounted: dict[NodeKey, set[NodeKey]]) -> dict[NodeKey, set[NodeKey]]:
    found: dict[NodeKey, set[NodeKey]] = {}
    for container, sources in mounted.items():
        for source in sources:
            found.setdefault(source, set()).add(container)
    return found


def _means(place: dict[NodeKey, float] | dict[NodeKey, int], of: dict[NodeKey, set[NodeKey]]) -> dict[NodeKey, float]:
    return {key: sum(place[one] for one in others) / len(others) for key, others in of.items() if others}


def _lanes(places: dict[NodeKey, list[int]]) -> dict[NodeKey, int]:
    """A lane for each source of several mounts; two share one where neither passes the other."""
    free: list[int] = []
    lanes: dict[NodeKey, int] = {}
    for key, numbers in sorted(places.items(), key=lambda item: item[1][0]):
        if len(numbers) == 1:
            continue
        lane = next((number for number, end in enumerate(free) if end < numbers[0]), len(free))
        free[lane : lane + 1] = [numbers[-1]]
        lanes[key] = lane
    return lanes


def _titled(graph: MountGraph, key: NodeKey) -> str:
    """Sign and name of a node, and what it lies in."""
    return f"{_sign(graph.nodes[key])} {_placed(graph, key)}"


def _placed(graph: MountGraph, key: NodeKey) -> str:
    parents = [safe(graph.nodes[edge.source].name) for edge in graph.into(key, EdgeKind.WITHIN)]
    return safe(graph.nodes[key].name) + (f" (in {', '.join(parents)})" if parents else "")


def _sign(node: Node) -> str:
    return _STATES.get(node.state, "○") if node.key.kind is NodeKind.CONTAINER else "▪"


def tree(graph: MountGraph) -> list[str]:
    """The same as an indented tree without lines: for screen readers and narrow windows."""
    lines: list[str] = []
    for group in map(graph.part, graph.groups):
        lines.append(_heading(group))
        for source in sorted(group.sources, key=lambda node: node.name):
            lines += _branch(group, source.key)
        bare = (node for node in group.containers if not group.into(node.key, EdgeKind.MOUNT))
        lines += [f"  container {_named(node)}, no data" for node in bare]
    return lines


def _branch(graph: MountGraph, key: NodeKey) -> list[str]:
    edges = graph.out_of(key, EdgeKind.MOUNT)
    users = [
        f"    {_named(graph.nodes[edge.target])}, {edge.access} at {safe(edge.destination)}{_via(edge)}"
        for edge in sorted(edges, key=lambda edge: graph.nodes[edge.target].name)
    ]
    return [f"  {key.kind} {_placed(graph, key)}", *(users or ["    no user"])]


def _named(node: Node) -> str:
    return f"{safe(node.name)} ({safe(node.state)})"
