"""Runs ``voltui`` and writes down what keeps its event loop from the keyboard: ``python -m tests.bench.watched FILE``.

A line of JSON for each callback of the loop that took 10 ms or more: when, how long, how much of that it had a
processor, whose it was, where it was when it had taken 20 ms, and the garbage collection within it.
"""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

WORTH_TELLING = 0.01
_LOOK_AFTER = 0.02
_MOST_FRAMES = 6


class Watch:
    """Times each callback of the loop."""

    def __init__(self, report: Path) -> None:
        self._report = report.open("a", buffering=1)
        self._began = 0.0
        self._where: list[str] = []
        self._collecting = 0.0
        self._main = threading.get_ident()
        self._run: Any = getattr(asyncio.Handle, "_run")  # noqa: B009 - private, and all there is

    def begin(self) -> None:
        setattr(asyncio.Handle, "_run", lambda handle: self._time(handle))  # noqa: B010
        gc.callbacks.append(self._collected)
        signal.signal(signal.SIGALRM, self._look)

    def _time(self, handle: Any) -> None:
        self._where, self._collecting, processor = [], 0.0, time.thread_time()
        self._began = began = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, _LOOK_AFTER)
        self._run(handle)
        signal.setitimer(signal.ITIMER_REAL, 0)
        self._began, took = 0.0, time.monotonic() - began
        if took >= WORTH_TELLING:
            self._tell(handle, began, took, time.thread_time() - processor)

    def _tell(self, handle: Any, began: float, took: float, processor: float) -> None:
        line = {
            "began": began,
            "took": took,
            "processor": processor,
            "collecting": self._collecting,
            "who": _name(handle),
            "where": self._where,
        }
        self._report.write(json.dumps(line) + "\n")

    def _collected(self, phase: str, info: dict[str, int]) -> None:
        if threading.get_ident() == self._main and self._began:
            self._collecting += time.monotonic() * (1 if phase == "stop" else -1)

    def _look(self, _: int, frame: FrameType | None) -> None:
        """Where the loop is, when it has been at one thing for a while.

        A thread that looked at its frames instead would bring Python 3.11 down every few minutes (seen).
        """
        frames = traceback.extract_stack(frame)
        self._where = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames[-_MOST_FRAMES:]]


def _name(handle: Any) -> str:
    callback = handle._callback
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        return owner.get_name() or repr(owner.get_coro())
    return getattr(callback, "__qualname__", None) or repr(callback)


def main() -> None:
    """Watch ``voltui``."""
    Watch(Path(sys.argv.pop(1))).begin()
    from voltui.cli import main as voltui

    voltui()


if __name__ == "__main__":
    main()
