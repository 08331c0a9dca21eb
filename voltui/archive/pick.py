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


def pick(
    archive: Path,
    expected: Part,
    path: bytes,
    most: int,
    *,
    key: Key | None = None,
    progress: Callable[[int, int], object] = lambda stored, entries: None,
) -> tuple[bytes, Entry]:
    """The first ``most`` bytes of the file at ``path``, and its entry, whose hash is of all that was read.

    ``progress`` gets the tar bytes and entries so far, and may raise to stop. Raises `NotFound` where no file is there,
    `Refused` where it has holes, `Damaged` where the archive is cut or damaged before it.
    """
    found: list[Entry] = []
    keeper, count = _Keeper(path, most), 0

    def emit(entry: Entry) -> None:
        nonlocal count
        count += 1
        if entry.path == path:
            found.append(entry)

    reader = TarReader(emit, sink=keeper)
    pieces = cast("Generator[bytes]", decompressed(archive, expected, key))
    with closing(pieces):
        try:
            for piece in pieces:
                reader.feed(piece)
                if found:
                    return _whole(keeper, found[0])
                progress(reader.position, count)
        except (ZstdError, CutError) as error:
            raise Damaged(f"{safe(archive.name)} is cut or does not decompress before {safe_path(path)}.") from error
    raise NotFound(f"The archive has no file {safe_path(path)}.")


def _whole(keeper: _Keeper, entry: Entry) -> tuple[bytes, Entry]:
    if entry.sparse:
        raise Refused(f"{safe_path(entry.path)} has holes: its content is not shown from an archive.", "Restore it.")
    return bytes(keeper.kept), entry


class _Keeper:
    """A `Sink` that keeps the beginning of one member."""

    def __init__(self, path: bytes, most: int) -> None:
        self.kept = bytearray()
        self._path = path
        self._most = most
        self._wanted = False

    def begin(self, member: Member) -> None:
        self._wanted = member.fields[0] == self._path

    def data(self, piece: memoryview) -> None:
        if self._wanted:
            self.kept += piece[: self._most - len(self.kept)]

    def end(self) -> None:
        self._wanted = False
