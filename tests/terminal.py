"""A real terminal for the real program: a pty, and what its screen shows."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pyte

DEADLINE = 60.0
_QUIET = 0.06
"""Seconds without a byte after which a screen is complete."""


class Terminal:
    """A program on a pty, and the screen that a terminal would show of it."""

    def __init__(self, command: list[str], environment: dict[str, str], columns: int = 80, rows: int = 24) -> None:
        self.child = pexpect.spawn(
            command[0], command[1:], env=environment, dimensions=(rows, columns), timeout=DEADLINE, encoding=None
        )
        self.child.delaybeforesend = None  # pexpect would wait 50 ms before each key
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.written = bytearray()
        """Every byte the program has written."""

    @property
    def text(self) -> str:
        """What the screen shows now."""
        self.read()
        return "\n".join(self._screen.display)

    @property
    def cells(self) -> list[list[Any]]:
        """The screen's cells, each with ``data``, ``fg`` and ``bg``."""
        self.read()
        return [
            [self._screen.buffer[row][column] for column in range(self._screen.columns)]
            for row in range(self._screen.lines)
        ]

    def read(self, seconds: float = 0.02) -> int:
        """Take in what the program has written; how many bytes came."""
        count = 0
        try:
            while True:
                data = self.child.read_nonblocking(1 << 16, seconds)
                self.written += data
                self._stream.feed(data)
                count += len(data)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return count

    def settle(self) -> None:
        """Take in all that comes until nothing has for a moment."""
        while self.read(_QUIET):
            pass

    def wait_for(self, pattern: str) -> str:
        """Wait until the screen shows a match; the screen's text then."""
        deadline = time.monotonic() + DEADLINE
        while not re.search(pattern, text := self.text):
            if time.monotonic() > deadline:
                raise AssertionError(f"{pattern!r} did not appear in:\n{text}")
            if not self.child.isalive() and not self.read():
                raise AssertionError(f"The program ended without showing {pattern!r}:\n{text}")
        return text

    def wait_without(self, pattern: str) -> str:
        """Wait until the screen shows no match."""
        deadline = time.monotonic() + DEADLINE
        while re.search(pattern, text := self.text):
            assert time.monotonic() < deadline, f"{pattern!r} did not go from:\n{text}"
        return text

    def press(self, *keys: str) -> None:
        """Press keys, as a terminal sends them."""
        for key in keys:
            self.child.send(KEYS.get(key, key))
            self.read()

    def walk_to(self, name: str) -> None:
        """Walk down the list until the cursor is on a row."""
        self.wait_for(r"> \S")
        self.press("g")
        for _ in range(60):
            self.settle()
            if re.search(rf"> {re.escape(name)}\b", self.text):
                self.wait_for(rf"[─-] {re.escape(name)} ")
                return
            self.press("j")
        raise AssertionError(f"There is no row {name} in:\n{self.text}")

    def wait_for_end(self) -> int:
        """Wait until the program has ended; its exit status."""
        deadline = time.monotonic() + DEADLINE
        while self.child.isalive():
            self.read()
            assert time.monotonic() < deadline, f"The program goes on:\n{self.text}"
        self.read()
        return int(self.child.exitstatus if self.child.exitstatus is not None else 128 + self.child.signalstatus)

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal another size."""
        self._screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def close(self) -> None:
        """End the program, whatever it does."""
        self.child.close(force=True)


KEYS = {
    "Enter": "\r", "Esc": "\x1b", "Tab": "\t", "Down": "\x1b[B", "Up": "\x1b[A", "Left": "\x1b[D", "Right": "\x1b[C",
    "PgDn": "\x1b[6~", "PgUp": "\x1b[5~", "Ctrl-C": "\x03", "Ctrl-D": "\x04", "Ctrl-U": "\x15",
}  # fmt: skip


def wrapped(words: str) -> str:
    """A pattern for words of a message, wherever its lines are broken."""
    return r"[\s▌]+".join(map(re.escape, words.split()))


def voltui_environment(tmp_path: Path, host: str, **more: str) -> dict[str, str]:
    """What ``voltui`` is started with: this process's environment, but a store and a state of the test's own."""
    return {
        **os.environ,
        "DOCKER_HOST": host,
        "VOLTUI_STORE": str(tmp_path / "store"),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        **more,
    }


@contextmanager
def voltui_terminal(
    tmp_path: Path, host: str, *arguments: str, columns: int = 80, rows: int = 24, **environment: str
) -> Iterator[Terminal]:
    """``voltui`` in a terminal, with a store and a state of the test's own."""
    terminal = Terminal(
        [sys.executable, "-P", "-m", "voltui", *arguments],
        voltui_environment(tmp_path, host, **environment),
        columns,
        rows,
    )
    try:
        yield terminal
    finally:
        terminal.close()
