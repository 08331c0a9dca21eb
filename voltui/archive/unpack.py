"""Unpacking: an archive read back through the strict reader, against its manifest and index, into a sink.

    [read, hash] -> ([decrypt]) -> [decompress] -> [reader: parse, hash each file, compare with the index] -> [write]

Without a sink this is verification. A header is checked before a byte of its member reaches the sink; a
member's hash is known after its last byte, so a sink must be a place that can be thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from blake3 import blake3

from voltui.archive.deep import TarPart
from voltui.archive.entry import Entry, parse_index_line
from voltui.archive.guard import TreeGuard
from voltui.archive.index import IndexLines
from voltui.archive.pieces import file_chunks
from voltui.archive.reader import Sink, TarReader
from voltui.archive.rewrite import Rewriter
from voltui.archive.stage import Prefetch, Stage
from voltui.archive.tar import BLOCK
from voltui.archive.zstd import ZstdDecompressor, ZstdError
from voltui.model.backup import Part
from voltui.model.errors import Damaged
from voltui.model.safe import safe, safe_path

if TYPE_CHECKING:
    from voltui.archive.seal import Key

_PIECE = 1 << 20
"""Bytes taken from the decompressor at a time, whatever the archive would unfold into."""
_AHEAD = 4

Progress = Callable[[int, int], object]


class ByteSink(Protocol):
    """Where tar bytes go."""

    def write(self, data: bytes) -> object:
        """Take all of the bytes. Raises `VoltuiError`."""


def unpack(
    archive: Path,
    index: Path,
    expected: tuple[Part, Part],
    *,
    sink: ByteSink | None = None,
    members: Sink | None = None,
    root: bytes = b"./",
    key: Key | None = None,
    part: TarPart | None = None,
    progress: Progress = lambda stored, entries: None,
    seen: Callable[[Entry], object] = lambda entry: None,
) -> None:
    """Read all of the archive; raise `Damaged` where anything is not as manifest and index say.

    ``expected`` are the manifest's parts for archive and index, ``key`` opens them where they are encrypted. With a
    ``sink`` the tar stream, or a ``part`` of it, is written to that, its members below ``root``; ``members`` takes
    them one by one instead. ``progress`` gets the tar bytes and entries so far, ``seen`` each entry that held.
    """
    check_file(index, expected[1])
    check = _Check(IndexLines(index, key), seen)
    pieces = decompressed(archive, expected[0], key)
    try:
        if sink is None:
            _read(archive, pieces, check, members, None, progress)
            return
        with Stage("write", sink.write, depth=_AHEAD) as writing:
            if root == b"./" and part is None:
                _read(archive, pieces, check, None, writing.put, progress)
            else:
                rewriter = Rewriter(writing.put, root=root, old_root=b"./", part=part)
                _read(archive, pieces, check, rewriter, None, progress)
                rewriter.close()
            writing.finish()
    finally:
        check.lines.close()


class CutError(Exception):
    """The compressed data ends before its end."""


class _Check:
    """Holds each entry against the guard and the index."""

    def __init__(self, lines: IndexLines, seen: Callable[[Entry], object]) -> None:
        self.lines = lines
        self._seen = seen
        self.count = 0
        self._guard = TreeGuard()

    def take(self, entry: Entry) -> None:
        self._guard.check(entry)
        self.lines.check(entry)
        self._seen(entry)
        self.count += 1

    def next_name(self) -> str:
        """The member that comes next, as the index has it: where something breaks, it breaks in that one."""
        line = self.lines.next_line()
        if not line:
            return "its end"
        path = parse_index_line(line).path
        return "its root directory" if path == b"." else safe_path(path)


def _read(
    archive: Path,
    tar: Iterator[bytes],
    check: _Check,
    sink: Sink | None,
    forward: Callable[[bytes], object] | None,
    progress: Progress,
) -> None:
    reader = TarReader(check.take, sink=sink)
    with Prefetch("decompress", tar, _AHEAD) as pieces:
        try:
            for piece in pieces:
                reader.feed(piece)
                if forward is not None:
                    forward(piece)
                progress(reader.position, check.count)
        except (ZstdError, CutError) as error:
            what = "is cut" if isinstance(error, CutError) else "does not decompress"
            raise Damaged(f"{safe(archive.name)} {what} in {check.next_name()}.") from error
    reader.close()
    check.lines.finish()


def check_file(path: Path, expected: Part) -> None:
    """Raise `Damaged` unless the file has the size and BLAKE3 that the manifest gives."""
    file = _HashedFile(path)
    for _ in file.chunks():
        pass
    file.check(expected)


def copied(
    path: Path,
    expected: Part,
    write: Callable[[bytes], object],
    *,
    key: Key | None = None,
    progress: Callable[[int], object] = lambda done: None,
) -> Part:
    """Hand one of a backup's files to ``write``, opened by ``key`` where there is one; what was written.

    ``progress`` gets the bytes read so far. Raises `Damaged` unless the file is what its manifest says: what was
    written is worth nothing then.
    """
    file = _HashedFile(path)
    chunks = file.chunks(progress)
    digest, size = blake3(), 0
    for chunk in key.opened(chunks, path.name) if key else chunks:
        write(chunk)
        digest.update(chunk)
        size += len(chunk)
    file.check(expected)
    return Part(size, digest.hexdigest())


def _compare(path: Path, found: Part, expected: Part) -> None:
    if found.size != expected.size:
        raise Damaged(
            f"{safe(path.name)} has {found.size:,} bytes, its manifest says {expected.size:,}.",
            "It was cut or replaced.",
        )
    if found.blake3 != expected.blake3:
        raise Damaged(f"{safe(path.name)} is not the file its manifest describes: the hashes differ.")


class _HashedFile:
    """The chunks of a file, and what was hashed of them in passing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest = blake3()
        self._size = 0

    def chunks(self, progress: Callable[[int], object] = lambda done: None) -> Iterator[bytes]:
        for chunk in file_chunks(self._path):
            self._digest.update(chunk)
            self._size += len(chunk)
            progress(self._size)
            yield chunk

    def check(self, expected: Part) -> None:
        """Raise `Damaged` unless the file was what the manifest says."""
        _compare(self._path, Part(self._size, self._digest.hexdigest()), expected)


def decompressed(archive: Path, expected: Part, key: Key | None) -> Iterator[bytes]:
    """The tar bytes of an archive in pieces of whole blocks; what was read is held against ``expected`` at the end.

    Raises `ZstdError` where it does not decompress, `CutError` where it ends too soon, `Damaged` for another hash.
    """
    file = _HashedFile(archive)
    decompressor = ZstdDecompressor()
    rest = b""
    stored = key.opened(file.chunks(), archive.name) if key else file.chunks()
    with Prefetch("read", stored, _AHEAD) as chunks:
        for chunk in chunks:
            if decompressor.eof:
                continue
            data = decompressor.decompress(chunk, _PIECE)
            while data:
                piece = rest + data if rest else data
                whole = len(piece) - len(piece) % BLOCK
                rest = piece[whole:]
                if whole:
                    yield piece[:whole] if rest else piece
                more = not decompressor.needs_input and not decompressor.eof
                data = decompressor.decompress(b"", _PIECE) if more else b""
    if not decompressor.eof:
        raise CutError
    file.check(expected)
    if rest:
        yield rest
