"""What changes at the engine, as it happens."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

from msgspec import Struct

from voltui.engine.connection import DEADLINE, Connection
from voltui.engine.reader import EventStream
from voltui.model.container import HELPER_LABEL
from voltui.model.errors import VoltuiError

_FILTERS = {
    "type": ["container", "volume"],
    "event": ["create", "start", "die", "destroy", "pause", "unpause", "rename", "update", "health_status"],
}
"""Health checks and the explorer's own execs would otherwise send several events a second, for nothing."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
"""Seconds between attempts to reach an engine that has gone away."""


class Change(Struct, frozen=True):
    """Something to look at again."""

    kind: Literal["connected", "lost", "volume", "container"]
    """``connected``: events flow, whatever was known before may be stale. ``lost``: they don't; ``error`` says why."""
    key: str = ""
    """The volume's name or the container's id."""
    error: VoltuiError | None = None


class Events:
    """A stream of changes that reconnects by itself.

    It subscribes first and says ``connected`` then: whoever lists everything at that word misses nothing.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Change] = asyncio.Queue()
        self._closed = threading.Event()
        self._stream: EventStream | None = None
        threading.Thread(target=self._run, name="events", daemon=True).start()

    async def __aiter__(self) -> AsyncIterator[Change]:
        while True:
            yield await self._queue.get()

    def pending(self) -> list[Change]:
        """What has come already, without waiting."""
        found = []
        while not self._queue.empty():
            found.append(self._queue.get_nowait())
        return found

    def close(self) -> None:
        """Stop; a read that blocks is aborted by closing its socket."""
        self._closed.set()
        self._hang_up()

    def _hang_up(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _run(self) -> None:
        wait = _FIRST_WAIT
        while not self._closed.is_set():
            try:
                with self._connection.translated("send events"):
                    for change in self._listen():
                        wait = _FIRST_WAIT
                        self._put(change)
                    error = None
            except VoltuiError as caught:
                error = caught
            if self._closed.is_set():
                return
            self._put(Change("lost", error=error))
            self._closed.wait(wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    def _listen(self) -> Iterator[Change]:
        reader = self._connection.new_reader(DEADLINE)
        try:
            stream = self._stream = reader.events(decode=True, filters=_FILTERS)
            if self._closed.is_set():
                self._hang_up()
            else:
                yield Change("connected")
            for event in stream:
                change = _change(event)
                if change is not None:
                    yield change
        finally:
            self._connection.release(reader)

    def _put(self, change: Change) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._queue.put_nowait, change)


def _change(event: dict[str, Any]) -> Change | None:
    actor = event.get("Actor") or {}
    if HELPER_LABEL in (actor.get("Attributes") or {}):
        return None
    key = actor.get("ID") or event.get("id") or ""
    if event.get("Type") == "volume":
        return Change("volume", key)
    return Change("container", key) if event.get("Type") == "container" else None
