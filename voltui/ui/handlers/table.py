"""What keys do in a screen of its own, which has few of the registry's actions: moving, and what the screen adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from voltui.ui.actions import BY_ID
from voltui.ui.host import Host

MOVES = ("down", "up", "top", "bottom", "page_down", "page_up", "half_down", "half_up")
"""The registry's actions that move the cursor."""


class Movable(Protocol):
    """A list with a cursor, or a text that scrolls."""

    @property
    def page(self) -> int:
        """How many lines are visible."""

    def move(self, by: int) -> None:
        """Go on by so many lines."""

    def go_to(self, position: int) -> None:
        """Go to a line."""

    def go_to_end(self) -> None:
        """Go to the last one."""


def moves(table: Movable) -> Mapping[str, Callable[[], object]]:
    """What each of `MOVES` does."""
    return {
        "down": lambda: table.move(1),
        "up": lambda: table.move(-1),
        "top": lambda: table.go_to(0),
        "bottom": table.go_to_end,
        "page_down": lambda: table.move(table.page),
        "page_up": lambda: table.move(-table.page),
        "half_down": lambda: table.move(table.page // 2),
        "half_up": lambda: table.move(-(table.page // 2)),
    }


def act(app: Host, doing: Mapping[str, Callable[[], object]], identifier: str, where: str) -> None:
    """Do an action of the registry, or say that it is not ``where`` one is."""
    if identifier in doing:
        doing[identifier]()
    else:
        app.tell(f"{app.store.state.key(identifier)} {BY_ID[identifier].label}: not in {where}.", warning=True)
