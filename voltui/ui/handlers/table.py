"""Moving through a list that a screen has to itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voltui.ui.widgets.table import Table

MOVES = ("down", "up", "top", "bottom", "page_down", "page_up", "half_down", "half_up")
"""The registry's actions that move the cursor."""


def moves(table: Table) -> Mapping[str, Callable[[], object]]:
    """What each of `MOVES` does to a table."""
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
