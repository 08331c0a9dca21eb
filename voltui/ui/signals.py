"""Signals that end the explorer: it leaves the terminal in order, and jobs go on.

By default they would kill it where it stands, and leave a terminal without echo and cursor.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_PATIENCE = 5.0
"""Seconds after which it is killed all the same: who writes to a terminal that is gone may wait for ever."""


class Signals:
    """Calls ``leave`` when a signal asks for the end."""

    def __init__(self, leave: Callable[[], object]) -> None:
        self._leave = leave
        self.came: signal.Signals | None = None
        """The signal that came."""

    def follow(self) -> None:
        """From now on, in the running loop."""
        for number in _ENDING:
            asyncio.get_running_loop().add_signal_handler(number, self._end, number)

    def _end(self, number: signal.Signals) -> None:
        if self.came is None:
            self.came = number
            signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
            self._leave()
