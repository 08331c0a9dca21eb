"""The mount graph for other programs: graphviz (https://graphviz.org/doc/info/lang.html), mermaid, JSON."""

from __future__ import annotations

from typing import Any

from voltui.model.graph import Edge, EdgeKind, MountGraph, Node, NodeKey, NodeKind
from voltui.model.picture import mount_words
from voltui.model.safe import safe

_DOT_SHAPES = {NodeKind.VOLUME: "cylinder", NodeKind.BIND: "folder", NodeKind.TMPFS: "note", NodeKind.CONTAINER: "box"}
_DOT_STYLES = {EdgeKind.MOUNT: "solid", EdgeKind.VOLUMES_FROM: "bold", EdgeKind.WITHIN: "dotted"}
_MERMAID_SHAPES = {
    NodeKind.VOLUME: ("[(", ")]"),
    NodeKind.BIND: ("[/", "/]"),
    NodeKind.TMPFS: ("([", "])"),
    NodeKind.CONTAINER: ("[", "]"),
}
_MERMAID_ARROWS = {EdgeKind.MOUNT: "-->", EdgeKind.VOLUMES_FROM: "==>", EdgeKind.WITHIN: "-.-"}
_MERMAID_ENTITIES = {ord(char): f"#{ord(char)};" for char in '"#<>&`\\|{}[]();'}


def dot(graph: MountGraph) -> str:
    """For graphviz: ``dot -Tsvg``."""
    names = _names(graph)
    lines = ["digraph volumes {", "  rankdir=LR;", '  node [fontname="sans-serif"];', '  edge [fontname="sans-serif"];']
    for key, node in graph.nodes.items():
        lines.append(f"  {names[key]} [shape={_DOT_SHAPES[key.kind]}, label={_dot_text(_said(node))}];")
    for edge in graph.edges:
        style = "dashed" if edge.read_only else _DOT_STYLES[edge.kind]
        label = _dot_text(_edge_words(edge))
        lines.append(f"  {names[edge.source]} -> {names[edge.target]} [style={style}, label={label}];")
    return "\n".join([*lines, "}"])


def mermaid(graph: MountGraph) -> str:
    """For mermaid: a flowchart."""
    names = _names(graph)
    lines = ["flowchart LR"]
    for key, node in graph.nodes.items():
        before, after = _MERMAID_SHAPES[key.kind]
        lines.append(f'  {names[key]}{before}"{_mermaid_text(_said(node))}"{after}')
    for edge in graph.edges:
        arrow = "-.->" if edge.read_only else _MERMAID_ARROWS[edge.kind]
        lines.append(f'  {names[edge.source]} {arrow}|"{_mermaid_text(_edge_words(edge))}"| {names[edge.target]}')
    return "\n".join(lines)


def document(graph: MountGraph) -> dict[str, Any]:
    """Nodes, edges and the answers that take a graph, as plain values."""
    names = _names(graph)
    return {
        "nodes": [
            {
                "id": names[key],
                "kind": key.kind.value,
                "name": node.name,
                "key": key.name,
                "state": node.state or None,
                "project": node.project or None,
                "anonymous": node.anonymous,
            }
            for key, node in graph.nodes.items()
        ],
        "edges": [
            {
                "kind": edge.kind.value,
                "from": names[edge.source],
                "to": names[edge.target],
                "destination": edge.destination or None,
                "read_only": edge.read_only,
                "propagation": edge.propagation or None,
                "subpath": edge.subpath or None,
                "via": edge.via or None,
            }
            for edge in graph.edges
        ],
        "groups": [sorted(names[key] for key in group) for group in graph.groups],
        "orphans": [names[node.key] for node in graph.orphans()],
        "shared_by_writers": [names[node.key] for node in graph.shared_by_writers],
        "at_risk": [names[node.key] for node in graph.at_risk()],
    }


def _names(graph: MountGraph) -> dict[NodeKey, str]:
    """A name that no syntax minds for each node."""
    return {key: f"n{number}" for number, key in enumerate(graph.nodes)}


def _said(node: Node) -> str:
    return f"{safe(node.name)} ({safe(node.state)})" if node.state else safe(node.name)


def _edge_words(edge: Edge) -> str:
    if edge.kind is not EdgeKind.MOUNT:
        return edge.kind.value
    return mount_words(edge)


def _dot_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _mermaid_text(text: str) -> str:
    return text.translate(_MERMAID_ENTITIES)
