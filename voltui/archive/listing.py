"""Does what was extracted agree with what was in the archive? A listing of the tree is held against the entries."""

from __future__ import annotations

from collections.abc import Iterator

from blake3 import blake3
from msgspec import Struct

from voltui.archive.entry import ROOT, Entry
from voltui.archive.pack import ByteSource
from voltui.archive.tally import Tally
from voltui.model.errors import Damaged
from voltui.model.kinds import DIR, FILE, LINK, OF_FIND, SYMLINK

_FIELDS = 8
_READ = 1 << 18
_SECOND = 1_000_000_000


class Differences(Struct, frozen=True):
    """How a tree differs from its archive."""

    content: bool
    """An entry is missing, more, or of another type, size, mode, owner or target."""
    times: bool
    """A time is another: the file system may keep coarser ones."""


class Expectation:
    """What the tree must look like, told by the entries as they stream by.

    ``directories`` says whether the archive lists every directory; archives from elsewhere may not.
    """

    def __init__(self, *, directories: bool = True) -> None:
        self._directories = directories
        self._with_times = Tally()
        self._without_times = Tally()
        self._links: set[bytes] = set()

    def see(self, entry: Entry) -> None:
        """Take an entry in."""
        if entry.type == LINK:
            self._links.add(_short(entry.path))
        self._add(entry, self._with_times, self._without_times)

    def differences(self, listing: Iterator[Entry]) -> Differences:
        """Hold a listing of the extracted tree against what was seen."""
        with_times, without_times = Tally(), Tally()
        for entry in listing:
            is_link = _short(entry.path) in self._links
            self._add(entry._replace(type=LINK) if is_link else entry, with_times, without_times)
        content = bool(self._without_times.differing(without_times))
        return Differences(content, not content and bool(self._with_times.differing(with_times)))

    def _add(self, entry: Entry, with_times: Tally, without_times: Tally) -> None:
        if entry.type == DIR and not self._directories:
            return
        line, time = _line(entry)
        without_times.add(entry.path, line)
        with_times.add(entry.path, line + time)


def _line(entry: Entry) -> tuple[bytes, bytes]:
    """What is compared, without and with the time. A hard link is its first name's file: only its path is its own.

    Of times before 1970 only that they are: find prints them in more than one way.
    """
    if entry.type == LINK:
        return b"link", b""
    mode = 0 if entry.type == SYMLINK else entry.mode
    target = entry.link if entry.type == SYMLINK else b""
    line = b"%s %d %o %d %d " % (entry.type.encode(), entry.size, mode, entry.uid, entry.gid) + target
    return line, b" %d" % max(entry.mtime, -1)


def read_listing(source: ByteSource) -> Iterator[Entry]:
    """The entries of a listing that `voltui.engine.tools.list_tree` makes. Raises `Damaged` where it is cut."""
    rest = b""
    buffer = memoryview(bytearray(_READ))
    while count := source.readinto(buffer):
        fields = (rest + buffer[:count]).split(b"\0")
        rest = fields.pop()
        whole = len(fields) - len(fields) % _FIELDS
        for at in range(0, whole, _FIELDS):
            yield _entry(fields[at : at + _FIELDS])
        rest = b"".join(field + b"\0" for field in fields[whole:]) + rest
    if rest:
        raise Damaged("The listing of what was extracted is cut.")


def _entry(fields: list[bytes]) -> Entry:
    path, kind, size, mode, uid, gid, time, link = fields
    type_ = OF_FIND.get(kind, kind.decode())
    seconds, _, nanos = time.partition(b".")
    mtime = int(seconds) * _SECOND + int(nanos[:9].ljust(9, b"0"))
    return Entry(path or ROOT, type_, int(size) if type_ == FILE else 0, int(mode, 8), int(uid), int(gid), mtime, link)


def _short(path: bytes) -> bytes:
    return blake3(path).digest(8)
