"""Sizes in the list, as a user sees them come."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.conftest import Lab, until
from tests.terminal import Terminal, voltui_terminal

pytestmark = pytest.mark.engine


async def helper_runs(lab: Lab, terminal: Terminal) -> bool:
    terminal.read()
    return any(one.helper and one.running for one in await lab.engine.containers())


async def only_the_writer(lab: Lab, terminal: Terminal) -> bool:
    terminal.read()
    return [one.name for one in await lab.engine.containers()] == ["writer"]


async def test_sizes_come_are_sorted_by_and_follow_what_is_written(lab: Lab, tmp_path: Path) -> None:
    small, large = await lab.volume("a-small"), await lab.volume("b-large")
    (small / "file").write_bytes(os.urandom(40_000))
    (large / "file").write_bytes(os.urandom(2_000_000))
    await lab.container("writer", ["a-small:/data"])
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.wait_for(r"a-small +45\.1 kB")
        terminal.wait_for(r"b-large +2 MB")
        terminal.wait_for(r"2 volumes 2\.1 MB")
        terminal.wait_for(r"1 unused volume 2 MB · \d.* free")
        terminal.press("s")
        terminal.wait_for(r"(?s)sort size.*b-large.*a-small")

        (small / "more").write_bytes(os.urandom(5_000_000))
        terminal.press("r")
        terminal.wait_for(r"(?s)a-small +5 MB.*b-large")
        terminal.press("2")
        terminal.wait_for(r"writer +a-small")
        await until(lambda: only_the_writer(lab, terminal), "that the helper goes with the pane")
        terminal.press("1", "r")
        await until(lambda: helper_runs(lab, terminal), "a helper that measures")
        terminal.press("q")
        assert terminal.wait_for_end() == 0
        await until(lambda: only_the_writer(lab, terminal), "that the helper goes with the explorer")

    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.wait_for(r"a-small +5 MB")  # at once, from the disk
        terminal.press("r")
        await until(lambda: helper_runs(lab, terminal), "a helper that measures")
        terminal.child.kill(signal.SIGKILL)
    # The helper ends with the program that was killed: the lab waits for that.
