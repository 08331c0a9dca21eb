"""Control keys that mean the same in every program of a terminal: ^C, ^L, ^Z. No action can have ^L and ^Z."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from textual import on
from textual.binding import Binding
from textual.driver import Driver

from voltui.ui.host import Host

_PARENT, _GROUP, _SESSION = 1, 2, 3
"""Where they stand behind the name in ``/proc/<pid>/stat``."""


_CLEAR = "\x1b[2J"


class ControlKeys(Host, inherit_bindings=False):
    """The application's own keys, in place of Textual's."""

    BINDINGS = [  # noqa: RUF012 - Textual's own form
        Binding("ctrl+c", "tell_how_to_quit", show=False),
        Binding("ctrl+l", "repaint", show=False, priority=True),
        Binding("ctrl+z", "stop", show=False, priority=True),
    ]

    def action_tell_how_to_quit(self) -> None:
        """The user has given quitting another key than ^C."""
        self.tell(f"{self.store.state.key('quit')} quits.")

    @on(Driver.SignalResume)
    def action_repaint(self) -> None:
        """Paint everything: something else may have written to the terminal."""
        if self._driver is not None:
            self._driver.write(_CLEAR)
        self.refresh(layout=True)

    def action_stop(self) -> None:
        """Stop for the shell that this was started from, with all that waits for this."""
        if self.is_headless or not under_job_control():
            self.tell(f"There is no shell to go back to; {self.store.state.key('quit')} quits.", warning=True)
            return
        os.killpg(0, signal.SIGTSTP)


def under_job_control() -> bool:
    """Whether a shell notices that this process group has stopped, and can let it go on.

    Otherwise the group is orphaned: started by ssh, tmux or a terminal itself, it would be stopped for ever.
    """
    group = os.getpgrp()
    try:
        leader = _status(group)
        parent = _status(leader[_PARENT])
    except (OSError, ValueError, IndexError):
        return False
    return parent[_SESSION] == leader[_SESSION] and parent[_GROUP] != group


def _status(process: int) -> list[int]:
    """The state, the parent, the group and the session of a process; the state, a letter, as 0."""
    text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    return [0, *map(int, text.rpartition(")")[2].split()[1:4])]
