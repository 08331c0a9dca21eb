"""What the volume or container under the cursor is connected with, drawn: below its detail where there is room."""

from __future__ import annotations

from collections.abc import Iterable

from voltui.model import drawing
from voltui.model.container import Container
from voltui.model.graph import MountGraph, NodeKey, NodeKind
from voltui.model.graph_builder import mount_graph
from voltui.model.inventory import Inventory
from voltui.model.mount import MountKind
from voltui.model.picture import Row
from voltui.ui.glyphs import glyphs, plain_lines
from voltui.ui.spans import Line, Span, line
from voltui.ui.state import State, same

_STEPS = 2
"""To who mounts a volume, and what these mount beside it."""
_MOST_CONTAINERS = 30
"""More are not looked at: the drawing would be longer than any screen."""
_LEAST_ROWS = 3


class Near:
    """The drawing around a node. It is made again when the data, the node or the width is another."""

    def __init__(self) -> None:
        self._made_from: tuple[object, ...] = ()
        self._lines: list[Line] = []

    def lines(self, state: State, node: NodeKey, width: int, height: int, *, more: str) -> list[Line]:
        """The drawing below a title, in at most ``height`` lines; nothing where nothing is connected.

        ``more`` is the key that shows all of it.
        """
        if state.inventory is None:
            return []
        made_from = (state.inventory, state.details)
        if not same(made_from, self._made_from[:2]) or self._made_from[2:] != (node, width):
            self._lines = _drawn(_around(state.inventory, state, node), node, width)
            self._made_from = (*made_from, node, width)
        if not self._lines or height < _LEAST_ROWS + 1:
            return []
        title = line(Span(" connected   ", "dim"), Span(more, "key"), Span(" walks there", "dim"))
        if len(self._lines) + 1 <= height:
            return [title, *self._lines]
        left = len(self._lines) - height + 2
        return [title, *self._lines[:-left], line(Span(f"   {left} more lines{glyphs().ellipsis}", "dim"))]


def _around(inventory: Inventory, state: State, node: NodeKey) -> MountGraph:
    """The graph of the few containers that are near: that of the whole takes too long for a key (0.4 s of 10,000)."""
    containers = _containers(inventory, node)
    volumes = {
        mount.source: inventory.volumes[mount.source]
        for container in containers
        for mount in container.mounts
        if mount.kind is MountKind.VOLUME and mount.source in inventory.volumes
    }
    graph = mount_graph(Inventory.of(inventory.engine, volumes.values(), containers), state.details)
    return graph.part(graph.around(node, _STEPS)) if node in graph.nodes else graph.part(())


def _containers(inventory: Inventory, node: NodeKey) -> list[Container]:
    """A container and who shares its volumes, or the users of a volume; each once, the nearest first."""
    if node.kind is NodeKind.CONTAINER and node.name in inventory.containers:
        own = inventory.containers[node.name]
        sources: Iterable[str] = [mount.source for mount in own.mounts if mount.kind is MountKind.VOLUME]
        found = [own]
    else:
        sources, found = [node.name], []
    found += [use.container for source in sources for use in inventory.uses(source)]
    return list({one.id: one for one in found}.values())[:_MOST_CONTAINERS]


def _drawn(graph: MountGraph, node: NodeKey, width: int) -> list[Line]:
    if len(graph.nodes) < _STEPS:
        return []
    return [_line(row, node) for row in drawing.picture(graph, width - 2, as_tree=False).rows]


def _line(row: Row, node: NodeKey) -> Line:
    left, wires, right = plain_lines((row.left, row.wires, row.right))
    of_source, of_container = ("bold" if key == node else "" for key in (row.source, row.container))
    return line(" ", Span(left, of_source), Span(wires, "dim"), Span(right, of_container))
