"""Calls to one engine: clients per thread, deadlines, and errors in VolTUI's words."""

from __future__ import annotations

import asyncio
import errno
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from http.client import HTTPException
from typing import IO, TYPE_CHECKING, Any, TypeVar

from voltui.engine.endpoint import Endpoint
from voltui.engine.pool import DaemonPool, settled
from voltui.engine.reader import EngineError, Reader, SocketReader
from voltui.engine.words import causes_of, errno_of, reason, refusal
from voltui.model.errors import NoEngine, VoltuiError

if TYPE_CHECKING:
    from docker.api.client import APIClient

T = TypeVar("T")

DEADLINE = 20.0
"""Seconds an ordinary call may take. A busy engine with thousands of volumes needs several for one listing."""
THREADS = 6
"""As many questions are asked at once."""
_ANY_VERSION = "1.41"
"""Stands in a client until the engine has said which versions it speaks; that question is of no version."""


class Connection:
    """Runs functions with a client of the endpoint in threads of its own.

    The SDK's client is not thread-safe, so each thread has one of its own.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._pool = DaemonPool("engine", THREADS)
        self._local = threading.local()
        self._clients: list[APIClient | Reader] = []
        self._version = ""
        self._asking_version = threading.Lock()
        self._ssh_stderr: IO[bytes] | None = None

    async def call(self, what: str, function: Callable[[APIClient], T], *, deadline: float = DEADLINE) -> T:
        """The result of ``function(client)``. ``what`` says what is asked, for the error sentence.

        Raises `NoEngine` where the engine can't be reached or misses the ``deadline`` (seconds), `NotFound`, `Refused`
        (409), or `Failed` with the engine's words.
        """
        return await self._in_thread(what, lambda: function(self.client(deadline)), deadline)

    async def read(self, what: str, function: Callable[[Reader], T], *, deadline: float = DEADLINE) -> T:
        """Like `call`, for what `Reader` can ask: where the engine is behind a unix socket, without the SDK."""
        return await self._in_thread(what, lambda: function(self.reader(deadline)), deadline)

    async def change(self, what: str, function: Callable[[APIClient], T], *, deadline: float = DEADLINE) -> T:
        """Like `call`, for what changes something: a cancel waits until the engine has answered."""
        return await settled(self.call(what, function, deadline=deadline))

    def begin_read(self, what: str, function: Callable[[Reader], T]) -> Future[T]:
        """Like `read`, begun before there is a loop; `ended` waits for it."""
        return self._pool.begin(lambda: self._told(what, lambda: function(self.reader(DEADLINE)), DEADLINE))

    async def ended(self, what: str, begun: Future[T]) -> T:
        """The result of what `begin_read` has begun."""
        return await self._in_time(what, asyncio.wrap_future(begun), DEADLINE)

    def _told(self, what: str, function: Callable[[], T], deadline: float) -> T:
        """Its result, or an error in VolTUI's words. Runs in a thread."""
        self._local.deadline = deadline
        with self.translated(what):
            return function()

    async def _in_thread(self, what: str, function: Callable[[], T], deadline: float) -> T:
        return await self._in_time(what, self._pool.run(lambda: self._told(what, function, deadline)), deadline)

    async def _in_time(self, what: str, answer: Awaitable[T], deadline: float) -> T:
        try:
            return await asyncio.wait_for(answer, deadline + 1)
        except TimeoutError:
            raise self._silent(what, deadline) from None

    def reader(self, timeout: float = DEADLINE) -> Reader:
        """What asks the engine for the calling thread. ``timeout`` bounds each wait on a socket, in seconds."""
        if SocketReader.serves(self.endpoint.host):
            return self._make_reader(self._known_version(timeout), timeout)
        client: Reader = self.client(timeout)
        return client

    def client(self, timeout: float = DEADLINE) -> APIClient:
        """The calling thread's client. ``timeout`` bounds each wait on its socket, in seconds."""
        client = getattr(self._local, "client", None)
        if client is None:
            client = self._local.client = self.new_client(timeout)
        client.timeout = timeout
        return client

    def new_client(self, timeout: float) -> APIClient:
        """A client of its own for a stream that lasts. Give it back with `release`."""
        client = self._make(self._known_version(timeout), timeout)
        self._clients.append(client)
        return client

    def new_reader(self, timeout: float) -> Reader:
        """What asks the engine, for a stream that lasts. Give it back with `release`."""
        reader = self._make_reader(self._known_version(timeout), timeout)
        self._clients.append(reader)
        return reader

    def release(self, client: APIClient | Reader) -> None:
        """Close what `new_client` or `new_reader` has made."""
        if client in self._clients:
            self._clients.remove(client)
            client.close()

    def _known_version(self, timeout: float) -> str:
        with self._asking_version:  # a listing begins with three threads: one asks
            if not self._version:
                self._version = self._ask_version(timeout)
            return self._version

    def _ask_version(self, timeout: float) -> str:
        """The engine's API version. The SDK would ask in its constructor and leave the socket open on failure."""
        client = self._make_reader(_ANY_VERSION, timeout)
        try:
            return str(client.version(api_version=False)["ApiVersion"])
        finally:
            client.close()

    def _make_reader(self, version: str, timeout: float) -> Reader:
        host = self.endpoint.host
        reader: Reader = (
            SocketReader(host, version, timeout) if SocketReader.serves(host) else self._make(version, timeout)
        )
        return reader

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
        return float(getattr(self._local, "deadline", DEADLINE))

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
        try:
            yield
        except VoltuiError:
            raise
        except Exception as error:
            translation = self._translate(what, error)
            if translation is None:
                raise
            raise translation from error

    def _translate(self, what: str, error: Exception) -> VoltuiError | None:
        """The error in VolTUI's words, or ``None`` for a fault of ours."""
        if isinstance(error, EngineError):
            return refusal(what, error.status, error.explanation)
        from docker.errors import APIError, DockerException
        from requests.exceptions import RequestException, Timeout
        from urllib3.exceptions import HTTPError

        if isinstance(error, APIError) and error.response is not None:
            return refusal(what, error.response.status_code, str(error.explanation or error))
        if not isinstance(error, DockerException | RequestException | HTTPError | HTTPException | OSError | EOFError):
            return None
        if any(isinstance(cause, Timeout | TimeoutError) for cause in causes_of(error)):
            return self._silent(what, self._deadline())
        return NoEngine(
            f"The engine at {self.endpoint.shown} can't be reached: {self._ssh_words() or reason(error)}.",
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
        number = errno_of(error)
        if number == errno.EACCES:
            return "Run as root, or as a member of the group that owns the socket (often `docker`)."
        if self.endpoint.host.startswith("ssh://"):
            return "Check that `ssh` to that host works without a prompt and that docker is installed there."
        if number in (errno.ENOENT, errno.ECONNREFUSED):
            return "Start Docker, name another engine with --host or --context, or try `voltui sandbox`."
        return "Check the address and the network, or name another engine with --host or --context."
