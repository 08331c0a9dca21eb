"""What is known of a node of the mount graph: of a volume or container what its own pane shows."""

from __future__ import annotations

from voltui.model.graph import EdgeKind, MountGraph, NodeKey, NodeKind
from voltui.model.inventory import Use
from voltui.model.safe import safe
from voltui.model.text import listed
from voltui.ui.spans import Line, Span
from voltui.ui.state import State
from voltui.ui.views.base import labelled
from voltui.ui.views.containers import ContainersView
from voltui.ui.views.volumes import VolumesView, backup_lines, used_by

_VOLUMES, _CONTAINERS = VolumesView(), ContainersView()


def node_title(graph: MountGraph, key: NodeKey) -> str:
    """``volume shop_media``: a drawing holds several kinds."""
    return f"{key.kind} {safe(graph.nodes[key].name)}"


def node_detail(state: State, graph: MountGraph, key: NodeKey, width: int, *, full: bool) -> list[Line]:
    """Made for ``width`` cells; ``full`` leaves nothing out."""
    inventory = state.inventory
    if inventory is not None and key.kind is NodeKind.VOLUME and key.name in inventory.volumes:
        return _VOLUMES.detail(state, key.name, width, full=full)
    if inventory is not None and key.kind is NodeKind.CONTAINER and key.name in inventory.containers:
        return _CONTAINERS.detail(state, key.name, width, full=full)
    lines = used_by(_uses(state, graph, key), width, full=full)
    for label, edges in (("lies in", graph.into(key, EdgeKind.WITHIN)), ("holds", graph.out_of(key, EdgeKind.WITHIN))):
        ends = [edge.source if edge.target == key else edge.target for edge in edges]
        if ends:
            lines.append(labelled(label, listed([safe(graph.nodes[end].name) for end in ends], most=len(ends))))
    if key.kind is NodeKind.TMPFS:
        return [*lines, labelled("kept", Span("in memory only, while its container runs", "warn"))]
    return [*lines, *backup_lines(state, key.name, width)]


def _uses(state: State, graph: MountGraph, key: NodeKey) -> list[Use]:
    containers = state.inventory.containers if state.inventory else {}
    return [
        Use(containers[edge.target.name], mount)
        for edge in graph.out_of(key, EdgeKind.MOUNT)
        if edge.target.name in containers
        for mount in containers[edge.target.name].mounts
        if mount.destination == edge.destination
    ]
