"""Making in a thread what would hold up the keyboard: the groups of a large mount graph."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from voltui.engine.pool import DaemonPool
from voltui.ui.host import Host
from voltui.ui.pane import Pane
from voltui.ui.state import State
from voltui.ui.views.graph import GraphView


class Behind(Protocol):
    """A screen that shows what is made here."""

    app: Host

    @property
    def state(self) -> State:
        """What the interface knows."""

    @property
    def pane(self) -> Pane:
        """The pane that is open."""

    def caught_up(self) -> None:
        """The groups of the graph were made."""


class CatchingUp:
    """Makes the groups of a state, then tells the screen; one after the other where the state changes meanwhile."""

    def __init__(self, screen: Behind) -> None:
        self._screen = screen
        self._thread = DaemonPool("graph", 1)
        self._going = False

    def go(self, view: GraphView) -> None:
        """Make the groups for a view, if that does not go on already."""
        if not self._going:
            self._going = True
            self._screen.app.run_worker(self._make(view), group="graph", exit_on_error=False)

    async def _make(self, view: GraphView) -> None:
        try:
            view.take(await self._thread.run(partial(view.make, self._screen.state)))
        finally:
            self._going = False
        if view is self._screen.pane.view:
            self._screen.caught_up()
