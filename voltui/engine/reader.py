"""Questions to an engine behind a unix socket, asked without the SDK.

To load the SDK takes 0.13 to 0.2 s (measured), a third of what the first screen takes. What that needs, and the stream
of events, are seven questions whose answers are JSON: here they are asked by the standard library's HTTP. The methods
are called as those of the SDK's `APIClient`, which serves wherever the engine is not behind a unix socket.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Protocol
from urllib.parse import quote, urlencode

_SOCKET = "unix://"
Filters = Mapping[str, str | list[str]]


class EventStream(Protocol):
    """Events as they come."""

    def __iter__(self) -> Iterator[dict[str, Any]]: ...

    def close(self) -> None:
        """End it, from another thread too."""


class Reader(Protocol):
    """What asks and changes nothing: the SDK's client and `SocketReader` have these methods alike."""

    def version(self, api_version: bool = ...) -> Any:
        """What the engine is; without ``api_version`` the question is of no version itself."""

    def info(self) -> Any:
        """How the engine is set up."""

    def volumes(self, filters: Filters | None = ...) -> Any:
        """The volumes."""

    def inspect_volume(self, name: str) -> Any:
        """One volume."""

    def containers(self, *, all: bool = ..., filters: Filters | None = ...) -> Any:  # noqa: A002 - the SDK's word
        """The containers that run, or ``all``."""

    def inspect_container(self, container: str) -> Any:
        """One container, in detail."""

    def events(self, *, decode: bool, filters: Filters) -> EventStream:
        """What happens from now on, until the stream is closed; parsed if ``decode``."""

    def close(self) -> None:
        """Let its connections go."""


class EngineError(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, explanation: str) -> None:
        super().__init__(f"{status}: {explanation}")
        self.status = status
        self.explanation = explanation


class SocketReader:
    """A `Reader` with a connection for each question: to a unix socket it takes 0.1 ms, and none is ever stale.

    ``version`` of the API is like ``1.41``; ``timeout`` bounds each wait on a socket, in seconds. Methods raise
    `EngineError`, `OSError`, or `HTTPException`, also where an answer is no JSON.
    """

    def __init__(self, host: str, version: str, timeout: float) -> None:
        self._path = host.removeprefix(_SOCKET)
        self._version = version
        self._timeout = timeout

    @staticmethod
    def serves(host: str) -> bool:
        """Whether the address is of a unix socket."""
        return host.startswith(_SOCKET)

    def version(self, api_version: bool = True) -> Any:
        """``GET /version``; without ``api_version`` the question is of no version itself."""
        return self._read("/version", versioned=api_version)

    def info(self) -> Any:
        """``GET /info``."""
        return self._read("/info")

    def volumes(self, filters: Filters | None = None) -> Any:
        """``GET /volumes``."""
        return self._read("/volumes", {"filters": _filters(filters)} if filters else {})

    def inspect_volume(self, name: str) -> Any:
        """``GET /volumes/{name}``."""
        return self._read(f"/volumes/{quote(name, safe='')}")

    def containers(self, *, all: bool = False, filters: Filters | None = None) -> Any:  # noqa: A002 - the SDK's word
        """``GET /containers/json``."""
        return self._read("/containers/json", {"all": int(all), **({"filters": _filters(filters)} if filters else {})})

    def inspect_container(self, container: str) -> Any:
        """``GET /containers/{id}/json``."""
        return self._read(f"/containers/{quote(container, safe='')}/json")

    def events(self, *, decode: bool, filters: Filters) -> EventStream:
        """``GET /events``, which lasts until it is closed: it waits for each event as long as it takes."""
        del decode  # always: it is the SDK that would not
        connection, response = self._ask("/events", {"filters": _filters(filters)})
        return _Events(connection, response)

    def close(self) -> None:
        """Nothing stays open between questions."""

    def _read(self, path: str, query: Mapping[str, Any] | None = None, *, versioned: bool = True) -> Any:
        connection, response = self._ask(path, query or {}, versioned=versioned)
        with connection, response:
            return _document(response.read())

    def _ask(self, path: str, query: Mapping[str, Any], *, versioned: bool = True) -> tuple[_Connection, HTTPResponse]:
        """The connection, and the answer's beginning. Raises `EngineError` for one that is no success."""
        url = f"/v{self._version}{path}" if versioned else path
        connection = _Connection(self._path, self._timeout)
        try:
            connection.request("GET", f"{url}?{urlencode(query)}" if query else url)
            response = connection.getresponse()
            if response.status >= 300:
                raise EngineError(response.status, _explanation(response.read()) or response.reason)
        except BaseException:
            connection.close()
            raise
        return connection, response


class _Connection(HTTPConnection):
    """One to a unix socket, for one question."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Events:
    """One JSON document a line. Whoever reads them lets the connection go, at their end."""

    def __init__(self, connection: _Connection, response: HTTPResponse) -> None:
        self._connection = connection
        self._response = response
        self._socket = connection.sock
        self._socket.settimeout(None)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with self._connection, self._response:
            for line in self._response:
                yield _document(line)

    def close(self) -> None:
        """A read that waits in another thread ends at once, as at the end of the stream."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


def _filters(filters: Filters) -> str:
    """As the API wants them: lists of words."""
    return json.dumps({name: [value] if isinstance(value, str) else value for name, value in filters.items()})


def _document(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise HTTPException("its answer is no JSON") from None


def _explanation(body: bytes) -> str:
    """The engine's own words, which stand in a JSON document."""
    text = body.decode("utf-8", "replace").strip()
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return text
