"""Calls to one engine: clients per thread, deadlines, and errors in VolTUI's words."""

from __future__ import annotations

import asyncio
import errno
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import IO, TYPE_CHECKING, Any, TypeVar

from voltui.engine.endpoint import Endpoint
from voltui.engine.pool import DaemonPool, settled
from voltui.model.errors import Failed, NoEngine, NotFound, Refused, VoltuiError
from voltui.model.safe import safe

if TYPE_CHECKING:
    from docker.api.client import APIClient

T = TypeVar("T")

DEADLINE = 20.0
"""Seconds an ordinary call may take. A busy engine with thousands of volumes needs several for one listing."""
_NOISE = (
    (re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b"), r"\1"),
    (re.compile(r"\b(Error response from daemon|OCI runtime \w+ failed|(runc|crun) \w+ failed|\w+\.go:\d+): "), ""),
    (re.compile(r"\b(unable to start container process|starting container process caused): "), ""),
    (re.compile(r": unknown$"), ""),
)
"""What is taken out of an engine's words, and what takes its place."""
_THREADS = 6
_ANY_VERSION = "1.41"
"""Stands in a client until the engine has said which versions it speaks; that question is of no version."""


class Connection:
    """Runs functions with a client of the endpoint in threads of its own.

    The SDK's client is not thread-safe, so each thread has one of its own.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._pool = DaemonPool("engine", _THREADS)
        self._local = threading.local()
        self._clients: list[APIClient] = []
        self._version = ""
        self._ssh_stderr: IO[bytes] | None = None

    async def call(self, what: str, function: Callable[[APIClient], T], *, deadline: float = DEADLINE) -> T:
        """The result of ``function(client)``. ``what`` says what is asked, for the error sentence.

        Raises `NoEngine` where the engine can't be reached or misses the ``deadline`` (seconds), `NotFound`, `Refused`
        (409), or `Failed` with the engine's words.
        """

        def run() -> T:
            with self.translated(what):
                return function(self.client(deadline))

        try:
            return await asyncio.wait_for(self._pool.run(run), deadline + 1)
        except TimeoutError:
            raise self._silent(what, deadline) from None

    async def change(self, what: str, function: Callable[[APIClient], T], *, deadline: float = DEADLINE) -> T:
        """Like `call`, for what changes something: a cancel waits until the engine has answered."""
        return await settled(self.call(what, function, deadline=deadline))

    def client(self, timeout: float = DEADLINE) -> APIClient:
        """The calling thread's client. ``timeout`` bounds each wait on its socket, in seconds."""
        client = getattr(self._local, "client", None)
        if client is None:
            client = self._local.client = self.new_client(timeout)
        client.timeout = timeout
        return client

    def new_client(self, timeout: float) -> APIClient:
        """A client of its own for a stream that lasts. Give it back with `release`."""
        if not self._version:
            self._version = self._ask_version(timeout)
        client = self._make(self._version, timeout)
        self._clients.append(client)
        return client

    def release(self, client: APIClient) -> None:
        """Close a client of `new_client` that is done with."""
        if client in self._clients:
            self._clients.remove(client)
            client.close()

    def _ask_version(self, timeout: float) -> str:
        """The engine's API version. The SDK would ask in its constructor and leave the socket open on failure."""
        client = self._make(_ANY_VERSION, timeout)
        try:
            return str(client.version(api_version=False)["ApiVersion"])
        finally:
            client.close()

    def _make(self, version: str, timeout: float) -> APIClient:
        from docker.api.client import APIClient
        from docker.tls import TLSConfig

        if self.endpoint.host.startswith("ssh://"):
            from voltui.engine import ssh

            if self._ssh_stderr is None:
                self._ssh_stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the connection
            return ssh.client(self.endpoint.host, self._ssh_stderr, version=version, timeout=timeout)
        tls = self.endpoint.tls
        config: Any = False
        if tls is not None:
            pair = (tls.cert, tls.key) if tls.cert and tls.key else None
            config = TLSConfig(client_cert=pair, ca_cert=tls.ca or None, verify=tls.verify)
        return APIClient(base_url=self.endpoint.host, version=version, timeout=timeout, tls=config)

    def _deadline(self) -> float:
        """The calling thread's, in seconds."""
        client = getattr(self._local, "client", None)
        return float(client.timeout) if client is not None and client.timeout else DEADLINE

    def close(self) -> None:
        """Let the threads end and close the sockets."""
        self._pool.close()
        while self._clients:
            self._clients.pop().close()
        if self._ssh_stderr is not None:
            self._ssh_stderr.close()

    @contextmanager
    def translated(self, what: str) -> Iterator[None]:
        """Turn whatever the SDK and its libraries raise into VolTUI's errors."""
        from docker.errors import DockerException
        from requests.exceptions import RequestException
        from urllib3.exceptions import HTTPError

        try:
            yield
        except (DockerException, RequestException, HTTPError, HTTPException, OSError, EOFError) as error:
            raise self._translate(what, error) from error

    def _translate(self, what: str, error: Exception) -> VoltuiError:
        from docker.errors import APIError
        from requests.exceptions import Timeout

        if isinstance(error, APIError) and error.response is not None:
            return _refusal(what, error)
        if any(isinstance(cause, Timeout | TimeoutError) for cause in _chain(error)):
            return self._silent(what, self._deadline())
        return NoEngine(
            f"The engine at {self.endpoint.shown} can't be reached: {self._ssh_words() or _reason(error)}.",
            self._hint(error),
        )

    def _ssh_words(self) -> str:
        """What ``ssh`` said of it, which is nearer to the cause than the line that broke."""
        if self._ssh_stderr is None or self._ssh_stderr.closed:
            return ""
        from voltui.engine.ssh import last_words

        return last_words(self._ssh_stderr).rstrip(".")

    def _silent(self, what: str, deadline: float) -> NoEngine:
        return NoEngine(
            f"The engine at {self.endpoint.shown} did not answer within {deadline:.0f} s ({what}).",
            "It may be overloaded or stopped; `voltui doctor` tells more.",
        )

    def _hint(self, error: Exception) -> str:
        number = _errno(error)
        if number == errno.EACCES:
            return "Run as root, or as a member of the group that owns the socket (often `docker`)."
        if self.endpoint.host.startswith("ssh://"):
            return "Check that `ssh` to that host works without a prompt and that docker is installed there."
        if number in (errno.ENOENT, errno.ECONNREFUSED):
            return "Start Docker, name another engine with --host or --context, or try `voltui sandbox`."
        return "Check the address and the network, or name another engine with --host or --context."


def _refusal(what: str, error: Any) -> VoltuiError:
    """An answer of the engine that is no success."""
    words = _plain(safe(str(error.explanation or error)))
    status = error.response.status_code
    if status == 404:
        return NotFound(f"The engine does not know it: {words}.", f"It was asked to {what}.")
    if status == 409:
        return Refused(f"The engine refuses to {what}: {words}.")
    return Failed(f"The engine failed to {what}: {words}.", f"It answered {status}.")


def _plain(words: str) -> str:
    """An engine's words without what only its makers need: layers of itself, line numbers, ids in full."""
    for pattern, instead in _NOISE:
        words = pattern.sub(instead, words)
    return words.strip().rstrip(".")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what caused it; requests and urllib3 also hide causes among the arguments."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        hidden = [argument for argument in current.args if isinstance(argument, BaseException)]
        waiting += [current.__cause__, current.__context__, getattr(current, "reason", None), *hidden]


def _errno(error: Exception) -> int | None:
    return next((cause.errno for cause in _chain(error) if isinstance(cause, OSError) and cause.errno), None)


def _reason(error: Exception) -> str:
    """The root of the trouble in a few words: the system's own where there are some."""
    causes = list(_chain(error))
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno and cause.strerror:
            return cause.strerror.lower()
    return safe(str(causes[-1]) or type(causes[-1]).__name__).rstrip(".")
