"""What the explorer remembers of each engine: the pane and the orders it was left in, and that it was there at all.

A small file an engine, below the state directory; a file that can't be read or written is as good as none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct, field

from voltui.store.files import private_directory, write_file


class Remembered(Struct, frozen=True):
    """How an engine was left."""

    host: str
    pane: str = ""
    sorts: Mapping[str, str] = field(default_factory=dict)
    """The label of each pane's order."""
    grouped: tuple[str, ...] = ()
    """The panes whose rows stand by projects."""
    reversed: tuple[str, ...] = ()
    """The panes whose order goes the other way than it begins with."""


class Memory:
    """The files of the engines that were looked at."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "engines"
        self.last = Remembered("")
        """What was recalled or kept last."""

    @property
    def empty(self) -> bool:
        """Whether nothing was ever looked at."""
        return not self._folder.is_dir()

    def recall(self, host: str) -> None:
        """Find out how the engine was left; nothing in particular where that is not known."""
        self.last = _read(self._path(host)) or Remembered(host)

    def keep(self, remembered: Remembered) -> None:
        """Remember it, where it is not what was recalled or kept last."""
        if remembered == self.last:
            return
        self.last = remembered
        with suppress(OSError):
            private_directory(self._folder)
            write_file(self._path(remembered.host), msgspec.json.encode(remembered), durable=False)

    def hosts(self) -> list[str]:
        """The addresses of all engines that were looked at, sorted."""
        read = (_read(path) for path in self._folder.glob("*.json"))
        return sorted(remembered.host for remembered in read if remembered is not None)

    def _path(self, host: str) -> Path:
        return self._folder / f"{hashlib.sha256(host.encode()).hexdigest()[:16]}.json"


def _read(path: Path) -> Remembered | None:
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(path.read_bytes(), type=Remembered)
    return None
