"""The ``archive`` transport: the engine's own ``GET`` and ``PUT /containers/{id}/archive`` on a created helper.

It works with remote engines, VMs and hosts without tar. ``GET path=/v`` and ``PUT path=/`` carry the root directory's
own attributes and survive links that point outside (measured; the other forms do not). The SDK's streams turn a broken
connection into a normal end, so the response is read directly here; what is cut anyway, the strict reader finds.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any

from voltui.engine.connection import Connection
from voltui.engine.helper import TARGET
from voltui.model.backup import Loss
from voltui.model.errors import Cancelled, Failed, VoltuiError

ROOT = b"v/"
"""Every path in the engine's archive begins with the last part of the helper's mount point."""
LOSSES = (
    Loss("xattrs", "Extended attributes (user.*, trusted.*) are not kept."),
    Loss("acls", "POSIX ACLs are not kept."),
    Loss("mtime-fraction", "Times are kept to the second, those before 1970 not at all."),
    Loss("sparse", "Holes in files are stored, and come back, as zeros."),
    Loss("sockets", "Socket files are not kept."),
    Loss("long-paths", "Paths over 4,096 bytes are left out."),
)
"""What the engine's archive drops or changes without a word (measured on Docker 20.10 to 28.5)."""
LOST = "extended attributes, ACLs, fractions of seconds, holes in files, sockets, paths over 4,096 bytes"
"""The same in short."""
_PIECES = 4


class ArchiveSource:
    """Reads a helper's mount, or another directory of it, as tar. A `ByteSource`, used by one thread."""

    def __init__(
        self,
        connection: Connection,
        helper_id: str,
        cancelled: threading.Event,
        idle_limit: float,
        path: str = TARGET,
    ) -> None:
        self._connection = connection
        self._helper_id = helper_id
        self._cancelled = cancelled
        self._idle_limit = idle_limit
        self._path = path
        self._client: Any = None
        self._response: Any = None

    def readinto(self, buffer: memoryview) -> int:
        """The next bytes; 0 at the end of a complete response."""
        if self._cancelled.is_set():
            raise Cancelled("It was cancelled.")
        with self._connection.translated("send the files of a volume"):
            if self._response is None:
                self._response = self._open()
            data = self._response.raw.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Hang up; the engine notices and lets go of the helper."""
        if self._response is not None:
            self._response.close()
        if self._client is not None:
            self._connection.release(self._client)
            self._client = None

    def _open(self) -> Any:
        client = self._client = self._connection.new_client(self._idle_limit)
        response = client.get(
            f"{client.base_url}/v{client.api_version}/containers/{self._helper_id}/archive",
            params={"path": self._path},
            headers={"Accept-Encoding": "identity"},
            stream=True,
            timeout=self._idle_limit,
        )
        client._raise_for_status(response)
        return response


class Upload:
    """Sends pieces to the engine in one request. A `ByteSink` for one thread; the request runs in another."""

    def __init__(self, connection: Connection, cancelled: threading.Event, idle_limit: float) -> None:
        self._connection = connection
        self._cancelled = cancelled
        self._idle_limit = idle_limit
        self._queue: queue.Queue[bytes] = queue.Queue(_PIECES)
        self._error: VoltuiError | None = None
        self._aborted = False
        self._thread = threading.Thread(target=self._upload, name="upload", daemon=True)
        self._thread.start()

    def _send(self, client: Any, pieces: Iterator[bytes]) -> None:
        """Make the request. Raises what `Connection.translated` understands."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """Hand over a piece. Raises what the upload raised."""
        while True:
            if self._error is not None:
                raise self._error
            if self._cancelled.is_set():
                raise Cancelled("It was cancelled.")
            try:
                self._queue.put(data, timeout=0.2)
                return
            except queue.Full:
                continue

    def finish(self) -> None:
        """Say that all is written and wait for the engine's answer. Raises what the upload raised."""
        self.write(b"")
        self._thread.join()
        if self._error is not None:
            raise self._error

    def abort(self) -> None:
        """Break the upload off; a part of it may have come to be."""
        self._aborted = True

    def _pieces(self) -> Iterator[bytes]:
        while True:
            try:
                piece = self._queue.get(timeout=0.2)
            except queue.Empty:
                if self._aborted or self._cancelled.is_set():
                    raise Failed("The upload was broken off.") from None
                continue
            if not piece:
                return
            yield piece

    def _upload(self) -> None:
        try:
            with self._connection.translated("take the files of a volume"):
                client = self._connection.new_client(self._idle_limit)
                try:
                    self._send(client, self._pieces())
                finally:
                    self._connection.release(client)
        except VoltuiError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001 - unheard, it would let the writer wait forever
            self._error = Failed(f"The upload failed: {error!r}.")


class ArchiveSink(Upload):
    """Uploads tar into a helper's mount, or another place of it: its members' paths begin with a directory there."""

    def __init__(self, connection: Connection, helper_id: str, cancelled: threading.Event, idle_limit: float) -> None:
        self._helper_id = helper_id
        super().__init__(connection, cancelled, idle_limit)

    def _send(self, client: Any, pieces: Iterator[bytes]) -> None:
        response = client.put(
            f"{client.base_url}/v{client.api_version}/containers/{self._helper_id}/archive",
            params={"path": "/"},
            data=pieces,
            timeout=self._idle_limit,
        )
        client._raise_for_status(response)
