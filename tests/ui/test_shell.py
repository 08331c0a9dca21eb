"""A shell from the explorer: the terminal is the shell's until it ends, and the explorer's again after that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Lab
from tests.terminal import voltui_terminal

pytestmark = pytest.mark.engine


async def test_a_shell_from_the_list_and_one_that_may_write_from_the_files(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "letter").write_text("dear\n")
    (files / "a folder").mkdir()
    await lab.container("web", ["data:/data"])
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.walk_to("data")
        terminal.press("!")
        terminal.wait_for("> +Read-only")
        terminal.press("Enter")
        terminal.wait_for(r"\[data read-only\] /v # ")
        terminal.press("id; ls; exit\r")
        terminal.wait_for(r"(?s)1 Volumes.*> data")
        assert b"uid=0 gid=0" in terminal.written
        assert b"letter" in terminal.written
        terminal.press("f")
        terminal.wait_for("a folder/")
        terminal.press("/")
        terminal.wait_for("part of a name")
        terminal.press("folder", "Enter")
        terminal.wait_for("> /a folder/")
        terminal.press("Enter", "!")
        terminal.wait_for("Read-write")
        terminal.press("Enter")
        terminal.wait_for(r"\[data read-only\] /v/a folder # ")
        terminal.press("exit\r")
        terminal.wait_for("This folder is empty")
        terminal.press("h", "/")
        terminal.wait_for("part of a name")
        terminal.press("letter", "Enter")
        terminal.wait_for("> /letter")
        terminal.press("Esc")
        terminal.wait_without("> /letter")
        terminal.wait_for("letter +4.1 kB")
        terminal.press("!")
        terminal.wait_for("Read-write")
        terminal.press("j", "Enter")
        terminal.wait_for(r"(?s)may change data\?.*It is used by web \(running, rw\).*\[ No \]")
        terminal.press("Enter")
        terminal.wait_without("may change")
        terminal.press("!")
        terminal.wait_for("Read-write")
        terminal.press("j", "Enter")
        terminal.wait_for(r"\[ No \]")
        terminal.press("y")
        terminal.wait_for(r"\[data read-write\] /v # ")
        terminal.press("mv letter postcard\r", "exit\r")
        terminal.wait_for("letter +4.1 kB")
        terminal.press("r")
        terminal.wait_for("postcard +4.1 kB")
        terminal.press("q")
        terminal.wait_for("1 Volumes")
        terminal.press("q")
        assert terminal.wait_for_end() == 0
    assert [container.name for container in await lab.engine.containers() if container.helper] == []
