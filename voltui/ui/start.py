"""The way from nothing to a screen that shows what the engine has, for the first engine and for each one after it.

reached: the engine is asked, before there is a screen. laid out: the main screen can show something. arrived: the
engine has answered, and the pane is the one it was left in. painted: the terminal has it, and what waited begins.
"""

from __future__ import annotations

import asyncio

from voltui.ui import collecting
from voltui.ui.first_paint import FirstPaint
from voltui.ui.frame import PANE_IDS
from voltui.ui.handlers import load as load_handlers
from voltui.ui.host import Host
from voltui.ui.screens.main import MainScreen

_STARTED = 3.0
"""Seconds after which the start is over, whether the engine answers or not."""


class Start:
    """How far the way has been gone."""

    def __init__(self, app: Host, main: MainScreen) -> None:
        self._app = app
        self._main = main
        self._first = FirstPaint(app, self._go_on)
        self.laid_out = False
        """Whether there is a screen that could show anything."""
        self.arrived = False
        """Whether this engine has answered."""

    def begin(self) -> None:
        """Ask the engine while the screen is made, which takes 0.05 s (measured). All else waits for the screen."""
        self._app.set_timer(_STARTED, collecting.sparingly)
        self._reach()
        self._first.hold_back()

    def begin_anew(self) -> None:
        """Go the way with another engine; the screen is there."""
        self.arrived = False
        self._reach()
        self.lay_out()
        self._app.call_after_refresh(self._go_on)

    def lay_out(self) -> None:
        """The main screen knows its size: it can show the engine."""
        self._main.arrive(self._app.memory.last, new_here=self._app.memory.empty)
        self.laid_out = True

    def learnt(self) -> None:
        """Something is known: once it is what the engine has, go where it was left, unless the user went elsewhere."""
        if self.arrived or self._app.session.state.inventory is None:
            return
        self.arrived = True
        left = self._app.memory.last.pane
        if left in PANE_IDS and self._main.pane.view.id == PANE_IDS[0]:
            self._main.go_to_pane(left)
        self._app.remember()

    def shown(self) -> None:
        """The main screen is in line with what is known: with the engine's answer in it, it is worth painting."""
        if self.arrived:
            self._first.paint()

    def _reach(self) -> None:
        self._app.memory.recall(self._app.settings.endpoint.host)
        self._app.run_worker(self._app.live.follow_engine(), name="engine")

    def _go_on(self) -> None:
        """Do what has waited for the screen."""
        app = self._app
        app.live.painted.set()
        app.run_worker(app.live.follow_jobs(), name="jobs")
        app.run_worker(app.sizing.follow(), name="sizes", group="sizes", exit_on_error=False)
        app.run_worker(asyncio.to_thread(load_handlers), group="handlers", exit_on_error=False)
