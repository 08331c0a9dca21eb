"""The file index of a backup: one JSON line per entry, zstd-compressed, in the archive's order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from blake3 import blake3

from voltui.archive.entry import Entry, index_line, parse_index_line
from voltui.archive.pieces import ChunkFile, file_chunks
from voltui.archive.zstd import ZstdError, ZstdFile, small_compressor
from voltui.model.backup import Content, Part
from voltui.model.errors import Damaged
from voltui.model.safe import safe

if TYPE_CHECKING:
    from voltui.archive.seal import Key, Seal

_LINES_AT_ONCE = 1000
_LONGEST_LINE = 1 << 20


class IndexWriter:
    """Writes entries as they come and counts them, sealed where there is a seal.

    ``file`` stays the caller's to sync and close.
    """

    def __init__(self, file: BinaryIO, seal: Seal | None = None) -> None:
        self._file = file
        self._sealing = seal.sink(self._store) if seal else None
        self._compressor = small_compressor()
        self._hash = blake3()
        self._lines: list[str] = []
        self._written = 0
        self._types: Counter[str] = Counter()
        self._size = 0

    def add(self, entry: Entry) -> None:
        """Append the entry's line."""
        self._types[entry.type] += 1
        self._size += entry.size
        self._lines.append(index_line(entry))
        if len(self._lines) >= _LINES_AT_ONCE:
            self._write(self._compressor.compress(self._pending()))

    def finish(self, stored: int) -> tuple[Part, Content]:
        """Write the rest. ``stored`` is the size of the tar stream in bytes."""
        self._write(self._compressor.compress(self._pending()) + self._compressor.flush())
        if self._sealing is not None:
            self._sealing.finish()
        return Part(self._written, self._hash.hexdigest()), Content(dict(self._types), self._size, stored)

    def abandon(self) -> None:
        """Write no more."""
        if self._sealing is not None:
            self._sealing.abandon()

    @property
    def count(self) -> int:
        """Entries so far."""
        return self._types.total()

    def _pending(self) -> bytes:
        lines = "".join(self._lines).encode()
        self._lines.clear()
        return lines

    def _write(self, data: bytes) -> None:
        if self._sealing is None:
            self._store(data)
        else:
            self._sealing.write(data)

    def _store(self, data: bytes) -> None:
        self._hash.update(data)
        self._written += len(data)
        self._file.write(data)


class IndexLines:
    """The index's lines, one after the other, for comparison with the entries of an archive as they stream by."""

    def __init__(self, path: Path, key: Key | None = None) -> None:
        self._name = safe(path.name)
        self._opened = ChunkFile(key.opened(file_chunks(path), path.name)) if key else None
        try:
            self._file = ZstdFile(cast(BinaryIO, self._opened) if self._opened else path, "rb")
        except FileNotFoundError:
            raise Damaged(f"{self._name} is missing.") from None

    def check(self, entry: Entry) -> None:
        """Raise `Damaged` unless the entry is what the index's next line says."""
        wanted = self.next_line()
        if wanted != index_line(entry).encode():
            raise Damaged(_difference(entry, wanted))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        if self._opened is not None:
            self._opened.close()

    def finish(self) -> None:
        """Raise `Damaged` where the index has lines that the archive has no members for."""
        rest = self.next_line()
        if rest:
            raise Damaged(f"The archive lacks {safe(_path_of(rest))}, which the index lists.")

    def next_line(self) -> bytes:
        """The next line with its newline; empty at the end. Raises `Damaged`."""
        try:
            return self._file.readline(_LONGEST_LINE)
        except (EOFError, ZstdError) as error:
            raise Damaged(f"The index {self._name} is cut or damaged.") from error


def read_index(path: Path, key: Key | None = None) -> Iterator[Entry]:
    """All entries of an index, as a stream; ``key`` opens an encrypted one. Raises `Damaged`."""
    lines = IndexLines(path, key)
    try:
        while line := lines.next_line():
            yield parse_index_line(line)
    finally:
        lines.close()


def _path_of(line: bytes) -> str:
    return parse_index_line(line).path.decode("utf-8", "surrogateescape")


def _difference(entry: Entry, wanted: bytes) -> str:
    """What about a member is not as the index says: the first field that differs, in words."""
    name = safe(entry.path.decode("utf-8", "surrogateescape"))
    if not wanted:
        return f"The archive holds {name}, which the index does not list."
    listed = parse_index_line(wanted)
    if listed.path != entry.path:
        return f"The archive holds {name} where the index lists {safe(_path_of(wanted))}."
    for field, is_, was in zip(Entry._fields, entry, listed, strict=True):
        if is_ != was:
            what = "content" if field == "hash" else field
            return f"The {what} of {name} in the archive is not what the index says."
    return f"{name} in the archive is not what the index says."
