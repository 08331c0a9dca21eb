"""The real program at the far end of a slow line: ssh to a real sshd, tmux there, the explorer in it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from tests.conftest import program
from tests.sshd import SlowLine, sshd
from tests.terminal import Terminal, voltui_environment

DELAY = 0.1
"""Seconds that each byte is late in each direction: 200 ms from a key to its answer."""


@contextmanager
def far_terminal(
    tmp_path: Path, environment: dict[str, str], command: Sequence[str], *, delay: float = DELAY
) -> Iterator[Terminal]:
    """A program in a tmux of its own, at the far end of such a line; 80x24.

    tmux without its line of status, whose clock would write as well.
    """
    tmux = program("tmux", "tmux")
    folder = tmp_path / "far"
    folder.mkdir()
    server = [tmux, "-S", str(folder / "tmux"), "-f", str(folder / "tmux.conf")]
    (folder / "tmux.conf").write_text("set -g status off\nset -s escape-time 10\n")
    inside = ["env", *(f"{name}={value}" for name, value in environment.items() if name != "TERM"), *command]
    with sshd(folder / "ssh") as daemon, closing(SlowLine(daemon.port, delay)) as line:
        (folder / "config").write_text(daemon.client_config("far", line.port))
        ssh = ["ssh", "-F", str(folder / "config"), "-o", "ControlPath=none", "-tt", "far"]
        remote = shlex.join([*server, "new-session", shlex.join(["exec", *inside])])
        terminal = Terminal([*ssh, f"LANG=C.UTF-8 {remote}"], {**os.environ, "TERM": "xterm-256color"})
        try:
            yield terminal
        finally:
            terminal.close()
            subprocess.run([*server, "kill-server"], check=False, capture_output=True)


@contextmanager
def far_voltui(tmp_path: Path, host: str, *, delay: float = DELAY) -> Iterator[Terminal]:
    """The explorer so, with a store and a state of the test's own."""
    command = [sys.executable, "-P", "-m", "voltui"]
    with far_terminal(tmp_path, voltui_environment(tmp_path, host), command, delay=delay) as terminal:
        yield terminal
