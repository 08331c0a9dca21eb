"""Engines behind ssh: a real sshd on loopback, the real ssh client, docker's own dial-stdio."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Lab, program, until
from tests.terminal import voltui_terminal
from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint, resolve
from voltui.engine.events import Events
from voltui.engine.ssh import command
from voltui.jobs.plan import BackupPlan
from voltui.model.errors import NoEngine, Usage
from voltui.model.source import Source

_CONFIG = """
Host there
  HostName 127.0.0.1
  Port {port}
  IdentityFile {folder}/id
  UserKnownHostsFile /dev/null
  StrictHostKeyChecking no
  LogLevel ERROR
Host nowhere
  HostName 127.0.0.1
  Port 1
"""
_DAEMON = """
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/id.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
"""


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An sshd that knows us, and an ``ssh`` in the PATH that reads no configuration but the test's own."""
    daemon, client = program("sshd", "openssh-server"), program("ssh", "openssh-client")
    program("docker", "docker.io")
    folder = tmp_path / "ssh"
    folder.mkdir()
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    for key in ("host", "id"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    (folder / "config").write_text(_CONFIG.format(port=port, folder=folder))
    (folder / "daemon").write_text(_DAEMON.format(port=port, folder=folder))
    wrapper = folder / "bin" / "ssh"
    wrapper.parent.mkdir()
    # No shared login: its master would outlive the test by a minute.
    wrapper.write_text(f'#!/bin/sh\nexec {client} -F {folder}/config -o ControlPath=none "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    Path("/run/sshd").mkdir(exist_ok=True)  # sshd insists on it
    with subprocess.Popen([daemon, "-D", "-e", "-f", folder / "daemon"], stderr=subprocess.DEVNULL) as process:
        try:
            yield folder
        finally:
            process.terminate()


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
