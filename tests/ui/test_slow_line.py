"""On a bad line: through a real sshd, in tmux there, with 200 ms from a key to its answer."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.conftest import Lab
from tests.far_terminal import far_voltui

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
