"""A real sshd on loopback for a test's own, and a line to it that is as slow as one across the world."""

from __future__ import annotations

import contextlib
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

    def client_config(self, host: str, port: int = 0) -> str:
        """What makes a client find it under a name, at its own port or another that leads there."""
        return _CLIENT.format(host=host, port=port or self.port, folder=self.folder)


@contextmanager
def running_sshd(folder: Path) -> Iterator[Sshd]:
    """An sshd that knows a key of its own only; what it needs is made in ``folder``, which must not exist."""
    daemon = program("sshd", "openssh-server")
    program("ssh", "openssh-client")
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
            yield Sshd(port, folder)
        finally:
            process.terminate()


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
