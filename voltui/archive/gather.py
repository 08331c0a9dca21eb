"""Files of this machine as tar: what somebody wants to put into a volume.

Modes, times and links are as they are here; the owner is given, since the one here means nothing there.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from voltui.archive.entry import ROOT, Entry
from voltui.archive.tar import END_OF_ARCHIVE, encode_member, padded
from voltui.archive.unpack import ByteSink
from voltui.model.errors import Failed, Refused
from voltui.model.kinds import DIR, FILE, SYMLINK
from voltui.model.safe import safe
from voltui.model.selection import above
from voltui.model.text import plural

_PIECE = 1 << 20
_RIGHTS = 0o777
_WHOLE_MACHINE = Path("/")


class Owner(NamedTuple):
    """Whom the entries are for."""

    uid: int
    gid: int


class Found(Struct, frozen=True):
    """What there is to be gathered."""

    size: int
    entries: int
    left_out: int
    """Sockets, devices and FIFOs: these are of the machine that they are on."""

    @property
    def losses(self) -> list[str]:
        """What is left out, in sentences."""
        return [f"{plural(self.left_out, 'socket, device or FIFO')} left out."] if self.left_out else []


def find(sources: Sequence[Path]) -> Found:
    """Look through files and directories. Raises `Failed` where they can't be read, `Refused` for one that is neither:
    below a directory such are left out, but whoever names one means it."""
    size, entries, left_out = 0, 0, 0
    for source in sources:
        if source.resolve() == _WHOLE_MACHINE:
            raise Refused(f"{safe(str(source))} is the whole of this machine.", "Name what is in it.")
        if not _kind(_state(source.resolve()).st_mode):
            raise Refused(
                f"{safe(str(source))} is a socket, device or FIFO, which belongs to this machine alone.",
                "Put files, directories and links there.",
            )
        for path, _ in _walk(source, b""):
            state = _state(path)
            if _kind(state.st_mode):
                entries += 1
                size += state.st_size if stat.S_ISREG(state.st_mode) else 0
            else:
                left_out += 1
    return Found(size, entries, left_out)


def gather(
    sources: Sequence[tuple[Path, bytes]],
    owner: Owner,
    sink: ByteSink,
    *,
    progress: Callable[[int, int], object] = lambda size, entries: None,
    seen: Callable[[Entry], object] = lambda entry: None,
) -> None:
    """Write files and directories, each for a path in the archive, as tar. ``progress`` gets bytes and entries so far.

    Raises `Failed` where one can't be read, or changes its size meanwhile.
    """
    count = _Count(progress)

    def add(entry: Entry) -> None:
        sink.write(encode_member(entry, entry.size))
        seen(entry)

    add(Entry(ROOT, DIR, 0, 0o700, 0, 0, 0))
    for folder in dict.fromkeys(folder for _, place in sources for folder in above(place)):
        add(Entry(folder, DIR, 0, 0o700, 0, 0, 0))
    for source, place in sources:
        for path, inside in _walk(source, place):
            state = _state(path)
            kind = _kind(state.st_mode)
            if not kind:
                continue
            mode = 0o777 if kind == SYMLINK else stat.S_IMODE(state.st_mode) & _RIGHTS
            link = os.fsencode(path.readlink()) if kind == SYMLINK else b""
            size = state.st_size if kind == FILE else 0
            add(Entry(inside, kind, size, mode, *owner, state.st_mtime_ns, link))
            if kind == FILE:
                _write_content(path, size, sink, count)
            count.entry()
    sink.write(END_OF_ARCHIVE)


class _Count:
    """How far it is."""

    def __init__(self, progress: Callable[[int, int], object]) -> None:
        self._progress = progress
        self._size, self._entries = 0, 0

    def bytes(self, size: int) -> None:
        self._size += size
        self._progress(self._size, self._entries)

    def entry(self) -> None:
        self._entries += 1
        self._progress(self._size, self._entries)


def _walk(source: Path, place: bytes) -> Iterator[tuple[Path, bytes]]:
    """Whatever is at a path and below it, with its place in the archive, folders first. A link is followed only at the
    beginning: whoever names one means what it leads to."""
    source = source.resolve()
    yield source, place
    pending = [(source, place)] if source.is_dir() else []
    while pending:
        folder, inside = pending.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            raise _unreadable(folder, error) from error
        for entry in entries:
            below = (Path(entry.path), inside + b"/" + os.fsencode(entry.name))
            yield below
            if entry.is_dir(follow_symlinks=False):
                pending.append(below)


def _state(path: Path) -> os.stat_result:
    try:
        return path.lstat()
    except OSError as error:
        raise _unreadable(path, error) from error


def _kind(mode: int) -> str:
    """The type of an entry; empty for what is left out."""
    if stat.S_ISREG(mode):
        return FILE
    return DIR if stat.S_ISDIR(mode) else SYMLINK if stat.S_ISLNK(mode) else ""


def _write_content(path: Path, size: int, sink: ByteSink, count: _Count) -> None:
    left = size
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            while left and (piece := file.read(min(left, _PIECE))):
                sink.write(piece)
                left -= len(piece)
                count.bytes(len(piece))
            grown = file.read(1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if grown and not size:
        raise Failed(
            f"{safe(str(path))} has a content but no size: it is made as it is read, as files of the system are.",
            "Copy it to a file first, and put that there.",
        )
    if left or grown:
        raise Failed(f"{safe(str(path))} changed while it was read.", "Try again when nobody writes to it.")
    sink.write(bytes(padded(size) - size))


def _unreadable(path: Path, error: OSError) -> Failed:
    return Failed(f"{safe(str(path))} can't be read: {(error.strerror or str(error)).lower()}.")
