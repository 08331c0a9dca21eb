"""Leaving the terminal to another program, and having it back however that ends."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from textual.app import App

Result = TypeVar("Result")


def suspended(app: App[Any], work: Callable[[], Result]) -> Result:
    """Do the work while the terminal is its own; what it returns or raises, when the terminal is the app's again.

    Raises `textual.app.SuspendNotSupported` where there is no terminal.
    """
    done: Future[Result] = Future()
    # Ctrl-C is for the other program. A handler, since the other program would inherit that it is ignored.
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        with app.suspend():
            try:
                done.set_result(work())
            except BaseException as error:  # noqa: BLE001 - told below: `App.suspend` does not come back from one
                done.set_exception(error)
    finally:
        signal.signal(signal.SIGINT, before)
    return done.result()
