"""The first screen is painted once: with what the engine has said, or without it where that takes a while.

Textual would paint four empty screens before, 7 KB that a slow line has to carry, and 0.02 s (measured).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from textual.app import App

_LATEST = 0.15
"""Seconds after which it is painted whether the engine has answered or not."""


class FirstPaint:
    """Holds paints back at the start. ``then`` is called after the first: threads would keep the processor from it."""

    def __init__(self, app: App[str], then: Callable[[], object]) -> None:
        self._app = app
        self._then = then
        self._held = ExitStack()
        self._painted = False

    def hold_back(self) -> None:
        """From now on, and not for long."""
        self._held.enter_context(self._app.batch_update())
        self._app.set_timer(_LATEST, self.paint)

    def paint(self) -> None:
        """Let it be painted, if it was not yet."""
        if not self._painted:
            self._painted = True
            self._held.close()
            self._app.screen.refresh()
            self._app.call_after_refresh(self._then)
