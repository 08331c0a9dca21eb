"""Help, menus, refreshing, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.ui.actions import ACTIONS, Group, here
from voltui.ui.screens.help import HelpScreen
from voltui.ui.screens.menu import Choice, MenuScreen

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen


class Menus:
    """Handlers that are about the program itself."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_menu(self) -> None:
        """What can be done with what is under the cursor."""
        screen = self._screen
        actions = [action for action in here(screen.pane.view.id) if action.group is Group.ACT]
        title = screen.pane.view.name(screen.state, screen.cursor_key) if screen.cursor_key else "Nothing here"
        self._open(title, [Choice(action.id, action.label, action.shown_key, action.help) for action in actions])

    def do_palette(self) -> None:
        """Any action by its name."""
        actions = here(self._screen.pane.view.id)
        choices = [Choice(action.id, action.label, action.shown_key, action.help) for action in actions]
        self._open("All actions", choices, searching=True)

    def do_help(self) -> None:
        """The help, made from the registry."""
        self._screen.app.push_screen(HelpScreen(ACTIONS, self._screen.pane.view.id))

    def do_refresh(self) -> None:
        """Ask the engine and the store again."""
        self._screen.app.refresh_state()

    def do_quit(self) -> None:
        """Leave; what runs goes on, and it is said."""
        self._screen.app.leave()

    def _open(self, title: str, choices: list[Choice], *, searching: bool = False) -> None:
        def chosen(identifier: str | None) -> None:
            if identifier is not None:
                self._screen.action_act(identifier)

        self._screen.app.push_screen(MenuScreen(title, choices, searching=searching), chosen)
