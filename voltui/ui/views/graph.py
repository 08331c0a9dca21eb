"""The pane of the mount graph: its groups, and the drawing of the one under the cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from voltui.model import drawing
from voltui.model.graph import MountGraph, NodeKey
from voltui.model.graph_builder import mount_graph
from voltui.model.safe import safe
from voltui.model.text import listed
from voltui.ui.glyphs import plain_lines
from voltui.ui.spans import Line, Span, line
from voltui.ui.state import State, same
from voltui.ui.views.base import Column, Sort, View

_FEW = 500
"""Nodes whose groups are made within some 20 ms (measured)."""


class Groups(Struct, frozen=True):
    """The groups of one moment by their rows' keys, and what they were made from."""

    made_from: tuple[object, ...] = ()
    by_key: Mapping[str, MountGraph] = field(default_factory=dict)


def _columns(group: str) -> tuple[Column, ...]:
    return (
        Column(group, share=3, middle=True),
        Column("SOURCES", width=7, right=True),
        Column("CONTAINERS", width=10, right=True),
        Column("NOTE", share=3),
    )


class GraphView(View):
    """Groups of what touches the same data. A row's key is its project, or the least of its nodes.

    What is connected is a group; what is of one Compose project is too, unless ``by_project`` is off.
    """

    id = "graph"
    title = "Graph"
    columns = _columns("GROUP")
    made_from = ("inventory", "details")
    empty = "This engine has no volumes and no containers."
    ways_on = "{create} makes a volume."

    def __init__(self) -> None:
        self.sorts = (
            Sort("project", lambda state, key: 0),  # the order of `keys`: sorting keeps it
            Sort("size", lambda state, key: len(self._groups(state)[key].nodes), reverse=True),
            Sort("writers", lambda state, key: len(self._groups(state)[key].shared_by_writers), reverse=True),
        )
        self.by_project = True
        self.as_tree = False
        """Whether groups are shown as trees even where there is room to draw."""
        self._made = Groups()
        self._drawn: list[Line] = []
        self._drawn_from: tuple[object, ...] = ()

    def keys(self, state: State) -> Sequence[str]:
        """The groups, Compose projects first, what is alone last."""
        return list(self._groups(state))

    def name(self, state: State, key: str) -> str:
        """Its Compose projects, or what is in it."""
        group = self._groups(state)[key]
        names = listed([safe(node.name) for node in group.nodes.values()], most=1)
        title = safe(group.title(group.nodes))
        return title if title and self.by_project else f"{title}: {names}" if title else names

    def cells(self, state: State, key: str) -> tuple[Line, ...]:
        """Its name, how many sources and containers, what to beware of."""
        group = self._groups(state)[key]
        return (
            line(self.name(state, key)),
            line(f"{len(group.sources):,}"),
            line(f"{len(group.containers):,}"),
            _note(group),
        )

    def detail(self, state: State, key: str, width: int, *, full: bool = False) -> list[Line]:
        """The drawing: sources left, containers right."""
        group = self._groups(state)[key]
        made_from = (group, width, self.as_tree)
        if not same(made_from, self._drawn_from):  # the screen is looked at again and again while a job runs
            rows = drawing.picture(group, width - 2, as_tree=self.as_tree).rows
            self._drawn = [line(f" {text}") for text in plain_lines(row.text for row in rows)]
            self._drawn_from = made_from
        return self._drawn

    def graph(self, state: State, key: str) -> MountGraph:
        """The group of a row."""
        return self._groups(state)[key]

    def group_otherwise(self) -> None:
        """By connection where it was by project, and the other way round."""
        self.by_project = not self.by_project
        self.variant = int(not self.by_project)
        self.columns = _columns("GROUP" if self.by_project else "CONNECTED")

    def words(self, state: State, key: str) -> str:
        """Whatever is in it: a filter finds the group of a volume or container."""
        names = (safe(node.name) for node in self._groups(state)[key].nodes.values())
        return " ".join([super().words(state, key), *names])

    def group_of(self, state: State, node: NodeKey) -> str:
        """The key of the group that a node is in, or empty."""
        return next((key for key, group in self._groups(state).items() if node in group.nodes), "")

    def behind(self, state: State) -> bool:
        """Whether what is shown is older than the state: `make` makes the new in a thread, `take` shows it."""
        self._groups(state)
        return state.inventory is not None and not same(self._data(state), self._made.made_from)

    def make(self, state: State) -> Groups:
        """The groups of a state. Takes 0.4 s for 10,000 volumes and 2,000 containers (measured); may be in a thread."""
        assert state.inventory is not None
        by_project = self.by_project
        graph = mount_graph(state.inventory, state.details)
        parts = map(graph.part, graph.groups if by_project else graph.components)
        made = {_key(part, by_project=by_project): part for part in parts}
        for part in made.values():
            part.shared_by_writers  # noqa: B018 - found out here, where it holds nobody up
        return Groups((state.inventory, state.details, by_project), made)

    def take(self, groups: Groups) -> None:
        """Show what was made."""
        self._made = groups

    def data(self, state: State, fields: tuple[str, ...] = ()) -> tuple[object, ...]:
        """The groups, which may be older than the state."""
        self._groups(state)
        return (self._made, self.variant)

    def _data(self, state: State) -> tuple[object, ...]:
        return (state.inventory, state.details, self.by_project)

    def _groups(self, state: State) -> Mapping[str, MountGraph]:
        """Made at once where they are few, else those that were made last."""
        if state.inventory is None:
            return {}
        few = len(state.inventory.volumes) + len(state.inventory.containers) <= _FEW
        if few and not same(self._data(state), self._made.made_from):
            self.take(self.make(state))
        return self._made.by_key


def _key(group: MountGraph, *, by_project: bool) -> str:
    least = min(group.nodes)
    return (by_project and group.title(group.nodes)) or f"{least.kind} {least.name}"


def _note(group: MountGraph) -> Line:
    """What to beware of, in words."""
    shared = group.shared_by_writers
    if shared:
        return line(Span(f"several write: {listed([safe(node.name) for node in shared], most=1)}", "warn"))
    if not group.containers:
        return line(Span("unused", "dim"))
    if len(group.nodes) == 1:
        return line(Span("no data mounted", "dim"))
    return ()
