"""A real sshd on loopback for a test's own, and a line to it that is as slow as one across the world."""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import program

_CLIENT = """
Host {host}
  HostName 127.0.0.1
  Port {port}
  IdentityFile {folder}/id
  UserKnownHostsFile /dev/null
  StrictHostKeyChecking no
  LogLevel ERROR
"""
_NOWHERE = """
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


@dataclass(frozen=True)
class Sshd:
    """A daemon that runs."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def path(self) -> str:
        """A PATH whose ``ssh`` reads no configuration but the test's own, where the host is called ``there``."""
        return f"{self.folder}/bin:{os.environ['PATH']}"

    def client_config(self, host: str, port: int = 0) -> str:
        """What makes a client find it under a name, at its own port or another that leads there."""
        return _CLIENT.format(host=host, port=port or self.port, folder=self.folder)


@contextmanager
def sshd(folder: Path) -> Iterator[Sshd]:
    """An sshd that knows a key of its own only; what it needs is made in ``folder``, which must not exist."""
    daemon, client = program("sshd", "openssh-server"), program("ssh", "openssh-client")
    program("docker", "docker.io")
    folder.mkdir()
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    for key in ("host", "id"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    (folder / "daemon").write_text(_DAEMON.format(port=port, folder=folder))
    Path("/run/sshd").mkdir(exist_ok=True)  # sshd insists on it
    with subprocess.Popen([daemon, "-D", "-e", "-f", folder / "daemon"], stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            running = Sshd(port, folder, process)
            _make_client(running, client)
            yield running
        finally:
            process.terminate()


def _make_client(running: Sshd, client: str) -> None:
    config = running.folder / "config"
    config.write_text(running.client_config("there") + _NOWHERE)
    wrapper = running.folder / "bin" / "ssh"
    wrapper.parent.mkdir()
    # No shared login: its master would outlive the test by a minute.
    wrapper.write_text(f'#!/bin/sh\nexec {client} -F {config} -o ControlPath=none "$@"\n')
    wrapper.chmod(0o755)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "sshd does not answer"
            time.sleep(0.02)
        else:
            return


class SlowLine:
    """Passes connections on to a port of this host, each byte ``delay`` seconds late, in both directions."""

    def __init__(self, port: int, delay: float) -> None:
        self._target = port
        self._delay = delay
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections; those that are open end with their programs."""
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                for one, other in ((near, far), (far, near)):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._pass_on(one, other)

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        late: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()

        def read() -> None:
            data = b"more"
            while data:
                try:
                    data = source.recv(1 << 16)
                except OSError:
                    data = b""
                late.put((time.monotonic() + self._delay, data))

        def write() -> None:
            with contextlib.suppress(OSError):
                while True:
                    due, data = late.get()
                    time.sleep(max(0.0, due - time.monotonic()))
                    if not data:
                        return sink.shutdown(socket.SHUT_WR)
                    sink.sendall(data)

        for work in (read, write):
            threading.Thread(target=work, daemon=True).start()
