"""A real sshd on loopback that knows us, for tests of engines behind ssh."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import program

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


@dataclass
class Sshd:
    """What runs, and where its keys and the wrapper of ``ssh`` are."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def path(self) -> str:
        """A PATH whose ``ssh`` reads no configuration but the test's own, where the host is called ``there``."""
        return f"{self.folder}/bin:{os.environ['PATH']}"


@contextmanager
def sshd(folder: Path) -> Iterator[Sshd]:
    """Run one. Skips where it is not installed."""
    daemon, client = program("sshd", "openssh-server"), program("ssh", "openssh-client")
    program("docker", "docker.io")
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
    Path("/run/sshd").mkdir(exist_ok=True)  # sshd insists on it
    with subprocess.Popen([daemon, "-D", "-e", "-f", folder / "daemon"], stderr=subprocess.DEVNULL) as process:
        try:
            yield Sshd(folder, process)
        finally:
            process.terminate()
