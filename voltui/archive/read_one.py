"""One file's content out of an archive, which is read as far as that."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

from voltui.archive.entry import Entry
from voltui.archive.member import Member
from voltui.archive.reader import TarReader
from voltui.archive.unpack import CutError, decompressed
from voltui.archive.zstd import ZstdError
from voltui.model.backup import Part
from voltui.model.errors import Damaged, NotFound, Refused
from voltui.model.safe import safe, safe_path

if TYPE_CHECKING:
    from collections.abc import Generator

    from voltui.archive.seal import Key


def read_one(
    archive: Path,
    expected: Part,
    path: bytes,
    most: int,
    *,
    start: int = 0,
    key: Key | None = None,
    progress: Callable[[int, int], object] = lambda stored, entries: None,
) -> tuple[bytes, str]:
    """``most`` bytes of the file at ``path`` from ``start`` on, and the hash of all of it; empty where there is more.

    ``progress`` gets the tar bytes and entries so far, and may raise to stop. Raises `NotFound` where no file is there,
    `Refused` where it has holes, `Damaged` where the archive is cut or damaged before it.
    """
    keeper, count = _Keeper(path, start, most), 0

    def emit(entry: Entry) -> None:
        nonlocal count
        count += 1
        if entry.path == path:
            keeper.hash = entry.hash

    reader = TarReader(emit, sink=keeper)
    pieces = cast("Generator[bytes]", decompressed(archive, expected, key))
    with closing(pieces):
        try:
            for piece in pieces:
                reader.feed(piece)
                if keeper.hash or keeper.enough:
                    return bytes(keeper.kept), keeper.hash
                progress(reader.position, count)
        except (ZstdError, CutError) as error:
            raise Damaged(f"{safe(archive.name)} is cut or does not decompress before {safe_path(path)}.") from error
    raise NotFound(f"The archive has no file {safe_path(path)}.")


class _Keeper:
    """A `Sink` that keeps a piece of one member."""

    def __init__(self, path: bytes, start: int, most: int) -> None:
        self.kept = bytearray()
        self.hash = ""
        """Of the whole member, once it has passed."""
        self.enough = False
        """Whether all that is wanted is kept, and more follows."""
        self._path = path
        self._skip = start
        self._start, self._most = start, most
        self._member: Member | None = None

    def begin(self, member: Member) -> None:
        self._member = member if member.fields[0] == self._path else None
        if self._member is not None and member.fields[-1]:
            raise Refused(
                f"{safe_path(self._path)} has holes: its content is not shown from an archive.", "Restore it to see it."
            )

    def data(self, piece: memoryview) -> None:
        if self._member is not None:
            skipped = min(self._skip, len(piece))
            self._skip -= skipped
            self.kept += piece[skipped : skipped + self._most - len(self.kept)]
            self.enough = self._member.stored > self._start + self._most and len(self.kept) == self._most

    def end(self) -> None:
        self._member = None
