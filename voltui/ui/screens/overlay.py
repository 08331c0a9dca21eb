"""What lies over the screen that was open: its keys are the user's own here, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding
from textual.screen import ModalScreen

from voltui.ui.actions import BY_ID
from voltui.ui.handlers.table import MOVES, Movable, moves
from voltui.ui.host import Host
from voltui.ui.widgets.table import Table

Answer = TypeVar("Answer")

LEAVING: Mapping[str, str] = dict.fromkeys(("back", "left", "quit"), "leave")
MOVING: Mapping[str, str] = {identifier: f"go({identifier!r})" for identifier in MOVES}


class Overlay(ModalScreen[Answer | None], Generic[Answer], inherit_bindings=False):
    """Answers with a value, or with nothing when it is left.

    The bindings of a class are keys that are so whatever the user has chosen: arrows, Enter, Esc, letters of its own.
    """

    MEANS: ClassVar[Mapping[str, str]] = LEAVING
    """What actions of the registry mean here: their keys do that, where they are not bound already."""

    app: Host

    def on_mount(self) -> None:
        """Take the keys that the user has chosen."""
        for identifier, action in self.MEANS.items():
            self.take_keys(self.app.store.state.keys.get(identifier, BY_ID[identifier].keys), action)

    def take_keys(self, keys: tuple[str, ...], action: str) -> None:
        """Let keys that do nothing here do an action."""
        for key in keys:
            if key not in self._bindings.key_to_bindings:
                self._bindings.bind(key, action, show=False)

    @property
    def moved(self) -> Movable:
        """What the keys that move move in."""
        return self.query_one(Table)

    def action_leave(self) -> None:
        """Without an answer."""
        self.dismiss(None)

    def action_go(self, identifier: str) -> None:
        """Move as everywhere."""
        moves(self.moved)[identifier]()


def leaving(*, priority: bool = False) -> Binding:
    """Esc leaves, whatever else does."""
    return Binding("escape", "leave", show=False, priority=priority)
