"""The layered layout of a group of the mount graph: sources left, containers right, lines between.

Each mount has a row of its own at its container. A source stands in the row of its first mount; from there a lane goes
down to its others. So no two sources meet in a row, and lines cross only where a lane passes another source's mount.
Containers are ordered by the mean of their sources' places (the barycentre), a few times over.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from voltui.model.graph import Edge, EdgeKind, MountGraph, NodeKey
from voltui.model.picture import Picture, Row, mount_words, placed, sign
from voltui.model.safe import safe
from voltui.model.text import cell_width, middle_cut

_SWEEPS = 4
_MOST_OF_WIDTH = 0.4
"""What part of the width the names of sources may take."""
_LEAST_NAME = 8
_READABLE = 16
"""Cells that the right side needs to be of use."""
_ARROW = 4
"""Cells between the last lane and the blank before the right side."""
_BETWEEN = _ARROW + 2


class _RightRow(Struct, frozen=True):
    """A line of the right side: a container, or one of its mounts."""

    text: str
    container: NodeKey | None = None
    edge: Edge | None = None


class Layers:
    """What stands in which row of a group's drawing, before it is fitted into a width."""

    def __init__(self, graph: MountGraph) -> None:
        self._graph = graph
        self._rows = _right_side(graph, _ordered(graph))
        self._places: dict[NodeKey, list[int]] = {}
        """The rows of each source's mounts."""
        for number, row in enumerate(self._rows):
            if row.edge is not None:
                self._places.setdefault(row.edge.source, []).append(number)
        self._lanes = _lanes(self._places)
        self._channel = 2 * (max(self._lanes.values(), default=-1) + 1)
        """Cells that the lanes take."""
        self._names = {key: _titled(graph, key) for key in self._places}
        self._longest = max(map(cell_width, self._names.values()), default=0)

    def fits(self, width: int) -> bool:
        """Whether the right side has room enough to be read."""
        longest = max((cell_width(row.text) for row in self._rows), default=0)
        return width - self._left(width) - self._channel - _BETWEEN >= min(_READABLE, longest)

    def picture(self, width: int) -> Picture:
        """The drawing. Rows are at most ``width`` cells wide where it `fits`."""
        first = {numbers[0]: key for key, numbers in self._places.items()}
        rows = [self._row(number, first.get(number), width) for number in range(len(self._rows))]
        loose = (node.key for node in self._graph.sources if node.key not in self._places)
        names = ((key, middle_cut(_titled(self._graph, key), max(width, _LEAST_NAME))) for key in loose)
        return Picture(self._graph, (*rows, *(Row(name, source=key) for key, name in names)))

    def _left(self, width: int) -> int:
        """Cells for the names of sources."""
        return min(max(_LEAST_NAME, int(width * _MOST_OF_WIDTH)), self._longest)

    def _row(self, number: int, source: NodeKey | None, width: int) -> Row:
        row, left = self._rows[number], self._left(width)
        name = middle_cut(self._names[source], left) if source is not None else ""
        wires = self._wires(number, begins=source is not None)
        blank = (wires[0] if source is not None else " ") * (left - cell_width(name))
        between = f" {blank}{wires} "
        room = max(_LEAST_NAME, width - cell_width(name) - cell_width(between))
        return Row(name, between, middle_cut(row.text, room), source, row.container, row.edge)

    def _wires(self, number: int, *, begins: bool) -> str:
        """What stands between the two sides in one row."""
        edge = self._rows[number].edge
        cells = [" "] * (self._channel + _ARROW)
        if edge is not None:
            own = self._lanes.get(edge.source, -1)
            start = 0 if begins else 2 * own + 1
            for at in range(start, len(cells) - 1):
                cells[at] = "─" if begins and own >= 0 and at <= 2 * own else _style(edge)
            cells[-1] = "▶"
        for key, lane in self._lanes.items():
            above, below = self._places[key][0], self._places[key][-1]
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


def _right_side(graph: MountGraph, containers: Sequence[NodeKey]) -> list[_RightRow]:
    rows: list[_RightRow] = []
    for key in containers:
        node = graph.nodes[key]
        givers = [graph.nodes[edge.source].name for edge in graph.into(key, EdgeKind.VOLUMES_FROM)]
        taken = f", volumes-from {', '.join(map(safe, givers))}" if givers else ""
        rows.append(_RightRow(f"{sign(node)} {safe(node.name)}  {safe(node.state)}{taken}", container=key))
        rows += [_RightRow(mount_words(edge), edge=edge) for edge in _mounts(graph, key)]
    return rows


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
    return f"{sign(graph.nodes[key])} {placed(graph, key)}"
