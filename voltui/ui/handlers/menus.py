"""Help, menus, refreshing, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.ui.actions import BY_ID, Action, Group, here, offered
from voltui.ui.frame import PANES
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
        if not screen.subject:
            screen.app.tell("There is nothing here to act on.", warning=True)
            return
        actions = [
            action
            for action in here(screen.pane.view.id, read_only=screen.state.read_only, keys=screen.state.keys)
            if action.group is Group.ACT and not (action.one_row and screen.on_project)
        ]
        self._open(
            screen.subject, [Choice(action.id, action.label, action.shown_key, action.help) for action in actions]
        )

    def do_palette(self) -> None:
        """Any action by its name."""
        open_ = self._screen.pane.view.id
        choices = [
            Choice(action.id, action.label, action.shown_key, _help(action, here=open_ in action.panes))
            for action in sorted(self._offered(), key=lambda action: open_ not in action.panes)
        ]
        self._open("All actions", choices, searching=True)

    def do_help(self) -> None:
        """The help, made from the registry."""
        view = self._screen.pane.view
        self._screen.app.push_screen(HelpScreen(self._offered(), view.id, view.asks))

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
            panes = BY_ID[identifier].panes
            if self._screen.pane.view.id not in panes:
                self._screen.open_pane(min(panes, key=[name for _, name in PANES].index))
            else:
                self._screen.action_act(identifier)

        self._screen.app.push_screen(MenuScreen(title, choices, searching=searching), chosen)


def _help(action: Action, *, here: bool) -> str:
    """What it does; of another pane's action, where: choosing it goes there."""
    return action.help if here else f"in {' and '.join(sorted(action.panes))}: {action.help}"
