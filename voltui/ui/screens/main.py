"""The main screen: its panes, and what keys do there."""

from __future__ import annotations

from textual import on

from voltui.model.graph import NodeKey
from voltui.ui import frame
from voltui.ui.actions import BY_ID, GRAPH, GROUPS, VOLUMES, Action, Group, bindings
from voltui.ui.handlers import MODULES, Handlers
from voltui.ui.handlers.permission import tell_read_only
from voltui.ui.memory import Remembered
from voltui.ui.pane import Pane
from voltui.ui.screens.listing import ListScreen
from voltui.ui.views.backups import BackupsView
from voltui.ui.views.base import View
from voltui.ui.views.containers import ContainersView
from voltui.ui.views.graph import GraphView
from voltui.ui.views.jobs import JobsView
from voltui.ui.views.volumes import VolumesView
from voltui.ui.widgets.filter_line import FilterLine

_VIEWS: tuple[type[View], ...] = (VolumesView, ContainersView, GraphView, BackupsView, JobsView)


_OF_MARKED = ("backup", "verify", "remove", "share", "export")
"""Actions of all that is marked."""
_FIRST = ""
"""No row has this key: the cursor goes to the first then."""


def _panes() -> dict[str, Pane]:
    return {view.id: Pane(view()) for view in _VIEWS}


class MainScreen(ListScreen):
    """Knows the panes; does what keys ask for."""

    BINDINGS = bindings()

    def __init__(self) -> None:
        self._panes = _panes()
        super().__init__(self._panes[VOLUMES])
        self._to_walk_to: NodeKey | None = None
        """Where to walk when the groups are made."""
        self.came_from = ""
        """The pane that going back from a walk leads to; empty where that is the list of groups."""
        self._handlers = Handlers(self, MODULES)

    def arrive(self, remembered: Remembered, *, new_here: bool) -> None:
        """Begin with an engine: nothing is marked or filtered, the orders are as they were left."""
        self.new_here = new_here
        self._panes = _panes()
        for identifier, pane in self._panes.items():
            pane.orders.restore(remembered.sorts.get(identifier, ""), reversed_=identifier in remembered.reversed)
            pane.grouped = identifier in remembered.grouped
        self._pane = self._panes[self._pane.view.id]
        self.zoom(False)

    @property
    def sorts(self) -> dict[str, str]:
        """The label of each pane's order."""
        return {identifier: pane.orders.now.label for identifier, pane in self._panes.items()}

    @property
    def reversed(self) -> tuple[str, ...]:
        """The panes whose order goes the other way than it begins with."""
        return tuple(identifier for identifier, pane in self._panes.items() if pane.orders.reversed)

    @property
    def grouped(self) -> tuple[str, ...]:
        """The panes whose rows stand by projects."""
        return tuple(identifier for identifier, pane in self._panes.items() if pane.grouped)

    def action_act(self, identifier: str) -> None:
        """Do an action of the registry, if this pane has it."""
        action = BY_ID[identifier]
        if self.new_here and action.group is not Group.MOVE:  # moving about is to repaint one row only
            self.new_here = False
            self.show_state()
        if action.changes and self.state.read_only:
            tell_read_only(self.app, action)
            return
        if self.pane_id not in action.panes:
            self.app.tell(self._not_here(action), warning=True)
            return
        if identifier in _OF_MARKED and self._pane.marked and not self.chosen:
            self.app.tell(f"The filter hides what is marked: {self.state.key('back')} clears it.", warning=True)
            return
        if action.one_row and self.on_project:
            self.app.tell(f"{action.label} is of one row, not of a project: go to one of its rows.", warning=True)
            return
        if self._without_row(action):
            self.app.tell(f"{self.state.key(identifier)} {action.label}: there is no row here.", warning=True)
            return
        self._handlers.do(identifier)
        self.app.remember()

    def _without_row(self, action: Action) -> bool:
        """Whether it needs a row and the list has none. What could not be read is told by the handlers."""
        known = self.state.inventory is not None and not self.state.store_unread
        return known and action.group is Group.ACT and not action.of_no_row and not self.subject

    def _not_here(self, action: Action) -> str:
        key = self.state.key(action.id)
        if self.pane_id == GROUPS and GRAPH in action.panes:
            return f"{key} {action.label} is of what is in the group: {self.state.key('open')} goes into it."
        return f"{key} {action.label}: not in the pane {self._pane.view.title}."

    def go_to_pane(self, identifier: str) -> None:
        """Switch to another pane as its key does."""
        self._handlers.do(identifier)

    def go_where(self, action: Action) -> None:
        """Go to the first pane that has the action; to the files of something one goes from what they are of."""
        panes = [name for name in frame.PANE_IDS if name in action.panes]
        if self._pane.view.id in panes:
            self.app.tell(self._not_here(action), warning=True)
        elif panes:
            self.open_pane(panes[0])
        else:
            key = self.state.key("files")
            self.app.tell(f"{action.label} is in the files of a volume or backup: {key} opens them.")

    def open_pane(self, identifier: str) -> None:
        """Switch to another pane; each remembers where it was."""
        self._pane.cursor_key = self.table.cursor_key
        self._pane, self._to_walk_to, self.came_from = self._panes[identifier], None, ""
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

    def unmark_chosen(self) -> None:
        """Take the marks from what an action was done with: those that the filter hides stay."""
        self._pane.marked = self._pane.marked.difference(self.chosen)
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

    def caught_up(self) -> None:
        """Show the groups, and walk where that had to wait for them."""
        super().caught_up()
        if self._to_walk_to is not None and not self.walking:
            self.walk(self._to_walk_to)

    def end_walk(self) -> None:
        """Back to the list of groups, on the one that was walked."""
        key = self.drawing.key
        self.drawing.leave()
        self.show_state(key)

    def zoom(self, zoomed: bool) -> None:
        """Show the detail alone, or with its list."""
        self.set_class(zoomed, "-zoomed")
        self.detail.top = 0
        self.call_after_refresh(self.show_state)

    def ask_filter(self) -> None:
        """Open the line that the filter is typed into."""
        self.query_one(FilterLine).ask(self._filtered.filter)
        self._pane.typing = True
        self._prepare_soon()
        self._show_frame()

    def clear_filter(self) -> None:
        """Show all rows again."""
        self._filtered.filter = ""
        self.show_state()

    @on(FilterLine.Typed)
    def _filter_changed(self, event: FilterLine.Typed) -> None:
        """Show what matches, from the first row on; where nothing is asked for any more, stay on what was found."""
        filtered = self._filtered
        filtered.filter = event.text
        self.show_state(_FIRST if event.text and filtered is self._pane else None)

    @on(FilterLine.Ended)
    def _end_filter(self) -> None:
        """Back to the list; the filter stays."""
        self._pane.typing = False
        self.table.focus()
        self.show_state()
