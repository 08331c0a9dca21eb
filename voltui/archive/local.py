"""Members of an archive as files of this machine, made by and for whoever asks: owners and devices are left out.

The directory must be new and nobody else's, and a `Picker` must stand before: what its guard lets pass never leaves
the directory, since no member stands below a link, and nothing is opened that is there already.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from voltui.archive.entry import Entry
from voltui.archive.member import Member
from voltui.archive.tar import BLOCK
from voltui.model.errors import Damaged, Failed
from voltui.model.kinds import DIR, FIFO, FILE, LINK, SYMLINK
from voltui.model.safe import safe_path
from voltui.model.text import plural

_ATTRIBUTE, _USER = b"SCHILY.xattr.", b"SCHILY.xattr.user."
_RIGHTS = 0o777
"""setuid and its like would serve another owner than they were meant for."""
_MOST_DIGITS = 32


class LocalWriter:
    """A `Sink` that makes files, folders, links and FIFOs below a directory.

    ``placed`` says where an entry goes there, by its path in the archive; empty leaves it out.
    """

    def __init__(self, folder: Path, placed: Callable[[bytes], bytes]) -> None:
        self._folder = folder
        self._placed = placed
        self._file = -1
        self._path = folder
        self._content = _Content((), 0)
        self._member: Member | None = None
        self._folders: list[tuple[bytes, Path, Entry]] = []
        self._lost: Counter[str] = Counter()

    @property
    def losses(self) -> list[str]:
        """What could not be made, in sentences."""
        return [f"{plural(count, what)} can't be made by an ordinary user." for what, count in self._lost.items()]

    def begin(self, member: Member) -> None:
        """Make the entry; of a file, an empty one."""
        entry, self._member = Entry(*member.fields), None
        place = self._placed(entry.path)
        if not place:
            return
        self._member, self._path = member, self._folder / os.fsdecode(place)
        with _told(entry.path):
            if entry.type == FILE:
                self._open(entry, member)
            elif entry.type == DIR:
                self._path.mkdir(0o700)
                self._folders.append((place, self._path, entry))
            elif entry.type == SYMLINK:
                self._path.symlink_to(os.fsdecode(entry.link))
                self._times(self._path, entry)
            elif entry.type == LINK:
                first = self._folder / os.fsdecode(self._placed(entry.link))
                os.link(first, self._path, follow_symlinks=False)
            elif entry.type == FIFO:
                os.mkfifo(self._path, entry.mode & _RIGHTS)
            else:
                self._lost["device"] += 1

    def data(self, piece: memoryview) -> None:
        """Write a piece of a file's content where it belongs."""
        if self._member is None:
            return
        with _told(self._member.fields[0]):
            for offset, part in self._content.placed(piece):
                while part:
                    written = os.pwrite(self._file, part, offset)
                    part, offset = part[written:], offset + written

    def end(self) -> None:
        """Close a file, with its attributes, mode and time."""
        if self._file < 0 or self._member is None:
            return
        entry = Entry(*self._member.fields)
        with _told(entry.path):
            if entry.sparse:
                os.ftruncate(self._file, entry.size)
            self._attributes(self._member)
            os.fchmod(self._file, entry.mode & _RIGHTS)
            os.close(self._file)
            self._file = -1
            self._times(self._path, entry)

    def finish(self) -> None:
        """Give the folders their modes and times, the innermost first, but for the outermost ones.

        A folder that may not be written to can't be moved elsewhere: these get theirs by `settle`.
        """
        for place, path, entry in reversed(self._folders):
            if b"/" in place:
                self._settle(path, entry)

    def settle(self, moved: Callable[[bytes], Path]) -> None:
        """Give the outermost folders their modes and times where they were moved to, by the place they had here."""
        for place, _, entry in self._folders:
            if b"/" not in place:
                self._settle(moved(place), entry)

    def _settle(self, path: Path, entry: Entry) -> None:
        with _told(entry.path):
            path.chmod(entry.mode & _RIGHTS)
            self._times(path, entry)

    def close(self) -> None:
        """Let go of a file that was begun."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _open(self, entry: Entry, member: Member) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(self._path, flags, 0o600)
        self._content = _Content(member.sparse_map, entry.size) if entry.sparse else _Content((0, member.stored), 0)

    def _attributes(self, member: Member) -> None:
        """The attributes that an owner may set; of the others one loss is told."""
        for key, value in member.attributes.items():
            name = key.removeprefix(_ATTRIBUTE)
            try:
                if not key.startswith(_USER):
                    raise PermissionError
                os.setxattr(self._file, name, value)
            except OSError:
                self._lost["attribute or ACL"] += 1

    @staticmethod
    def _times(path: Path, entry: Entry) -> None:
        with suppress(OverflowError):  # a time that this file system does not have
            os.utime(path, ns=(entry.mtime, entry.mtime), follow_symlinks=False)


class _Content:
    """Where the bytes of a file go: one after the other, or as a sparse file's map tells, which may come first."""

    def __init__(self, sparse_map: tuple[int, ...] | None, size: int) -> None:
        self._pieces = _pairs(sparse_map, size) if sparse_map is not None else iter(())
        self._head: bytearray | None = bytearray() if sparse_map is None else None
        self._size = size
        self._at, self._left = 0, 0

    def placed(self, data: memoryview) -> Iterator[tuple[int, memoryview]]:
        """The data in parts, each with its place in the file. Raises `Damaged` where the map has no place for it."""
        if self._head is not None:
            data = self._without_map(data, self._head)
        while data:
            if not self._left:
                self._at, self._left = next(self._pieces, (0, 0))
                if not self._left:
                    raise Damaged("A sparse file has more data than its map has places for.")
            part = data[: self._left]
            yield self._at, part
            data = data[len(part) :]
            self._at, self._left = self._at + len(part), self._left - len(part)

    def _without_map(self, data: memoryview, head: bytearray) -> memoryview:
        """What follows the map; nothing while it has not come as a whole."""
        before = len(head)
        head += data
        lines = bytes(head).split(b"\n")
        if len(lines) < 2:
            return memoryview(b"")
        wanted = 1 + 2 * _decimal(lines[0])
        if len(lines) <= wanted:
            return memoryview(b"")
        length = sum(len(one) + 1 for one in lines[:wanted])
        length += -length % BLOCK
        if len(head) < length:
            return memoryview(b"")
        self._head = None
        self._pieces = _pairs(tuple(map(_decimal, lines[1:wanted])), self._size)
        return data[length - before :]


def _decimal(text: bytes) -> int:
    if not text.isdigit() or len(text) > _MOST_DIGITS:
        raise Damaged("A sparse file has a map that can't be read.")
    return int(text)


def _pairs(numbers: tuple[int, ...], size: int) -> Iterator[tuple[int, int]]:
    """The places of a map that have any length. Raises `Damaged` for one beyond the end of a sparse file."""
    for offset, length in zip(numbers[::2], numbers[1::2], strict=True):
        if size and offset + length > size:
            raise Damaged("A sparse file has data beyond its end.")
        if length:
            yield offset, length


@contextmanager
def _told(path: bytes) -> Iterator[None]:
    """Raise `Failed` with a sentence for what the system refuses."""
    try:
        yield
    except OSError as error:
        raise Failed(f"{safe_path(path)} can't be written: {(error.strerror or str(error)).lower()}.") from error
