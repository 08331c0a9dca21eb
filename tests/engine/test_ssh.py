"""Engines behind ssh: a real sshd on loopback, the real ssh client, docker's own dial-stdio."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import Lab, until
from tests.sshd import sshd
from tests.terminal import voltui_terminal
from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint, resolve
from voltui.engine.events import Events
from voltui.engine.ssh import command
from voltui.jobs.plan import BackupPlan
from voltui.model.errors import NoEngine, Usage
from voltui.model.source import Source


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An sshd that knows us, and its ``ssh`` in the PATH."""
    with sshd(tmp_path / "ssh") as running:
        monkeypatch.setenv("PATH", running.path)
        yield running.folder


@pytest.fixture
async def far(ssh: Path, sandbox_host: str) -> AsyncIterator[Engine]:
    """The sandbox's engine, by way of ssh."""
    engine = Engine(resolve(f"ssh://there{sandbox_host.removeprefix('unix://')}"))

    async def answers() -> bool:
        try:
            return bool(await engine.info())
        except NoEngine:
            return False

    await until(answers, "sshd")
    yield engine
    engine.close()


@pytest.mark.engine
async def test_an_engine_behind_ssh_lists_and_sends_events(lab: Lab, far: Engine) -> None:
    await lab.volume("seen")
    assert "seen" in (await far.inventory()).volumes
    events = Events(far.connection)
    try:
        changes = aiter(events)
        assert (await asyncio.wait_for(anext(changes), 20)).kind == "connected"
        await lab.volume("later")
        assert (await asyncio.wait_for(anext(changes), 20)).key == "later"
    finally:
        events.close()


@pytest.mark.engine
@pytest.mark.parametrize("transport", ["bridge", "archive"])
async def test_a_backup_by_ssh_leaves_no_ssh_behind(lab: Lab, ssh: Path, far: Engine, transport: str) -> None:
    folder = await lab.volume("data")
    (folder / "file").write_bytes(os.urandom(3_000_000))
    common = replace(lab.common(transport), endpoint=far.endpoint)
    outcome = await lab.run(BackupPlan(common, (Source("volume", "data"),)))
    assert outcome.ending == "done", outcome
    [backup] = lab.store.listing().backups
    assert backup.verified
    far.close()

    async def none() -> bool:
        return subprocess.run(["pgrep", "-f", f"ssh.* -F {ssh}"], check=False).returncode == 1

    await until(none, "the end of every ssh process")


@pytest.mark.engine
async def test_a_shell_by_ssh_ends_with_whoever_opened_it(lab: Lab, far: Engine, tmp_path: Path) -> None:
    (await lab.volume("data") / "letter").write_text("dear\n")
    with voltui_terminal(tmp_path, far.endpoint.host, "shell", "data") as terminal:
        terminal.wait_for(r"\[data read-only\] /v # ")
        terminal.press("ls\r")
        terminal.wait_for("letter")
        os.kill(terminal.child.pid, signal.SIGKILL)

        async def gone() -> bool:
            return not [container for container in await lab.engine.containers() if container.helper]

        await until(gone, "that the helper has gone with whoever it was for")


async def test_what_ssh_says_is_the_reason(ssh: Path) -> None:
    engine = Engine(Endpoint("ssh://nowhere"))
    try:
        with pytest.raises(NoEngine) as caught:
            await engine.info()
    finally:
        engine.close()
    assert "Connection refused" in str(caught.value)


def test_the_address_becomes_arguments_of_ssh() -> None:
    arguments = command("ssh://me@host:2222")
    assert arguments[arguments.index("-l") + 1] == "me"
    assert arguments[arguments.index("-p") + 1] == "2222"
    assert arguments[-3:] == ["--", "host", "docker system dial-stdio"]
    assert (
        command("ssh://host/run/my docker.sock")[-1] == "docker --host 'unix:///run/my docker.sock' system dial-stdio"
    )


@pytest.mark.parametrize("url", ["ssh://", "ssh://host:port", "ssh://me:secret@host"])
def test_no_ssh_address_is_a_usage_error(url: str) -> None:
    with pytest.raises(Usage):
        command(url)
