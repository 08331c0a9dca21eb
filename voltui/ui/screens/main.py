"""The main screen: one list and its detail, shared by all panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Key
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from voltui.model.graph import NodeKey
from voltui.model.text import plural
from voltui.ui import frame
from voltui.ui.actions import BY_ID, bindings, footer, handlers
from voltui.ui.handlers.finding import Finding
from voltui.ui.handlers.looking import Looking
from voltui.ui.handlers.menus import Menus
from voltui.ui.handlers.moves import Moves
from voltui.ui.handlers.operations import Operations
from voltui.ui.pane import Pane
from voltui.ui.spans import Line, Span, folded, line
from voltui.ui.state import State
from voltui.ui.views.backups import BackupsView
from voltui.ui.views.base import LABEL_WIDTH, View
from voltui.ui.views.containers import ContainersView
from voltui.ui.views.graph import GraphView
from voltui.ui.views.jobs import JobsView, job_line
from voltui.ui.views.volumes import VolumesView
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.table import Rows, Table

if TYPE_CHECKING:
    from voltui.ui.app import VoltuiApp

_REST = 0.1
"""Seconds the cursor rests before the detail follows: a held key repaints the list only."""
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
        self._top = 0
        """The first line of a zoomed detail that is shown."""
        self._handlers = handlers(Moves(self), Finding(self), Operations(self), Looking(self), Menus(self))

    def compose(self) -> ComposeResult:
        """Header, tabs, list and detail, the job's line, the filter, the keys."""
        yield Lines(id="header")
        yield Lines(id="tabs")
        with Container(id="body"):
            yield Table(id="table")
            yield Lines(id="detail")
        yield Lines(id="job")
        yield Input(id="filter", placeholder="filter", compact=True)
        yield Lines(id="keys")

    def on_mount(self) -> None:
        """Begin with the list focused."""
        self.table.focus()
        self.query_one("#filter", Input).cursor_blink = False

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
        """The key of the row under the cursor, or empty."""
        return self.table.cursor_key

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one("#table", Table)

    def show_state(self, cursor_key: str | None = None) -> None:
        """Bring the whole screen in line with the state; only what differs is painted.

        The cursor goes to ``cursor_key``, or stays on the row that it is on.
        """
        if not self.is_mounted:
            return
        self._show_rows(cursor_key)
        self._show_frame()
        self._show_detail()

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self.show_state)

    def _show_rows(self, cursor_key: str | None = None) -> None:
        pane, state = self._pane, self.state
        if state.inventory is None and pane.view.id in ("volumes", "containers", "graph"):
            self.table.show(Rows(message=frame.no_engine(state, self.table.size.width)))
            return
        keys = pane.visible(state)
        pane.prune(list(pane.view.keys(state)))
        nothing = f"   Nothing matches /{pane.filter}" if pane.filter else f"   {pane.view.empty}"
        rows = Rows(
            pane.view.columns,
            keys,
            lambda key: pane.view.cells(self.state, key),
            pane.marked,
            ((), line(nothing)),
        )
        self.table.show(rows, cursor_key)

    def _show_frame(self) -> None:
        width, state = self.size.width, self.state
        facts = self._pane.view.facts(state) if width >= _WIDE else ""
        self._lines("header").show([frame.header(state, width, facts)])
        self._lines("tabs").show([frame.tabs(self._pane, width)])
        self._lines("keys").show([frame.keys(footer(self._pane.view.id, read_only=state.read_only), width)])
        jobs = state.running_jobs
        self._lines("job").display = bool(jobs)
        self._lines("job").show([job_line(jobs)])

    def _show_detail(self) -> None:
        key, view = self.cursor_key, self._pane.view
        detail = self._lines("detail")
        lines: list[Line] = []
        if key:
            name, position = view.name(self.state, key), self.table.position
            width = detail.size.width
            lines = view.detail(self.state, key, width, full=self.zoomed)
            if self.zoomed:
                folds = [piece for line_ in lines for piece in folded(line_, width, LABEL_WIDTH + 1)]
                lines = self._scrolled(folds, detail.size.height - 1)
            elif 1 < detail.size.height <= len(lines):
                left = len(lines) - detail.size.height + 2
                lines = [*lines[:-left], line(Span(f"   {plural(left, 'more line')}: Enter", "dim"))]
            facts = view.facts(self.state) if self.size.width < _WIDE else ""
            lines = [frame.detail_title(name, position, width, facts), *lines]
        detail.show(lines)

    def _scrolled(self, lines: list[Line], height: int) -> list[Line]:
        """The lines of the detail that are to be seen, and a word where there are more."""
        self._top = max(0, min(self._top, len(lines) - height))
        below = len(lines) - self._top - height
        shown = lines[self._top : self._top + height]
        if below > 0 and shown:
            shown[-1] = line(Span(f"   {below + 1} more lines: PgDn", "dim"))
        return shown

    def scroll_detail(self, by: int) -> None:
        """Move through a detail that is longer than the screen."""
        self._top += by
        self._show_detail()

    def _lines(self, identifier: str) -> Lines:
        return self.query_one(f"#{identifier}", Lines)

    @on(Table.Moved)
    def _cursor_moved(self) -> None:
        """Let the detail follow when the cursor rests."""
        self._top = 0
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
        if action.changes and self.state.read_only:
            self.app.tell(f"{action.label}: VolTUI is read-only here.", warning=True)
            return
        if self._pane.view.id not in action.panes:
            self.app.tell(f"{action.label} is not for {self._pane.view.title.lower()}.", warning=True)
            return
        self._handlers[identifier]()

    def open_pane(self, identifier: str) -> None:
        """Switch to another pane; each remembers where it was."""
        self._pane.cursor_key = self.cursor_key
        self._pane = self._panes[identifier]
        self.remove_class("-zoomed")
        self.show_state(self._pane.cursor_key)
        self._cursor_moved()
        self.app.sizing.look()

    def go_to_node(self, node: NodeKey) -> None:
        """In the graph's pane, go to the group that a volume or container is in."""
        view = self._pane.view
        if isinstance(view, GraphView):
            self._pane.filter = ""
            self.show_state(view.group_of(self.state, node))

    @property
    def zoomed(self) -> bool:
        """Whether the detail stands alone."""
        return self.has_class("-zoomed")

    def zoom(self, zoomed: bool) -> None:
        """Show the detail alone, or with its list."""
        self.set_class(zoomed, "-zoomed")
        self._top = 0
        self.call_after_refresh(self.show_state)

    def ask_filter(self) -> None:
        """Open the line that the filter is typed into."""
        self.add_class("-filtering")
        field = self.query_one("#filter", Input)
        field.value = self._pane.filter
        field.focus()

    def clear_filter(self) -> None:
        """Show all rows again."""
        self._pane.filter = ""
        self.show_state()

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        self._pane.filter = event.value
        self.show_state()

    @on(Input.Submitted, "#filter")
    def end_filter(self) -> None:
        """Back to the list; the filter stays."""
        self.remove_class("-filtering")
        self.table.focus()

    def on_key(self, event: Key) -> None:
        """In the filter's line Esc clears it, Tab ends it."""
        if not self.has_class("-filtering") or event.key not in ("escape", "tab", "shift+tab"):
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.query_one("#filter", Input).value = ""
        self.end_filter()
