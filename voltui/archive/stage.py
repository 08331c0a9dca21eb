"""One step of a pipeline, in a thread of its own, behind a bounded queue.

Hashing, compression and input/output release Python's global lock, so that steps really overlap.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Stage(Generic[T]):
    """Calls ``work`` for each item put, in order. An error in ``work`` is raised by the next `put` or `finish`.

    As a context manager it never leaves a thread behind: on the way out with an error what is queued is dropped.
    """

    def __init__(self, name: str, work: Callable[[T], object], depth: int) -> None:
        self._work = work
        self._queue: queue.Queue[T | None] = queue.Queue(depth)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Stage[T]:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is not None and self._error is None:
            self._error = error
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def put(self, item: T) -> None:
        """Hand over an item; waits while the queue is full."""
        self.check()
        self._queue.put(item)

    def finish(self) -> None:
        """Wait until all items are worked off. Raises what ``work`` raised."""
        self._queue.put(None)
        self._thread.join()
        self.check()

    def check(self) -> None:
        """Raise what ``work`` raised, if it did."""
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._work(item)
                except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for it
                    self._error = error


class Prefetch(Generic[T]):
    """Runs an iterator in a thread of its own, ``depth`` items ahead. Its error is raised where its item would come."""

    def __init__(self, name: str, items: Iterator[T], depth: int) -> None:
        self._items = items
        self._queue: queue.Queue[T | _End] = queue.Queue(depth)
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Iterator[T]:
        self._thread.start()
        return self._take()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._stopped = True
        while self._thread.is_alive():
            with contextlib.suppress(queue.Empty):
                self._queue.get(timeout=0.05)
        self._thread.join()

    def _take(self) -> Iterator[T]:
        while True:
            item = self._queue.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item

    def _run(self) -> None:
        end = _End(None)
        try:
            for item in self._items:
                self._queue.put(item)
                if self._stopped:
                    return
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for it
            end = _End(error)
        self._queue.put(end)


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error
