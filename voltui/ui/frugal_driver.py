"""Textual's driver for terminals, writing only what differs from what is shown."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Any

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message import Message
from textual.messages import InBandWindowResize

from voltui.ui.canvas import Canvas


class FrugalDriver(LinuxDriver):
    """A slow line carries as little as can be. A terminal of another size, or one come back to, is painted whole."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._canvas = Canvas()
        self._unknown = True
        """Whether the terminal has changed since: told by signals and by the thread that reads from it."""

    def write(self, data: str) -> None:
        """Write to the terminal what ``data`` changes there."""
        if self._unknown:
            self._unknown = False
            self._canvas.forget()
        if left := self._canvas.written(data, *self._get_terminal_size()):
            super().write(left)

    def start_application_mode(self) -> None:
        """Begin, or go on after somebody else had the terminal."""
        self._unknown = True
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual has left its types out
        resized = signal.getsignal(signal.SIGWINCH)

        def forget_and_resize(number: int, frame: FrameType | None) -> None:
            self._unknown = True
            if callable(resized):
                resized(number, frame)

        signal.signal(signal.SIGWINCH, forget_and_resize)

    def process_message(self, message: Message) -> None:
        """What the terminal says; some tell their size this way."""
        if isinstance(message, InBandWindowResize | Resize):
            self._unknown = True
        super().process_message(message)
