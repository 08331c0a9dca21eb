"""Writes members anew, in one clean form: POSIX headers, paths below one root, one end mark.

What comes out holds only what the strict reader understood: no parser behind it can read it differently.
"""

from __future__ import annotations

from collections.abc import Callable

from voltui.archive.deep import TarPart
from voltui.archive.entry import ROOT, Entry
from voltui.archive.member import Member
from voltui.archive.tar import BLOCK, END_OF_ARCHIVE, ZERO_BLOCK, encode_member, padded, relabelled
from voltui.model.kinds import LINK

_FLUSH_AT = 1 << 20


class Rewriter:
    """A `Sink` that hands the new archive to ``write`` in pieces of about 1 MiB.

    ``root`` stands before every path; ``old_root``, where all paths had one, saves work. ``folder`` is a leading
    folder that is taken off: its entry becomes the root. With a ``part`` only that is written.
    """

    def __init__(
        self,
        write: Callable[[bytes], object],
        *,
        root: bytes = b"./",
        folder: bytes = b"",
        old_root: bytes = b"",
        part: TarPart | None = None,
    ) -> None:
        self._write = write
        self._root = root
        self._old_root = old_root if len(old_root) == len(root) else b""
        self._folder = folder
        self._part = part
        self._skipping = False
        self._pending = bytearray()
        self._content = 0
        self.written = 0
        """Bytes of the new archive so far."""

    def begin(self, member: Member) -> None:
        """Write the member's headers."""
        self._content = 0
        if member.plain and self._old_root and self._part is None:
            self._add(relabelled(member.plain, self._old_root, self._root))
            return
        entry = self.renamed(Entry(*member.fields))
        if self._part is not None:
            self._skipping = not self._part.holds(entry.path)
            if self._skipping:
                return
            entry = self._part.placed(entry)
        records = dict(member.attributes)
        head = b""
        if entry.sparse:
            head = _sparse_head(member.sparse_map)
            records.update(_sparse_records(self._root + entry.path, entry.size))
        self._add(encode_member(entry, member.stored + len(head), records, self._root))
        if head:
            self.data(memoryview(head))

    def data(self, piece: memoryview) -> None:
        """Write a piece of content."""
        if self._skipping:
            return
        self._content += len(piece)
        self._add(piece)

    def end(self) -> None:
        """Fill up the last block."""
        padding = -self._content % BLOCK
        if padding:
            self._add(ZERO_BLOCK[:padding])

    def close(self) -> None:
        """Write the end mark and what is pending."""
        self._add(END_OF_ARCHIVE)
        self._flush()

    def renamed(self, entry: Entry) -> Entry:
        """The entry as it is in the new archive: without the leading folder."""
        if not self._folder:
            return entry
        link = self._inside(entry.link) if entry.type == LINK else entry.link
        return entry._replace(path=self._inside(entry.path), link=link)

    def _inside(self, path: bytes) -> bytes:
        return ROOT if path == self._folder else path.removeprefix(self._folder + b"/")

    def _add(self, data: bytes | memoryview) -> None:
        self.written += len(data)
        self._pending += data
        if len(self._pending) >= _FLUSH_AT:
            self._flush()

    def _flush(self) -> None:
        self._write(bytes(self._pending))
        self._pending.clear()


def _sparse_records(path: bytes, size: int) -> dict[bytes, bytes]:
    """Sparse format 1.0 (GNU tar manual, "Storing Sparse Files"): its map stands at the head of the content."""
    return {
        b"GNU.sparse.major": b"1",
        b"GNU.sparse.minor": b"0",
        b"GNU.sparse.name": path,
        b"GNU.sparse.realsize": b"%d" % size,
    }


def _sparse_head(sparse_map: tuple[int, ...] | None) -> bytes:
    """The map for the head of the content; nothing where the content has it already."""
    if sparse_map is None:
        return b""
    lines = b"%d\n" % (len(sparse_map) // 2) + b"".join(b"%d\n" % number for number in sparse_map)
    return lines.ljust(padded(len(lines)), b"\0")
