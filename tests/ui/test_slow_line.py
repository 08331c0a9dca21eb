"""On a bad line: through a real sshd, in tmux there, with 200 ms from a key to its answer."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.conftest import DEADLINE, Lab
from tests.far_terminal import far_voltui
from tests.terminal import Terminal, voltui_terminal

pytestmark = pytest.mark.engine

KEYS = 20
MOST_BYTES = 400
"""Bytes that one cursor key may cost."""
IDLE = 2.0


async def test_far_away_it_is_frugal_and_backs_up_with_one_key(lab: Lab, tmp_path: Path) -> None:
    for number in range(40):
        await lab.volume(f"far-{number:02}")
    (await lab.mountpoint("far-19") / "file").write_text("kept")
    with far_voltui(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.wait_for(r"> far-00 ")
        terminal.settle()
        before = len(terminal.written)
        for number in range(1, KEYS):
            terminal.press("j")
            terminal.wait_for(rf"> far-{number:02} ")
        assert (len(terminal.written) - before) / KEYS <= 2 * MOST_BYTES, (
            "with the detail, which follows a resting cursor"
        )

        terminal.press("b")
        terminal.wait_for("Backed up and verified far-19")
        terminal.wait_without("Backed up and verified")
        terminal.settle()
        before, deadline = len(terminal.written), time.monotonic() + IDLE
        while time.monotonic() < deadline:
            terminal.read(0.1)
        assert len(terminal.written) == before, "idle, it writes nothing"
        terminal.press("q")
        assert terminal.wait_for_end() == 0


async def test_whatever_was_pressed_the_terminal_shows_what_painting_it_anew_shows(lab: Lab, tmp_path: Path) -> None:
    """``^L`` writes every cell, all else only those that differ from what is taken to be there."""
    for number in range(30):
        await lab.volume(f"one-of-many-{number:02}")
    await lab.container("user", ["one-of-many-03:/data", "one-of-many-04:/more:ro"])
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.wait_for(r"30 volumes \d")  # all sizes are known: nothing more comes by itself
        for keys, shown in (
            ("jjj", r"─ one-of-many-03 [\s\S]*● user"),
            ("2", r"─ user [\s\S]*one-of-many-04"),
            ("1x", "Esc closes"),
            ("\x1b", r"b Backup"),
            ("?", "Help: volumes"),
            ("\x1b", r"b Backup"),
            ("/many-29", r"> one-of-many-29[\s\S]*─ one-of-many-29"),
            ("\x1b", "one-of-many-28"),
        ):
            terminal.press(*keys)
            terminal.wait_for(shown)
            _same_when_painted_anew(terminal)
        for size, shown in (((120, 40), "space Mark"), ((50, 12), r"Enlarge\s+the terminal"), ((80, 24), "Filter")):
            terminal.resize(*size)
            terminal.wait_for(shown)
            _same_when_painted_anew(terminal)


def _same_when_painted_anew(terminal: Terminal) -> None:
    terminal.settle()
    before, written = terminal.cells, len(terminal.written)
    terminal.press("\x0c")
    deadline = time.monotonic() + DEADLINE
    while len(terminal.written) == written:
        terminal.read()
        assert time.monotonic() < deadline, terminal.text
    terminal.settle()
    assert terminal.cells == before, terminal.text
