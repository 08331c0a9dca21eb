"""The mount graph as text: drawn with lines, or as an indented tree."""

from __future__ import annotations

from voltui.model.graph import EdgeKind, MountGraph, Node
from voltui.model.layout import Layers
from voltui.model.picture import Picture, Row, mount_words, placed, sign
from voltui.model.safe import safe
from voltui.model.text import plural

_INDENT = "  "


def draw(graph: MountGraph, width: int) -> list[str]:
    """All groups, each under a line that names it. Rows are at most ``width`` cells wide where that is 40 or more."""
    lines: list[str] = []
    for part in (graph.part(group) for group in graph.groups if len(group) > 1):
        lines += [heading(part), *(row.text for row in Layers(part).picture(width).rows), ""]
    alone = graph.part(key for group in graph.groups if len(group) == 1 for key in group)
    for title, nodes in (("volumes without users", alone.sources), ("containers without data", alone.containers)):
        if nodes:
            names = (f"{sign(node)} {placed(alone, node.key)}" for node in nodes)
            lines += [f"{title}: {len(nodes):,}", *(f"{_INDENT}{name}" for name in names), ""]
    return lines[:-1]


def tree(graph: MountGraph) -> list[str]:
    """The same as an indented tree without lines: for screen readers and narrow windows."""
    lines: list[str] = []
    for part in map(graph.part, graph.groups):
        lines += [heading(part), *(f"{_INDENT}{row.text}" for row in branches(part).rows)]
    return lines


def picture(graph: MountGraph, width: int, *, as_tree: bool) -> Picture:
    """One group: drawn, or as a tree where that is wanted or the width is too small to draw."""
    layers = Layers(graph)
    return branches(graph) if as_tree or not layers.fits(width) else layers.picture(width)


def branches(graph: MountGraph) -> Picture:
    """One group as a tree: each source, and indented below it who mounts it."""
    rows: list[Row] = []
    for source in sorted(graph.sources, key=lambda node: node.name):
        rows.append(Row(f"{source.key.kind} {placed(graph, source.key)}", source=source.key))
        edges = graph.out_of(source.key, EdgeKind.MOUNT)
        for edge in sorted(edges, key=lambda edge: graph.nodes[edge.target].name):
            words = f"{_named(graph.nodes[edge.target])}, {mount_words(edge, ' at ')}"
            rows.append(Row("", _INDENT, words, container=edge.target, edge=edge))
        if not edges:
            rows.append(Row("", _INDENT, "no user"))
    bare = (node for node in graph.containers if not graph.into(node.key, EdgeKind.MOUNT))
    rows += [Row("", "", f"container {_named(node)}, no data", container=node.key) for node in bare]
    return Picture(graph, tuple(rows), linear=True)


def heading(group: MountGraph) -> str:
    """``shop: 4 sources, 4 containers; several write to shop_media``."""
    counts = f"{plural(len(group.sources), 'source')}, {plural(len(group.containers), 'container')}"
    shared = group.shared_by_writers
    risk = f"; several write to {', '.join(safe(node.name) for node in shared)}" if shared else ""
    return f"{safe(group.title(group.nodes)) or 'no project'}: {counts}{risk}"


def _named(node: Node) -> str:
    return f"{safe(node.name)} ({safe(node.state)})"
