"""The main screen: one list and its detail, shared by all panes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.timer import Timer

from voltui.engine.pool import DaemonPool
from voltui.model.graph import NodeKey, NodeKind
from voltui.model.safe import safe
from voltui.ui import frame
from voltui.ui.actions import BY_ID, CONTAINERS, GRAPH, VOLUMES, Group, bindings, footer
from voltui.ui.glyphs import glyphs
from voltui.ui.groups import is_heading
from voltui.ui.handlers import Handlers
from voltui.ui.memory import Remembered
from voltui.ui.pane import Pane
from voltui.ui.spans import Line, line
from voltui.ui.state import State
from voltui.ui.views.backups import BackupsView
from voltui.ui.views.base import View
from voltui.ui.views.containers import ContainersView
from voltui.ui.views.graph import GraphView
from voltui.ui.views.jobs import JobsView, job_line
from voltui.ui.views.nodes import node_detail, node_title
from voltui.ui.views.volumes import VolumesView
from voltui.ui.walking import Walking
from voltui.ui.widgets.detail import Detail
from voltui.ui.widgets.drawing import Drawing
from voltui.ui.widgets.filter_line import FilterLine
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.table import Rows, Table

if TYPE_CHECKING:
    from voltui.ui.app import VoltuiApp

_REST = 0.1
"""Seconds the cursor rests before the detail follows: a held key repaints the list only."""
_NODE_KINDS = {VOLUMES: NodeKind.VOLUME, CONTAINERS: NodeKind.CONTAINER}
_SLICE = 0.006
"""Seconds of preparing a filter between two looks at the keyboard."""
_LEAST_WIDTH, _LEAST_HEIGHT = 60, 16
"""Cells below which the list and its detail would be of no use."""
_WIDE = 110
"""From so many cells on, the detail stands beside the list."""
_VIEWS: tuple[type[View], ...] = (VolumesView, ContainersView, GraphView, BackupsView, JobsView)


class MainScreen(Screen[None]):
    """Shows the state; turns keys into actions."""

    BINDINGS = bindings()
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide")]  # noqa: RUF012 - Textual's own form

    app: VoltuiApp

    def __init__(self) -> None:
        super().__init__()
        self._panes = {view.id: Pane(view()) for view in _VIEWS}
        self._pane = self._panes["volumes"]
        self._follow: Timer | None = None
        self._preparing: Timer | None = None
        self._thread = DaemonPool("graph", 1)
        self._catching_up = False
        self._to_walk_to: NodeKey | None = None
        """Where to walk when the groups are made."""
        self.new_here = False
        """Whether to say what to begin with."""
        self._handlers = Handlers(self)

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
        yield Lines(id="small")

    def on_mount(self) -> None:
        """Begin with the list focused."""
        self.table.focus()

    def arrive(self, remembered: Remembered, *, new_here: bool) -> None:
        """Begin with an engine: nothing is marked or filtered, the orders are as they were left."""
        self.new_here = new_here
        self._panes = {view.id: Pane(view()) for view in _VIEWS}
        for identifier, pane in self._panes.items():
            pane.sort_by(remembered.sorts.get(identifier, ""))
            pane.grouped = identifier in remembered.grouped
        self._pane = self._panes[self._pane.view.id]
        self.zoom(False)

    @property
    def sorts(self) -> dict[str, str]:
        """The label of each pane's order."""
        return {identifier: pane.sort.label for identifier, pane in self._panes.items()}

    @property
    def grouped(self) -> tuple[str, ...]:
        """The panes whose rows stand by projects."""
        return tuple(identifier for identifier, pane in self._panes.items() if pane.grouped)

    # What is shown.

    @property
    def state(self) -> State:
        """What the interface knows."""
        return self.app.store.state

    @property
    def pane(self) -> Pane:
        """The pane that is open."""
        return self._pane

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
        """The lines are made for a width; where there is no room for them, a sentence says so."""
        small = self.size.width < _LEAST_WIDTH or self.size.height < _LEAST_HEIGHT
        if small != self.has_class("-small"):
            self.set_class(small, "-small")
            self.call_after_refresh(self.app.refresh)  # Textual leaves what stood there before
        words = frame.too_small(self.state, self.size.width, _LEAST_WIDTH, _LEAST_HEIGHT) if small else []
        self._lines("small").show(words)
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
        empty = pane.view.empty.format(backup=state.key("backup"))
        nothing = f"   Nothing matches /{safe(pane.filter)}" if pane.filter else f"   {empty}"
        if isinstance(pane.view, GraphView) and pane.view.behind(state):
            nothing = f"   Finding out what is connected{glyphs().ellipsis}"
            self._catch_up(pane.view)
        rows = Rows(
            pane.view.columns,
            keys,
            lambda key: pane.cells(self.state, key),
            pane.shown_marks,
            ((), line(nothing)),
        )
        self.table.show(rows, cursor_key)

    def _catch_up(self, view: GraphView) -> None:
        """Have the groups made in a thread, and show them; one after the other where the state changes meanwhile."""

        async def make() -> None:
            view.take(await self._thread.run(partial(view.make, self.state)))
            self._catching_up = False
            if view is self._pane.view:
                self.show_state()
                if self._to_walk_to is not None:
                    self.walk(self._to_walk_to)

        if not self._catching_up:
            self._catching_up = True
            self.app.run_worker(make(), group="graph", exit_on_error=False)

    def _show_drawing(self) -> None:
        view = self._pane.view
        if isinstance(view, GraphView) and self.state.inventory is not None:
            self.drawing.follow(view, self.state)
        if self.walking != self.has_class("-walking"):
            self.set_class(self.walking, "-walking")
            self.call_after_refresh(self._show_detail)

    def _show_frame(self) -> None:
        width, state = self.size.width, self.state
        summary = self._pane.view.summary(state) if width >= _WIDE else ""
        self._lines("header").show([frame.header(state, width, summary)])
        self._lines("tabs").show([frame.tabs(self._pane, width)])
        shown = footer(self._pane.view.id, read_only=state.read_only, keys=state.keys)
        self._lines("keys").show([frame.keys(shown, width)])
        jobs = state.running_jobs
        self._lines("job").display = bool(jobs) or self.new_here
        self._lines("job").show([job_line(jobs) if jobs else frame.first_hint(shown) if self.new_here else ()])
        self.query_one(FilterLine).note(frame.filter_note(self._pane))

    def _show_detail(self) -> None:
        position = "" if self.walking else self.table.position
        summary = "" if self.walking or self.size.width >= _WIDE else self._pane.view.summary(self.state)
        more = self.state.key("page_down" if self.zoomed else "open")
        self.detail.tell(self.subject, position, self._detail, alone=self.zoomed, more=more, summary=summary)

    def _detail(self, width: int) -> list[Line]:
        """What is known of what is under the cursor."""
        group, node = self.drawing.walk.group, self.node
        if self.walking and group is not None and node is not None:
            return node_detail(self.state, group, node, width, full=self.zoomed)
        return self._pane.detail(self.state, self.table.cursor_key, width, full=self.zoomed)

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
        if self._pane.view.id == "containers" and self.cursor_key:
            self.app.inspect([self.cursor_key], "inspect")

    # Actions.

    def action_act(self, identifier: str) -> None:
        """Do an action of the registry, if this pane has it."""
        action = BY_ID[identifier]
        if self.new_here and action.group is not Group.MOVE:  # moving about is to repaint one row only
            self.new_here = False
            self.show_state()
        if action.changes and self.state.read_only:
            self.app.tell(f"{action.label}: VolTUI is read-only here.", warning=True)
            return
        if self._pane.view.id not in action.panes:
            key = self.state.key(identifier)
            self.app.tell(f"{key} {action.label}: not in the pane {self._pane.view.title}.", warning=True)
            return
        if action.one_row and self.on_project:
            self.app.tell(f"{action.label} is of one row: {self.state.key('open')} opens the project.", warning=True)
            return
        self._handlers.do(identifier)
        self.app.remember()

    def go_to_pane(self, identifier: str) -> None:
        """Switch to another pane as its key does."""
        self._handlers.do(identifier)

    def open_pane(self, identifier: str) -> None:
        """Switch to another pane; each remembers where it was."""
        self._pane.cursor_key = self.table.cursor_key
        self._pane = self._panes[identifier]
        self.remove_class("-zoomed")
        self.show_state(self._pane.cursor_key)
        self._cursor_moved()
        if identifier == GRAPH:
            self.app.inspect_all()
        self.app.sizing.look()

    def unmark(self) -> None:
        """Take all marks of the pane away."""
        self._pane.marked = frozenset()
        self.show_state()

    def group(self) -> bool:
        """Show the rows by projects, or not any more; whether they are now."""
        self.show_state(self._pane.group(self.state, self.table.cursor_key))
        return self._pane.grouped

    def unfold(self) -> bool:
        """Open the project under the cursor, or go into it; whether there is one."""
        if self.zoomed or not self.on_project:
            return False
        if self._pane.fold(self.table.cursor_key, open_=True):
            self.show_state()
        else:
            self.table.move(1)
        return True

    def fold(self) -> bool:
        """Close the project that the cursor is in; whether there was one to close."""
        key = self._pane.project_of(self.state, self.table.cursor_key)
        if self.zoomed or not self._pane.fold(key, open_=False):
            return False
        self.show_state(key)
        return True

    def walk(self, node: NodeKey | None = None) -> None:
        """In the graph's pane, walk in the group of a node, or in the one under the cursor."""
        view = self._pane.view
        if isinstance(view, GraphView) and self.state.inventory is not None:
            self._to_walk_to = node if view.behind(self.state) else None
            key = view.group_of(self.state, node) if node is not None else self.cursor_key
            if key:
                self.drawing.enter(view, self.state, key, node)
                self.show_state(key)

    def end_walk(self) -> None:
        """Back to the list of groups, on the one that was walked."""
        key = self.drawing.key
        self.drawing.leave()
        self.show_state(key)

    @property
    def zoomed(self) -> bool:
        """Whether the detail stands alone."""
        return self.has_class("-zoomed")

    def zoom(self, zoomed: bool) -> None:
        """Show the detail alone, or with its list."""
        self.set_class(zoomed, "-zoomed")
        self.detail.top = 0
        self.call_after_refresh(self.show_state)

    def ask_filter(self) -> None:
        """Open the line that the filter is typed into."""
        self.add_class("-filtering")
        self.query_one(FilterLine).ask(self._filtered.filter)
        self._prepare_soon()
        self._show_frame()

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

    def clear_filter(self) -> None:
        """Show all rows again."""
        self._filtered.filter = ""
        self.show_state()

    @property
    def _filtered(self) -> Pane | Walking:
        """What the filter is for."""
        return self.drawing.walk if self.walking else self._pane

    @on(FilterLine.Typed)
    def _filter_changed(self, event: FilterLine.Typed) -> None:
        self._filtered.filter = event.text
        self.show_state()

    @on(FilterLine.Ended)
    def _end_filter(self) -> None:
        """Back to the list; the filter stays."""
        self.remove_class("-filtering")
        self.table.focus()
