"""Help, menus, refreshing, leaving."""

from __future__ import annotations

from collections.abc import Set
from typing import Protocol

from voltui.model.filter import Ask
from voltui.ui.actions import BY_ID, Action, Group, here, offered
from voltui.ui.host import Host
from voltui.ui.screens.help import HelpScreen
from voltui.ui.screens.menu import Choice, MenuScreen
from voltui.ui.state import State

_WHATEVER_THERE_IS = ("filter", "refresh", "engines", "help")
"""Actions that are of use where a list has no row."""


class ActingScreen(Protocol):
    """A screen whose keys are the registry's."""

    app: Host

    @property
    def state(self) -> State:
        """What the interface knows."""

    @property
    def pane_id(self) -> str:
        """The pane that is open, as the registry calls it."""

    @property
    def asks(self) -> Set[Ask]:
        """What the filter of this pane can ask."""

    @property
    def subject(self) -> str:
        """What is under the cursor, safe for a terminal; empty where there is nothing."""

    @property
    def on_project(self) -> bool:
        """Whether the cursor is on the heading of a project."""

    def action_act(self, identifier: str) -> None:
        """Do an action of the registry, if this pane has it."""

    def go_where(self, action: Action) -> None:
        """Go where an action is that this pane does not have, or say where that is."""


class Menus:
    """Handlers that are about the program itself."""

    def __init__(self, screen: ActingScreen) -> None:
        self._screen = screen

    def do_menu(self) -> None:
        """What can be done with what is under the cursor; where there is nothing, what can be done all the same."""
        screen = self._screen
        if screen.subject:
            actions = [
                action
                for action in self._here()
                if action.group is Group.ACT and not (action.one_row and screen.on_project)
            ]
        else:
            known = screen.state.inventory is not None
            actions = [
                action for action in self._here() if (action.of_no_row and known) or action.id in _WHATEVER_THERE_IS
            ]
        choices = [Choice(action.id, action.label, action.shown_key, action.help, action.keys) for action in actions]
        self._open(screen.subject or "Actions", choices)

    def do_palette(self) -> None:
        """Any action by its name."""
        told = [(action, *self._told(action)) for action in offered(keys=self._screen.state.keys)]
        told.sort(key=lambda one: one[2])
        choices = [
            Choice(action.id, action.label, action.shown_key, said, also=action.also) for action, said, _ in told
        ]
        self._open("All actions", choices, searching=True)

    def _told(self, action: Action) -> tuple[str, int]:
        """What it does, or why it can't be done or where else it can; how far away that is."""
        screen = self._screen
        if action.changes and screen.state.read_only:
            return f"VolTUI is read-only: {action.help}", 2
        if screen.pane_id not in action.panes:
            return f"in {' and '.join(sorted(action.panes))}: {action.help}", 1
        if action.one_row and screen.on_project:
            return f"of one row, not of a project: {action.help}", 1
        return action.help, 0

    def do_help(self) -> None:
        """The help, made from the registry."""
        screen = self._screen
        these = self._here()
        known = {action.id for action in these}
        others = [action for action in self._offered() if action.id not in known]
        screen.app.push_screen(HelpScreen(screen.pane_id, these, screen.asks, others))

    def _here(self) -> list[Action]:
        screen = self._screen
        return here(screen.pane_id, read_only=screen.state.read_only, keys=screen.state.keys)

    def _offered(self) -> list[Action]:
        return offered(read_only=self._screen.state.read_only, keys=self._screen.state.keys)

    def do_refresh(self) -> None:
        """Ask the engine and the store again."""
        self._screen.app.refresh_state()

    def do_quit(self) -> None:
        """Leave; what runs goes on, and it is said."""
        self._screen.app.leave()

    def _open(self, title: str, choices: list[Choice], *, searching: bool = False) -> None:
        def chosen(identifier: str | None) -> None:
            if identifier is None:
                return
            action = BY_ID[identifier]
            refused = action.changes and self._screen.state.read_only
            if refused or self._screen.pane_id in action.panes:
                self._screen.action_act(identifier)
            else:
                self._screen.go_where(action)

        self._screen.app.push_screen(MenuScreen(title, choices, searching=searching), chosen)
