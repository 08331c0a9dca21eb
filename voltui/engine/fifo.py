"""FIFOs in a job's private directory: how bytes move between a helper and VolTUI, without passing the engine."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import select
import threading
import time
from collections.abc import Callable
from pathlib import Path

from voltui.model.errors import Cancelled, Failed

_CAPACITY = 1 << 20
"""The most an unprivileged process may ask for (``/proc/sys/fs/pipe-max-size``): fewer wake-ups on both sides."""
_SLICE = 0.2
"""Seconds between looks at whether the job was cancelled."""
_LOOK_AFTER = 2.0
"""Seconds of silence before the other side is looked after."""
_MOST_OUTPUT = 4 << 20


def make_fifo(path: Path) -> Path:
    """A FIFO that the helper, root without the right to override modes, may open. Its directory is private."""
    os.mkfifo(path)
    path.chmod(0o666)
    return path


class Watch:
    """Decides how long silence is borne: until cancelled, until the other side is dead, or for ``limit`` seconds."""

    def __init__(self, cancelled: threading.Event, alive: Callable[[], bool], limit: float) -> None:
        self._cancelled = cancelled
        self._alive = alive
        self._limit = limit
        self._last = self._looked = time.monotonic()

    def moved(self) -> None:
        """Bytes have moved."""
        self._last = self._looked = time.monotonic()

    def silent(self) -> None:
        """Nothing has moved. Raises `Cancelled`, or `Failed` where nothing will move any more."""
        if self._cancelled.is_set():
            raise Cancelled("It was cancelled.")
        now = time.monotonic()
        if now - self._last > self._limit:
            raise Failed(
                f"Nothing has moved for {self._limit:.0f} s.",
                "The storage behind it may hang. A larger idle_timeout in the configuration waits longer.",
            )
        if now - self._looked > _LOOK_AFTER:
            self._looked = now
            if not self._alive():
                raise Failed("The helper container ended before its work was done.", "Was it removed by someone?")


class FifoSource:
    """Reads what a helper's process writes. A `ByteSource`, used by one thread."""

    def __init__(self, path: Path, watch: Watch) -> None:
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._fd, fcntl.F_SETPIPE_SZ, _CAPACITY)
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)
        self._watch = watch
        self._started = False

    def readinto(self, buffer: memoryview) -> int:
        """Wait for bytes; 0 once every writer has closed the FIFO."""
        while True:
            if not self._started:
                self._wait()
            try:
                count = os.readv(self._fd, [buffer])
            except BlockingIOError:
                self._wait()
                continue
            self._watch.moved()
            return count

    def _wait(self) -> None:
        """Wait for bytes or for the end. Before a writer has opened the FIFO, a read would look like the end."""
        while not self._poll.poll(_SLICE * 1000):
            self._watch.silent()
        self._started = True

    def close(self) -> None:
        """Close it: a writer gets EPIPE."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class FifoSink:
    """Writes what a helper's process reads. A `ByteSink`, used by one thread."""

    def __init__(self, path: Path, watch: Watch) -> None:
        self._path = path
        self._watch = watch
        self._fd = -1
        self._poll = select.poll()

    def write(self, data: bytes) -> None:
        """Write all of it. Raises `ReaderGone` where the reader ended before the last byte that is not zero."""
        if self._fd < 0:
            self._open()
        view = memoryview(data)
        while view:
            while not self._poll.poll(_SLICE * 1000):
                self._watch.silent()
            try:
                view = view[os.write(self._fd, view) :]
            except BrokenPipeError:
                if any(view):
                    raise ReaderGone("The process that reads the archive has ended.") from None
                return
            except BlockingIOError:
                continue
            self._watch.moved()

    def close(self) -> None:
        """Close it: the reader sees the end."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _open(self) -> None:
        """Open it once the reader has: opening for writing without one would block, or be refused."""
        while True:
            try:
                self._fd = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
                break
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
            self._watch.silent()
            time.sleep(0.005)
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._fd, fcntl.F_SETPIPE_SZ, _CAPACITY)
        self._poll.register(self._fd, select.POLLOUT)
        self._watch.moved()


class ReaderGone(Failed):
    """The reading process closed its end: its exit status and its words tell why.

    tar closes it at the end-of-archive mark too; the zeros after that nobody misses.
    """


class Collector:
    """Collects what a process writes into a FIFO, at most 4 MiB, for a coroutine."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self._loop = asyncio.get_running_loop()
        self._data = bytearray()
        self._ended = asyncio.Event()
        self._loop.add_reader(self._fd, self._read)

    def _read(self) -> None:
        try:
            piece = os.read(self._fd, 1 << 16)
        except BlockingIOError:
            return
        if not piece:
            self._loop.remove_reader(self._fd)
            self._ended.set()
        elif len(self._data) < _MOST_OUTPUT:
            self._data += piece

    async def ended(self, seconds: float) -> bool:
        """Whether every writer closed within the time."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)
        return self._ended.is_set()

    @property
    def data(self) -> bytes:
        """What came so far."""
        return bytes(self._data)

    def close(self) -> None:
        """Let go of the FIFO."""
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1
