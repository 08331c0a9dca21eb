"""One list and its detail, shared by all panes: what is shown of the state."""

from __future__ import annotations

from collections.abc import Set

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.timer import Timer

from voltui.model.filter import Ask
from voltui.model.graph import NodeKey, NodeKind
from voltui.ui import frame
from voltui.ui.actions import CONTAINERS, GRAPH, GROUPS, VOLUMES, footer
from voltui.ui.catching_up import CatchingUp
from voltui.ui.glyphs import glyphs
from voltui.ui.groups import is_heading
from voltui.ui.host import Host
from voltui.ui.pane import Pane
from voltui.ui.spans import Line, line
from voltui.ui.state import State
from voltui.ui.views.graph import GraphView
from voltui.ui.views.jobs import job_line
from voltui.ui.views.near import Near
from voltui.ui.views.nodes import node_detail, node_title
from voltui.ui.walking import Walking
from voltui.ui.widgets.detail import Detail
from voltui.ui.widgets.drawing import Drawing
from voltui.ui.widgets.filter_line import FilterLine
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.table import Rows, Table

_REST = 0.1
"""Seconds the cursor rests before the detail follows: a held key repaints the list only."""
_NODE_KINDS = {VOLUMES: NodeKind.VOLUME, CONTAINERS: NodeKind.CONTAINER}
_SLICE = 0.006
"""Seconds of preparing a filter between two looks at the keyboard."""


