"""A shell in a helper: a real pty, a real engine, what it may do, and that it goes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.conftest import Lab, until
from tests.terminal import voltui_terminal

pytestmark = pytest.mark.engine


async def helpers(lab: Lab) -> list[str]:
    return [container.name for container in await lab.engine.containers() if container.helper]


async def test_a_shell_reads_a_volume_and_can_not_write(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "letter").write_text("dear reader\n")
    (files / "letter").chmod(0o600)
    os.chown(files / "letter", 1000, 1000)
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, "shell", "data") as terminal:
        terminal.wait_for(r"\[data read-only\] /v # ")
        assert (await helpers(lab))[0].startswith("voltui-shell-")
        terminal.press("id; ls; cat letter\r")
        terminal.wait_for(r"(?s)uid=0 gid=0.*letter.*dear reader")
        terminal.press("echo x > new; ls /sys/class/net | tr '\\n' ,\r")
        terminal.wait_for(r"(?s)Read-only file system.*lo,")
        terminal.press("stty size; echo $TERM\r")
        terminal.wait_for(r"(?s)24 80.*xterm-256color")
        terminal.resize(100, 30)
        terminal.press("until stty size | grep '30 100'; do sleep 0.1; done; clear\r")
        terminal.wait_without("letter")
        terminal.press("Ctrl-C")  # it is the shell's, not ours
        terminal.press("exit 7\r")
        assert terminal.wait_for_end() == 7
    assert await helpers(lab) == []


async def test_a_shell_that_may_write_holds_the_volume_and_goes_when_it_is_killed(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    host = lab.engine.endpoint.host
    with voltui_terminal(tmp_path, host, "shell", "data", "--write") as terminal:
        terminal.wait_for(r"(?s)Nothing uses it.*\[data read-write\] /v # ")
        terminal.press("echo said > file; chown 7:8 file; ls -n\r")
        terminal.wait_for(r"7 8 .* file")
        assert (files / "file").read_text() == "said\n"
        with voltui_terminal(tmp_path, host, "backup", "data") as other:
            other.wait_for("A read-write shell is open on the volume data")
            assert other.wait_for_end() == 5
        os.kill(terminal.child.pid, signal.SIGKILL)

        async def gone() -> bool:
            return not await helpers(lab)

        await until(gone, "that the helper has gone with whoever it was for")


async def test_no_shell_writes_to_a_protected_volume_unless_it_is_named(lab: Lab, tmp_path: Path) -> None:
    await lab.engine.create_volume("data", labels={"voltui.protect": "true"})
    host = lab.engine.endpoint.host
    with voltui_terminal(tmp_path, host, "shell", "data", "--write") as terminal:
        terminal.wait_for("protected by its label")
        assert terminal.wait_for_end() == 5
    with voltui_terminal(tmp_path, host, "shell", "data", "--write", "--force", "data") as terminal:
        terminal.wait_for(r"read-write\] /v # ")
        terminal.press("Ctrl-D")
        assert terminal.wait_for_end() == 0
    with voltui_terminal(tmp_path, host, "shell", "none") as terminal:
        assert terminal.wait_for_end() == 4
