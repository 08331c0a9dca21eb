"""Threads for blocking calls, apart from asyncio's own.

A long stream in asyncio's default pool starves everything else in it, and its threads hold up the exit of the
process (both measured). These are daemon threads: a call that hangs on a dead engine never keeps the program open.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class DaemonPool:
    """Up to ``size`` daemon threads, made when needed, that run functions for coroutines."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._size = size
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads = 0
        self._idle = 0
        self._lock = threading.Lock()
        self._waiting: set[asyncio.Future[Any]] = set()
        self._closed = False

    def begin(self, function: Callable[[], T]) -> Future[T]:
        """Run ``function`` in a thread before there is a loop; `asyncio.wrap_future` waits for its result."""
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(function())
            except BaseException as error:  # noqa: BLE001 - raised again where the result is waited for
                future.set_exception(error)

        self._submit(work)
        return future

    async def run(self, function: Callable[[], T]) -> T:
        """Run ``function`` in a thread and wait for its result. Cancelling stops the waiting, not the function.

        Once the pool is closed every waiting is cancelled: there is no thread to wait for.
        """
        if self._closed:
            raise asyncio.CancelledError
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.add(future)
        future.add_done_callback(self._waiting.discard)

        def settle(set_result: Callable[[], None]) -> None:
            if not future.done():
                set_result()

        def work() -> None:
            try:
                result = function()
            except BaseException as error:  # noqa: BLE001 - raised again in the coroutine that waits
                failure = error
                outcome: Callable[[], None] = lambda: future.set_exception(failure)  # noqa: E731
            else:
                outcome = lambda: future.set_result(result)  # noqa: E731
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, outcome)

        self._submit(work)
        return await future

    def close(self) -> None:
        """Let the threads end when they are done, and whoever waits go."""
        self._closed = True
        for future in [*self._waiting]:
            if not future.get_loop().is_closed():
                future.cancel()
        for _ in range(self._size):
            self._queue.put(None)

    def _submit(self, work: Callable[[], None]) -> None:
        with self._lock:
            if self._queue.qsize() >= self._idle and self._threads < self._size:
                self._threads += 1
                threading.Thread(target=self._serve, name=f"{self._name}-{self._threads}", daemon=True).start()
        self._queue.put(work)

    def _serve(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            work = self._queue.get()
            with self._lock:
                self._idle -= 1
            if work is None:
                return
            work()


async def settled(work: Coroutine[Any, Any, T]) -> T:
    """The result of something that changes the world, which is never abandoned in the middle.

    Where the caller is cancelled meanwhile, its end is waited for and the cancel raised then: whoever undoes the
    change must find it made or not made, not about to be made.
    """
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = not task.cancelled()
        except Exception:  # noqa: BLE001 - raised below
            break
    if cancelled:
        task.exception()  # taken notice of
        raise asyncio.CancelledError
    return task.result()
