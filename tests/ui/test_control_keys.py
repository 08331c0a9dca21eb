"""Keys that mean the same in every program of a terminal, in a real one: ^C, ^L, ^Z."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.terminal import Terminal, voltui_environment

_NO_ENGINE = "unix:///nonexistent/docker.sock"
_SHOWN = "1 Volumes  2 Containers"


def _environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return voltui_environment(tmp_path, _NO_ENGINE, XDG_STATE_HOME=str(tmp_path / "state"), **more)


def _explorer(tmp_path: Path, **environment: str) -> Terminal:
    return Terminal([sys.executable, "-P", "-m", "voltui"], _environment(tmp_path, **environment))


def test_control_c_quits_and_where_another_key_does_tells_which(tmp_path: Path) -> None:
    terminal = _explorer(tmp_path)
    terminal.wait_for(_SHOWN)
    terminal.press("Ctrl-C")
    assert terminal.wait_for_end() == 0
    assert "Traceback" not in terminal.text

    config = tmp_path / "config.toml"
    config.write_text('[keys]\nquit = "Q"\n')
    terminal = _explorer(tmp_path, VOLTUI_CONFIG=str(config))
    terminal.wait_for(_SHOWN)
    terminal.press("Ctrl-C")
    terminal.wait_for("Q quits")
    terminal.press("\x11", "Q")
    assert terminal.wait_for_end() == 0


def test_control_l_paints_everything_anew(tmp_path: Path) -> None:
    terminal = _explorer(tmp_path)
    terminal.wait_for(_SHOWN)
    terminal.settle()
    terminal._stream.feed(b"\x1b[2J\x1b[3;1Hsomething else has written here")
    terminal.press("\x0c")
    assert "something else" not in terminal.wait_for(_SHOWN)
    terminal.press("?")
    terminal.wait_for("Help: volumes")
    terminal.settle()
    terminal._stream.feed(b"\x1b[2J")
    terminal.press("\x0c")
    terminal.wait_for("Help: volumes")
    terminal.press("q")
    terminal.wait_without("Help: volumes")
    terminal.press("Ctrl-C")
    assert terminal.wait_for_end() == 0


def test_control_z_goes_back_to_the_shell_and_fg_to_the_explorer(tmp_path: Path) -> None:
    shell = Terminal(["/bin/bash", "--norc", "--noprofile", "-i"], _environment(tmp_path, PS1="shell> ", HISTFILE=""))
    try:
        shell.wait_for("shell>")
        shell.press(f"{sys.executable} -P -m voltui", "Enter")
        shell.wait_for(_SHOWN)
        shell.press("\x1a")
        shell.wait_for(r"Stopped[\s\S]*shell>")
        shell.press("echo $((40+2)) here", "Enter")
        shell.wait_for("42 here")
        shell.press("fg", "Enter")
        shell.wait_for(_SHOWN)
        shell.press("2")
        shell.wait_for("Containers")
        shell.press("q")
        shell.wait_for("shell>")
        shell.press("exit", "Enter")
        assert shell.wait_for_end() == 0
    finally:
        shell.close()


def test_without_a_shell_to_go_back_to_control_z_stops_nothing(tmp_path: Path) -> None:
    terminal = _explorer(tmp_path)
    terminal.wait_for(_SHOWN)
    terminal.press("\x1a")
    terminal.wait_for("There is no shell to go back to")
    terminal.press("q")
    assert terminal.wait_for_end() == 0
