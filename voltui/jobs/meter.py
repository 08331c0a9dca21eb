"""Counts how far a job is. The work counts, watchers look: nothing is sent per piece."""

from __future__ import annotations

import time
from collections import deque

from voltui.jobs.state import Progress

_WINDOW = 6.0
"""Seconds over which the rate is taken: long enough that the time left does not jump."""
_SETTLED = 1.0
"""Seconds until a rate says anything."""


class Meter:
    """The current step of a job. Its counters may be set from any thread; everything else belongs to the loop."""

    def __init__(self) -> None:
        self._step = "Starting"
        self._note = ""
        self._number = 0
        self._total: int | None = None
        self._done = 0
        self._entries = 0
        self._item = self._items = 0
        self._samples: deque[tuple[float, int]] = deque()

    def begin(self, step: str, total: int | None = None) -> None:
        """A new step: what it does, and its bytes where they are known."""
        self._step, self._total = step, total
        self._done = self._entries = 0
        self._number += 1
        self._samples.clear()

    def count(self, done: int, entries: int) -> None:
        """The bytes and entries of the current step so far. Cheap, from any thread."""
        self._done = done
        self._entries = entries

    def expect(self, total: int) -> None:
        """A better guess of the step's bytes."""
        self._total = total

    def note(self, text: str) -> None:
        """Something to say beside every step, such as who is paused."""
        self._note = text

    def at(self, item: int, items: int) -> None:
        """Which of several things the next steps are of, counted from 1."""
        self._item, self._items = item, items

    def look(self) -> Progress:
        """The state now."""
        now, done = time.monotonic(), self._done
        self._samples.append((now, done))
        while now - self._samples[0][0] > _WINDOW:
            self._samples.popleft()
        then, before = self._samples[0]
        rate = (done - before) / (now - then) if now - then > _SETTLED / 4 else 0.0
        total = max(self._total, done) if self._total else None
        settled = now - then > _SETTLED and rate > 0
        left = (total - done) / rate if total and total > done and settled else None
        return Progress(
            self._step, done, total, self._entries, rate, left, self._note, self._number, self._item, self._items
        )