class ListScreen(Screen[None]):
    """Shows the state of the pane that is open."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (frame.WIDE, "-wide")]  # noqa: RUF012 - Textual's own form

    app: Host

    def __init__(self, pane: Pane) -> None:
        super().__init__()
        self._pane = pane
        self._follow: Timer | None = None
        self._preparing: Timer | None = None
        self._catching_up = CatchingUp(self)
        self._near = Near()
        self.new_here = False
        """Whether to say what to begin with."""

    def compose(self) -> ComposeResult:
        """Header, tabs, list and detail, the job's line, the filter, the keys."""
        yield Lines(id="header")
        yield Lines(id="tabs")
        with Container(id="body"):
            yield Table(id="table")
            yield Drawing(id="drawing")
            yield Detail(id="detail")
        yield Lines(id="job")
        yield FilterLine(id="filtering")
        yield Lines(id="keys")

    def on_mount(self) -> None:
        """Begin with the list focused."""
        self.table.focus()

    @property
    def zoomed(self) -> bool:
        """Whether the detail stands alone."""
        return self.has_class("-zoomed")

    @property
    def _filtered(self) -> Pane | Walking:
        """What the filter is for."""
        return self.drawing.walk if self.walking else self._pane

    @property
    def state(self) -> State:
        """What the interface knows."""
        return self.app.store.state

    @property
    def pane(self) -> Pane:
        """The pane that is open."""
        return self._pane

    @property
    def pane_id(self) -> str:
        """Its name in the registry."""
        return GROUPS if self._pane.view.id == GRAPH and not self.walking else self._pane.view.id

    @property
    def asks(self) -> Set[Ask]:
        """What its filter can ask."""
        return self._pane.view.asks

    @property
    def cursor_key(self) -> str:
        """The key of the row under the cursor, or empty: there is none, or it is the heading of a project."""
        return "" if is_heading(self.table.cursor_key) else self.table.cursor_key

    @property
    def chosen(self) -> list[str]:
        """What an action is for: the marked rows, else the one or the project under the cursor."""
        return self._pane.chosen(self.state, self.table.cursor_key)

    @property
    def on_project(self) -> bool:
        """Whether the cursor is on the heading of a project."""
        return is_heading(self.table.cursor_key)

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one("#table", Table)

    @property
    def drawing(self) -> Drawing:
        """The drawing of a group, and the walk in it."""
        return self.query_one("#drawing", Drawing)

    @property
    def detail(self) -> Detail:
        """What is known of what is under the cursor."""
        return self.query_one("#detail", Detail)

    @property
    def walking(self) -> bool:
        """Whether the keys that move walk the drawing of a group."""
        return self._pane.view.id == GRAPH and self.drawing.active

    @property
    def moving(self) -> Table | Drawing:
        """What the keys that move move in."""
        return self.drawing if self.walking else self.table

    @property
    def node(self) -> NodeKey | None:
        """The node of the mount graph under the cursor: where one walks, or a volume's or container's row."""
        if self.walking:
            return self.drawing.walk.node
        kind = _NODE_KINDS.get(self._pane.view.id)
        return NodeKey(kind, self.cursor_key) if kind is not None and self.cursor_key else None

    @property
    def node_of_project(self) -> NodeKey | None:
        """The first node of the project whose heading is under the cursor."""
        kind, heading = _NODE_KINDS.get(self._pane.view.id), self._pane.heading(self.table.cursor_key)
        return NodeKey(kind, heading.rows[0]) if kind is not None and heading is not None else None

    @property
    def subject(self) -> str:
        """What the row or node under the cursor is called, safe for a terminal; empty where there is none."""
        if self.walking and self.drawing.walk.group is not None and self.node is not None:
            return node_title(self.drawing.walk.group, self.node)
        return self._pane.name(self.state, self.table.cursor_key) if self.table.cursor_key else ""

    def show_state(self, cursor_key: str | None = None) -> None:
        """Bring the whole screen in line with the state; only what differs is painted.

        The cursor goes to ``cursor_key``, or stays on the row that it is on.
        """
        if not self.is_mounted:
            return
        self._show_rows(cursor_key)
        self._show_drawing()
        self._show_frame()
        self._show_detail()

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.app.call_later(self.app.laid_out)
        self.call_after_refresh(self.show_state)

    def _show_rows(self, cursor_key: str | None = None) -> None:
        pane, state = self._pane, self.state
        unreached = state.inventory is None and pane.view.id in ("volumes", "containers", "graph")
        self.set_class(unreached and state.lost is not None, "-unreached")
        if unreached:
            self.table.show(Rows(message=frame.no_engine(state, self.table.size.width)))
            return
        keys = pane.visible(state, _SLICE)
        if pane.behind:
            self._prepare_soon()
        pane.prune(pane.view.keys(state))
        nothing: tuple[Line, ...] = frame.nothing_here(pane.view.nothing(state), self.table.size.width)
        if pane.filter.strip():
            nothing = frame.nothing_found(state, pane, self.table.size.width)
        if isinstance(pane.view, GraphView) and pane.view.behind(state):
            nothing = ((), line(f"   Finding out what is connected{glyphs().ellipsis}"))
            self._catching_up.go(pane.view)
        rows = Rows(
            pane.view.columns_of(state),
            keys,
            lambda key: pane.cells(self.state, key),
            pane.shown_marks,
            nothing,
        )
        self.table.show(rows, cursor_key)

    def _show_drawing(self) -> None:
        view = self._pane.view
        if isinstance(view, GraphView) and self.state.inventory is not None:
            self.drawing.follow(view, self.state)
        if self.walking != self.has_class("-walking"):
            self.set_class(self.walking, "-walking")
            self.call_after_refresh(self._show_detail)

    def _show_frame(self) -> None:
        width, state = self.size.width, self.state
        summary = self._pane.view.summary(state) if width >= frame.WIDE else ""
        self._lines("header").show([frame.header(state, width, summary)])
        self._lines("tabs").show([frame.tabs(self._pane, width)])
        shown = footer(self.pane_id, read_only=state.read_only, keys=state.keys)
        self._lines("keys").show([frame.keys(shown, width)])
        jobs = state.running_jobs
        below = bool(jobs) or self.new_here
        self._lines("job").display = below
        self.set_class(below, "-working")
        self._lines("job").show([job_line(jobs) if jobs else frame.first_hint(shown) if self.new_here else ()])
        self.query_one(FilterLine).note(frame.filter_note(self._pane))

    def _show_detail(self) -> None:
        position = "" if self.walking else self.table.position
        summary = "" if self.walking or self.size.width >= frame.WIDE else self._pane.view.summary(self.state)
        more = self.state.key("page_down" if self.zoomed else "open")
        self.detail.tell(self.subject, position, self._detail, alone=self.zoomed, more=more, summary=summary)

    def _detail(self, width: int) -> list[Line]:
        """What is known of what is under the cursor."""
        group, node = self.drawing.walk.group, self.node
        if self.walking and group is not None and node is not None:
            return node_detail(self.state, group, node, width, full=self.zoomed)
        lines = self._pane.detail(self.state, self.table.cursor_key, width, full=self.zoomed)
        if node is not None and not self.zoomed and self.size.width >= frame.WIDE:
            room = self.detail.size.height - len(lines) - 2  # below the title and a blank line
            near = self._near.lines(self.state, node, width, room, more=self.state.key("graph_of"))
            lines += [(), *near] if near else []
        return lines

    def scroll_detail(self, by: int) -> None:
        """Move through a detail that is longer than the screen."""
        self.detail.top += by
        self._show_detail()

    def _lines(self, identifier: str) -> Lines:
        return self.query_one(f"#{identifier}", Lines)

    @on(Lines.Resized, "#detail")
    def _detail_resized(self) -> None:
        """The layout follows a breakpoint after the screen was resized."""
        self._show_detail()

    @on(Table.Moved)
    @on(Drawing.Moved)
    def _cursor_moved(self) -> None:
        """Let the detail follow when the cursor rests."""
        self.detail.top = 0
        if self._follow is not None:
            self._follow.stop()
        self._follow = self.set_timer(_REST, self._cursor_rests)

    def _cursor_rests(self) -> None:
        self._show_detail()
        self.app.sizing.glance()
        if self._pane.view.id == "containers" and self.cursor_key:
            self.app.inspect([self.cursor_key], "inspect")

    def caught_up(self) -> None:
        """The groups of the graph were made."""
        self.show_state()

    def _prepare_filter(self) -> None:
        """Make what the filter looks at, in pieces that no key has to wait for, then filter by it."""
        self._preparing = None
        if not self._pane.prepare(self.state, _SLICE):
            self._prepare_soon()
        elif self._pane.filter:
            self.show_state()

    def _prepare_soon(self) -> None:
        if self._preparing is None:
            self._preparing = self.set_timer(_SLICE, self._prepare_filter)
