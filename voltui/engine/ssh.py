"""Engines at the other end of ``ssh``, reached as the docker CLI does: by ``docker system dial-stdio`` there.

The SDK has two ways of its own and both are worse here: paramiko reads ``~/.ssh/config`` by halves, and its ssh client
insists on port 22, prints on the terminal and knows no deadline. Here each connection is one end of a socket pair whose
other end is the standard input and output of ``ssh``: to the SDK it is a socket like any other, with deadlines.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from docker.api.client import APIClient
from docker.transport.basehttpadapter import BaseHTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from voltui.model.errors import Usage
from voltui.model.safe import safe

_OPTIONS = (
    "BatchMode=yes",  # a job has no terminal to be asked on, and the interface's is taken
    "ConnectTimeout=15",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=3",
)
_SHARED = ("ControlMaster=auto", "ControlPersist=60")
"""One login for all connections of a minute: a second one takes one round trip where a login takes a dozen."""
_POOL = 4
_WORDS = 4096
_ENDING = 2.0
"""Seconds that ``ssh`` gets to end by itself once its connection is closed."""


def command(url: str) -> list[str]:
    """The arguments that reach the engine at ``url``: ``ssh://[user@]host[:port][/path/of/docker.sock]``.

    Raises `Usage` where the address is none.
    """
    try:
        parts = urlsplit(url)
        host, user, port = parts.hostname, parts.username, parts.port
    except ValueError:
        host, user, port = None, None, None
    if not host or parts.password or parts.query or parts.fragment:
        raise Usage(f"{safe(url)} is no ssh address.", "Use ssh://user@host or ssh://user@host:port.")
    options = list(_OPTIONS)
    folder = Path.home() / ".ssh"
    if folder.is_dir():
        options += [*_SHARED, f"ControlPath={folder}/voltui-%C"]
    arguments = ["ssh", "-T", *(word for option in options for word in ("-o", option))]
    arguments += ["-l", user] if user else []
    arguments += ["-p", str(port)] if port else []
    there = f"docker --host {shlex.quote('unix://' + parts.path)}" if parts.path.strip("/") else "docker"
    return [*arguments, "--", host, f"{there} system dial-stdio"]


def last_words(stderr: IO[bytes]) -> str:
    """The last line that ``ssh`` wrote; empty where it was silent. Leaves the file's position alone: it writes on."""
    size = os.fstat(stderr.fileno()).st_size
    text = os.pread(stderr.fileno(), _WORDS, max(0, size - _WORDS)).decode(errors="replace")
    return safe(next((line.strip() for line in reversed(text.splitlines()) if line.strip()), ""))


def client(url: str, stderr: IO[bytes], *, version: str, timeout: float) -> APIClient:
    """A client of the SDK whose connections are ``ssh`` processes; ``stderr`` takes what they have to say."""
    # The address is that of a unix socket only so that the SDK treats the streams as such; nothing connects to it.
    made = APIClient(base_url="unix:///ssh", version=version, timeout=timeout)
    adapter = _Adapter(command(url), stderr)
    made._custom_adapter = adapter
    made.mount("http+docker://", adapter)
    return made


class _Adapter(BaseHTTPAdapter):  # type: ignore[misc]  # the SDK has no types
    def __init__(self, arguments: list[str], stderr: IO[bytes]) -> None:
        self._connections = _Pool(arguments, stderr)
        super().__init__()

    def get_connection(self, url: str, proxies: object = None) -> HTTPConnectionPool:
        return self._connections

    def request_url(self, request: Any, proxies: object) -> str:
        return str(request.path_url)

    def close(self) -> None:
        super().close()
        self._connections.close()


class _Pool(HTTPConnectionPool):
    def __init__(self, arguments: list[str], stderr: IO[bytes]) -> None:
        super().__init__("localhost", maxsize=_POOL)
        self._arguments, self._stderr = arguments, stderr
        self._made: list[_Connection] = []

    def _new_conn(self) -> HTTPConnection:
        self._made = [connection for connection in self._made if not connection.ended()]
        connection = _Connection(self._arguments, self._stderr)
        self._made.append(connection)
        return connection

    def close(self) -> None:
        super().close()
        while self._made:
            self._made.pop().end()


class _Connection(HTTPConnection):
    def __init__(self, arguments: list[str], stderr: IO[bytes]) -> None:
        super().__init__("localhost")
        self._arguments, self._stderr = arguments, stderr
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def connect(self) -> None:
        self.end()
        ours, theirs = socket.socketpair()
        with theirs:
            # In a session of its own: Ctrl-C in the terminal is VolTUI's to answer.
            self._process = subprocess.Popen(
                self._arguments,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=self._stderr,
                start_new_session=True,
            )
        ours.settimeout(self.timeout if isinstance(self.timeout, int | float) else None)
        self.sock = self._line = ours

    def ended(self) -> bool:
        """Whether its process was started and is gone."""
        return self._process is not None and self._process.poll() is not None

    def end(self) -> None:
        """Hang up. `close` does not: it leaves the line to a response that is still being read."""
        process, self._process = self._process, None
        if process is None or self._line is None:
            return
        with suppress(OSError):  # closed already
            self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()
        try:
            process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait()
