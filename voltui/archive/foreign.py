"""Archives from elsewhere: ``.tar``, ``.tar.gz``, ``.tar.bz2``, ``.tar.xz``, ``.tar.zst``, whatever made them.

They have no index and no hashes, and may lie. So each is read twice: once to check every member, once to write it
anew in a form that holds only what was checked. Both readings must agree.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from blake3 import blake3
from msgspec import Struct

from voltui.archive.entry import ROOT, Entry, index_line
from voltui.archive.guard import LooseGuard
from voltui.archive.reader import TarReader
from voltui.archive.rewrite import Rewriter
from voltui.archive.unlike import refuse_unlike
from voltui.archive.zstd import ZstdError, ZstdFile
from voltui.model.errors import Damaged, Failed, NotFound
from voltui.model.kinds import DIR, LINK
from voltui.model.safe import safe

_PIECE = 1 << 20
_MAGIC: tuple[tuple[bytes, Callable[[BinaryIO], object]], ...] = (
    (b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
    (b"\x28\xb5\x2f\xfd", ZstdFile),
)
_DECODE_ERRORS = (EOFError, ZstdError, lzma.LZMAError, zlib.error, gzip.BadGzipFile, OSError)

Progress = Callable[[int, int], object]


class Survey(Struct, frozen=True):
    """What the first reading found."""

    entries: int
    size: int
    """Bytes of all regular files."""
    folder: bytes
    """The one leading folder all members are in, or empty."""
    has_root: bool
    """Whether the archive tells the root directory's own mode and owner."""
    trusted: bool
    """Whether there are trusted.* attributes."""
    linked: frozenset[bytes]
    """The paths that hard links name."""
    digest: str
    """BLAKE3 over all entries, for the second reading to agree with."""


class _Surveyor:
    """Cleans names, holds each entry against the guard, sums them up."""

    def __init__(self) -> None:
        self._guard = LooseGuard()
        self._digest = blake3()
        self._folders: set[bytes] = set()
        self._loose = False
        self._has_root = False
        self._top_directories: set[bytes] = set()
        """Top folders that have an entry of their own."""
        self._size = 0
        self._trusted = False
        self._linked: set[bytes] = set()
        self.count = 0

    def take(self, entry: Entry) -> None:
        self._guard.check(entry)
        self._digest.update(index_line(entry).encode())
        self.count += 1
        self._size += entry.size
        self._trusted = self._trusted or any(name.startswith("trusted.") for name, _ in entry.xattrs)
        if entry.type == LINK:
            self._linked.add(entry.link)
        if entry.path == ROOT:
            self._has_root = True
            return
        top, slash, _ = entry.path.partition(b"/")
        self._loose = self._loose or (not slash and entry.type != DIR)
        if len(self._folders) < 2:
            self._folders.add(top)
            if not slash and entry.type == DIR:
                self._top_directories.add(top)

    def survey(self) -> Survey:
        alone = len(self._folders) == 1 and not self._loose and not self._has_root
        folder = next(iter(self._folders)) if alone else b""
        has_root = self._has_root or (alone and folder in self._top_directories)
        linked = frozenset(self._linked)
        return Survey(self.count, self._size, folder, has_root, self._trusted, linked, self._digest.hexdigest())


def survey(path: Path, name: str, progress: Progress = lambda size, entries: None) -> Survey:
    """Read all of a foreign archive and check it.

    ``name`` is what to call it in errors, ``progress`` gets the file's bytes read and the entries so far.
    Raises `Damaged` where it is no archive, or one of nothing, is cut, or holds members that could leave its root or
    overwrite another; `Failed` where it can't be read.
    """
    surveyor = _Surveyor()
    _read(path, name, TarReader(surveyor.take, root=None, checksums=True), lambda read: progress(read, surveyor.count))
    if not surveyor.count:
        raise Damaged(f"{safe(name)} is an archive of nothing: no file is in it.", "Was the right directory packed?")
    return surveyor.survey()


def rewrite(
    path: Path,
    name: str,
    found: Survey,
    write: Callable[[bytes], object],
    *,
    root: bytes = b"./",
    keep_folder: bool = False,
    progress: Progress = lambda size, entries: None,
    seen: Callable[[Entry], object] = lambda entry: None,
) -> None:
    """Write a surveyed archive anew to ``write``, its members below ``root``, its leading folder taken off.

    ``seen`` gets each entry as it is written.
    Raises `Damaged` where the file is not what `survey` saw.
    """
    surveyor = _Surveyor()
    rewriter = Rewriter(write, root=root, folder=b"" if keep_folder else found.folder)

    def take(entry: Entry) -> None:
        surveyor.take(entry)
        seen(rewriter.renamed(entry))

    reader = TarReader(take, root=None, checksums=True, sink=rewriter)
    _read(path, name, reader, lambda read: progress(read, surveyor.count))
    rewriter.close()
    if surveyor.survey().digest != found.digest:
        raise Damaged(f"{safe(name)} changed while it was read.")


def _read(path: Path, name: str, reader: TarReader, progress: Callable[[int], object]) -> None:
    with _opened(path, name) as (file, plain):
        piece = _piece(file, name)
        refuse_unlike(name, piece)
        try:
            while piece:
                reader.feed(piece)
                progress(plain.tell())
                piece = _piece(file, name)
            reader.close()
        except Damaged as error:  # the reader knows no names
            sentence = error.sentence.replace("The archive", safe(name), 1)
            raise Damaged(sentence, error.hint or f"Make or copy {safe(name)} anew.") from error


def _piece(file: BinaryIO, name: str) -> bytes:
    try:
        return file.read(_PIECE)
    except _DECODE_ERRORS as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise _unreadable(name, error) from error
        raise Damaged(f"{safe(name)} is cut or damaged: it does not decompress.", "Make or copy it anew.") from error


@contextmanager
def _opened(path: Path, name: str) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The archive's decompressed bytes, buffered so that reads are whole, and the file below them."""
    try:
        plain = path.open("rb")
    except FileNotFoundError:
        raise NotFound(f"There is no file {safe(name)}.") from None
    except OSError as error:
        raise _unreadable(name, error) from error
    with plain:
        try:
            magic = plain.read(8)
            plain.seek(0)
        except OSError as error:
            raise _unreadable(name, error) from error
        opener = next((make for start, make in _MAGIC if magic.startswith(start)), None)
        file = cast(BinaryIO, opener(plain)) if opener else plain
        yield file, plain


def _unreadable(name: str, error: OSError) -> Failed:
    return Failed(f"{safe(name)} can't be read: {(error.strerror or str(error)).lower()}.")
