"""What a drawing of the mount graph is made of: rows of text, and which nodes stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from voltui.model.graph import Edge, EdgeKind, MountGraph, Node, NodeKey, NodeKind
from voltui.model.safe import safe

SOURCES, CONTAINERS = 0, 1
"""The columns that nodes stand in."""
_STATES = {"running": "●", "restarting": "●", "paused": "‖"}
_ASCII = str.maketrans("─│┬├└┼▶┄═●○‖▪…", "-|+++|>.=+o=*~")


class Row(Struct, frozen=True):
    """One line: a source or nothing, the lines between, a container, one of its mounts, or nothing."""

    left: str = ""
    wires: str = ""
    """Everything between the two texts, blanks too."""
    right: str = ""
    source: NodeKey | None = None
    """Whose name is at the left."""
    container: NodeKey | None = None
    """Whose name is at the right."""
    edge: Edge | None = None
    """The mount that this line tells of."""

    @property
    def text(self) -> str:
        """The whole line."""
        return f"{self.left}{self.wires}{self.right}".rstrip()


class Spot(Struct, frozen=True):
    """A place in a picture where a node's name stands."""

    row: int
    column: int
    key: NodeKey


class Picture(Struct, frozen=True, dict=True):
    """A group of the graph, drawn."""

    graph: MountGraph
    rows: tuple[Row, ...]
    linear: bool = False
    """Whether it is read from top to bottom, as a tree is: then there are no columns to go up and down in."""

    @cached_property
    def spots(self) -> tuple[Spot, ...]:
        """Where nodes stand, from top to bottom."""
        found = []
        for number, row in enumerate(self.rows):
            if row.source is not None:
                found.append(Spot(number, SOURCES, row.source))
            if row.container is not None:
                found.append(Spot(number, CONTAINERS, row.container))
        return tuple(found)

    @cached_property
    def spots_of(self) -> Mapping[NodeKey, tuple[Spot, ...]]:
        """Where each node stands; in a tree that may be more than one place."""
        found: dict[NodeKey, tuple[Spot, ...]] = {}
        for spot in self.spots:
            found[spot.key] = (*found.get(spot.key, ()), spot)
        return found

    @cached_property
    def mount_rows(self) -> Mapping[tuple[NodeKey, NodeKey], tuple[int, ...]]:
        """The rows of the mounts of a source in a container."""
        found: dict[tuple[NodeKey, NodeKey], tuple[int, ...]] = {}
        for number, row in enumerate(self.rows):
            if row.edge is not None:
                ends = (row.edge.source, row.edge.target)
                found[ends] = (*found.get(ends, ()), number)
        return found

    def column(self, number: int) -> tuple[Spot, ...]:
        """What one goes up and down in."""
        return self.spots if self.linear else tuple(spot for spot in self.spots if spot.column == number)


def ascii_only(text: str) -> str:
    """A drawing's text for a terminal without UTF-8."""
    return text.translate(_ASCII)


def sign(node: Node) -> str:
    """``●`` of what runs, ``○`` of what does not, ``‖`` of what is paused, ``▪`` of a source."""
    return _STATES.get(node.state, "○") if node.key.kind is NodeKind.CONTAINER else "▪"


def placed(graph: MountGraph, key: NodeKey) -> str:
    """A node's name, safe for a terminal, and what it lies in."""
    parents = [safe(graph.nodes[edge.source].name) for edge in graph.into(key, EdgeKind.WITHIN)]
    return safe(graph.nodes[key].name) + (f" (in {', '.join(parents)})" if parents else "")


def mount_words(edge: Edge, at: str = " ") -> str:
    """``ro /data, subpath img  via holder``: what a mount may do, where it is, what part of the volume it is."""
    subpath = f", subpath {safe(edge.subpath)}" if edge.subpath else ""
    via = f"  via {safe(edge.via)}" if edge.via else ""
    return f"{edge.access}{at}{safe(edge.destination)}{subpath}{via}"
