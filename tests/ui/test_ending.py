"""How the explorer ends when nobody has asked it to: by a signal, or by a fault of its own."""

from __future__ import annotations

import os
import signal
import stat
import sys
import termios
from pathlib import Path

import pytest

from tests.terminal import Terminal, voltui_environment

_NO_ENGINE = "unix:///nonexistent/docker.sock"
_SHOWN = "1 Volumes  2 Containers"
_FAULTY = """
from voltui.cli import main
from voltui.ui.handlers.menus import Menus

def fail(self):
    secret = "hunter" + "2"
    raise RuntimeError("nobody foresaw this")

Menus.do_help = fail
main()
"""


def _terminal(tmp_path: Path, *program: str) -> Terminal:
    return Terminal([sys.executable, "-P", *program], _environment(tmp_path))


def _environment(tmp_path: Path) -> dict[str, str]:
    return voltui_environment(tmp_path, _NO_ENGINE, XDG_STATE_HOME=str(tmp_path / "state"))


def _in_order(terminal: Terminal) -> bool:
    """Whether the terminal shows what it did before, its cursor, and what is typed."""
    written = bytes(terminal.written)
    shown = [
        written.rfind(on) > written.rfind(off) >= 0 for on, off in ((b"[?1049l", b"[?1049h"), (b"[?25h", b"[?25l"))
    ]
    return all(shown) and bool(termios.tcgetattr(terminal.child.child_fd)[3] & termios.ECHO)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_the_explorer_and_leaves_the_terminal_in_order(tmp_path: Path, number: signal.Signals) -> None:
    terminal = _terminal(tmp_path, "-m", "voltui")
    try:
        before = termios.tcgetattr(terminal.child.child_fd)
        terminal.wait_for(_SHOWN)
        assert not termios.tcgetattr(terminal.child.child_fd)[3] & termios.ECHO
        os.kill(terminal.child.pid, number)
        assert terminal.wait_for_end() == 128 + number
        assert _in_order(terminal)
        assert termios.tcgetattr(terminal.child.child_fd) == before
        assert "Traceback" not in terminal.text
    finally:
        terminal.close()


def test_a_fault_is_a_sentence_and_its_log_has_no_secrets(tmp_path: Path) -> None:
    terminal = _terminal(tmp_path, "-c", _FAULTY)
    try:
        terminal.wait_for(_SHOWN)
        terminal.press("?")
        assert terminal.wait_for_end() == 1
        assert _in_order(terminal)
        said = bytes(terminal.written).rpartition(b"[?1049l")[2].decode()
        assert "VolTUI has a fault: RuntimeError('nobody foresaw this')." in said
        assert "hunter2" not in said and "Traceback" not in said
    finally:
        terminal.close()
    log = tmp_path / "state" / "voltui" / "fault.log"
    assert str(log) in said.replace("\r\n", "")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "in fail" in log.read_text() and "hunter2" not in log.read_text()


def test_a_terminal_without_a_size_has_the_usual_one(tmp_path: Path) -> None:
    start = f"stty rows 0 columns 0; exec {sys.executable} -P -m voltui"
    terminal = Terminal(["/bin/sh", "-c", start], _environment(tmp_path))
    try:
        terminal.wait_for(_SHOWN)
        assert termios.tcgetwinsize(terminal.child.child_fd) == (24, 80)
        terminal.press("q")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()
