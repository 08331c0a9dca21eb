"""The strict tar reader: every archive passes it, on the way out of a volume and on the way back in.

Engines end a cut stream with a clean 200, Python's ``tarfile`` and GNU tar accept a missing trailer
(both measured), so completeness is decided here: whole members, two zero blocks, nothing but zeros after.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from blake3 import blake3

from voltui.archive.entry import EMPTY_HASH, Entry
from voltui.archive.member import Member, decode, old_sparse_map
from voltui.archive.plain_file import plain_file
from voltui.archive.tar import (
    BLOCK,
    EXTENSIONS,
    GNU_LONG_LINK,
    GNU_LONG_NAME,
    GNU_SPARSE,
    GNU_VOLUME_LABEL,
    HEADER,
    PAX,
    PAX_GLOBAL,
    ZERO_BLOCK,
    Header,
    checksum_holds,
    padded,
    parse_pax,
)
from voltui.model.errors import Damaged
from voltui.model.kinds import FILE
from voltui.model.safe import safe_path

_ONLY_MTIME = re.compile(rb"([0-9]+) mtime=([0-9]+)(?:\.([0-9]{1,9}))?\n")
"""What GNU tar writes for nearly every file with ``--format=posix``: worth a way of its own."""
_MOST_EXTENSION = 8 << 20
"""Bytes of extended headers one member may have: a limit on what a hostile archive can make us hold."""
_MOST_HOLES = 10_000
"""Pieces of a file in GNU tar's old sparse form, whose map is put together block by block."""
_CHUNK_OF_ZEROS = bytes(1 << 16)


class Sink(Protocol):
    """Takes each member while it passes, for a writer that makes a new archive of them."""

    def begin(self, member: Member) -> None:
        """A member begins; its hash is not known yet."""

    def data(self, piece: memoryview) -> None:
        """A piece of its content, valid during the call only."""

    def end(self) -> None:
        """The member is complete."""


class TarReader:
    """An incremental parser: `feed` it pieces, it hands each complete member to ``emit``.

    ``emit`` gets an `Entry` with its hash, in the archive's order, and may raise to stop. ``root`` is the
    prefix every path must have; ``None`` takes any path. With ``checksums`` each header's own sum
    is checked too: for files from elsewhere. On a live stream and on our own archives stronger hashes guard
    the rest, and the sum costs 0.7 s for 100,000 files.
    """

    def __init__(
        self,
        emit: Callable[[Entry], object],
        *,
        root: bytes | None = b"./",
        checksums: bool = False,
        sink: Sink | None = None,
    ) -> None:
        self._emit = emit
        self._quick = root == b"./" and sink is None and not checksums
        """Whether `plain_file` finds all that is wanted of a plain file."""
        self._root = root
        self._checksums = checksums
        self._sink = sink
        self._member: Member | None = None
        self._hash = blake3()
        self._left = 0
        self._padding = 0
        self._map_follows = False
        self._extension = bytearray()
        self._extended = 0
        """Bytes of the extended headers so far of the member to come, and of all global ones."""
        self._extended_globally = 0
        self._extension_type = b""
        self._extension_size = 0
        self._extension_left = 0
        self._records: dict[bytes, bytes] = {}
        self._global_records: dict[bytes, bytes] = {}
        self._mtime: int | None = None
        self._zero_blocks = 0
        self.position = 0
        """Bytes of the archive read so far."""

    def feed(self, chunk: bytes | memoryview) -> None:
        """Parse the next piece: whole blocks of 512 bytes, except for the last. Raises `Damaged`."""
        view = memoryview(chunk)
        at, end = 0, len(view)
        while at < end:
            if self._left or self._padding:
                at = self._content(view, at, end)
            elif self._extension_left:
                at = self._extend(view, at, end)
            elif self._zero_blocks == 2:
                at = self._after_the_end(view, at, end)
            elif self._quick and (after := self._plain_files(view, at, end)) > at:
                at = after
            elif end - at < BLOCK:
                raise Damaged("The archive is cut: it ends inside a header.")
            else:
                at = self._block(view, at, end)
        self.position += end

    def close(self) -> None:
        """Say that nothing follows. Raises `Damaged` unless the archive has ended as an archive must."""
        if self._member is not None:
            raise Damaged(f"The archive is cut inside {safe_path(self._member.fields[0])}.")
        if self._zero_blocks != 2:
            raise Damaged("The archive is cut: its end mark is missing.")

    def _after_the_end(self, view: memoryview, at: int, end: int) -> int:
        """Only zeros may follow: a second archive behind the first would pass unseen (measured: engines answer 200)."""
        while at < end:
            piece = view[at : at + len(_CHUNK_OF_ZEROS)]
            if piece != _CHUNK_OF_ZEROS[: len(piece)]:
                raise Damaged("The archive has something that follows its end.")
            at += len(piece)
        return end

    def _plain_files(self, view: memoryview, at: int, end: int) -> int:
        """Take the plain files that come next, as long as nothing that came before changes what they are."""
        pending = self._records or self._global_records or self._extended or self._mtime is not None
        if pending or self._map_follows or self._zero_blocks:
            return at
        while (found := plain_file(view, at, end)) is not None:
            entry, at = found
            self._emit(entry)
        return at

    # One block where a header must be.

    def _block(self, view: memoryview, at: int, end: int) -> int:
        if self._map_follows:
            return self._more_of_the_map(view, at)
        header = Header._make(HEADER.unpack_from(view, at))
        if header.magic != b"ustar" and self._is_zero_block(view, at):
            return at + BLOCK
        if self._zero_blocks:
            raise Damaged("The archive has a lone zero block, then goes on.")
        if self._checksums and not checksum_holds(bytes(view[at : at + BLOCK]), header.checksum):
            raise Damaged(f"The archive has a damaged header, at byte {self.position + at:,}.")
        at += BLOCK
        if header.type in EXTENSIONS:
            return self._begin_extension(header, view, at, end)
        if header.type == GNU_VOLUME_LABEL:
            self._records.clear()
            return at
        return self._begin_member(header, view, at, end)

    def _is_zero_block(self, view: memoryview, at: int) -> bool:
        """Whether the block is an end mark. A header of before 1988 has no magic: its checksum must speak for it."""
        block = bytes(view[at : at + BLOCK])
        if block == ZERO_BLOCK:
            self._zero_blocks += 1
            return True
        if not self._checksums or not checksum_holds(block, block[148:156]):
            raise Damaged(f"The archive has no tar header where one must be, at byte {self.position + at:,}.")
        return False

    # Extended headers: PAX records and GNU's long names stand before the member they are for.

    def _begin_extension(self, header: Header, view: memoryview, at: int, end: int) -> int:
        size = header.size
        self._extended += size
        if size <= 0 or self._extended > _MOST_EXTENSION:
            raise Damaged(f"The archive has extended headers of {self._extended:,} bytes for one member.")
        after = at + padded(size)
        if header.type == PAX and after <= end and self._only_mtime(view, at, size):
            return after
        self._extension = bytearray()
        self._extension_type = header.type
        self._extension_size = size
        self._extension_left = padded(size)
        return at

    def _only_mtime(self, view: memoryview, at: int, size: int) -> bool:
        match = _ONLY_MTIME.fullmatch(view, at, at + size)
        if match is None or int(match[1]) != size:
            return False
        fraction = match[3]
        nanos = int(fraction.ljust(9, b"0")) if fraction else 0
        self._mtime = int(match[2]) * 1_000_000_000 + nanos
        return True

    def _extend(self, view: memoryview, at: int, end: int) -> int:
        taken = min(self._extension_left, end - at)
        self._extension += view[at : at + taken]
        self._extension_left -= taken
        if not self._extension_left:
            self._take_extension(bytes(self._extension[: self._extension_size]))
        return at + taken

    def _take_extension(self, data: bytes) -> None:
        if self._extension_type == PAX:
            self._records.update(parse_pax(data))
        elif self._extension_type == PAX_GLOBAL:
            self._global_records.update(parse_pax(data))
            self._extended_globally += len(data)
        elif self._extension_type == GNU_LONG_NAME:
            self._records[b"path"] = data.split(b"\0", 1)[0]
        elif self._extension_type == GNU_LONG_LINK:
            self._records[b"linkpath"] = data.split(b"\0", 1)[0]

    # Members.

    def _begin_member(self, header: Header, view: memoryview, at: int, end: int) -> int:
        records = {**self._global_records, **self._records} if self._global_records else self._records
        plain = b""
        if self._sink is not None and not records and self._mtime is None and header.version[0] == 0:
            plain = bytes(view[at - BLOCK : at])
        member = decode(header, records, self._mtime, self._root, plain)
        if self._records:
            self._records = {}
        self._mtime = None
        self._extended = self._extended_globally
        stored = member.stored
        if header.type == GNU_SPARSE and header.prefix[137]:
            self._map_follows = True
        elif (after := at + padded(stored)) <= end:
            self._whole(member, view[at : at + stored])
            return after
        self._member = member
        self._left = stored
        self._padding = padded(stored) - stored
        if not self._map_follows:
            self._start_content()
        return at

    def _whole(self, member: Member, content: memoryview) -> None:
        """A member whose content has come as a whole, as most have."""
        if self._sink is not None:
            self._sink.begin(member)
            if content:
                self._sink.data(content)
            self._sink.end()
        self._emit(Entry(*member.fields, self._hash_of(member, content)))

    def _hash_of(self, member: Member, content: memoryview) -> str:
        if content:
            return blake3(content).hexdigest()
        return EMPTY_HASH if member.fields[1] == FILE else ""

    def _more_of_the_map(self, view: memoryview, at: int) -> int:
        assert self._member is not None
        known = self._member.sparse_map or ()
        if len(known) > _MOST_HOLES:
            raise Damaged(f"The archive has a file of more than {_MOST_HOLES:,} pieces in the old sparse form.")
        block = bytes(view[at : at + BLOCK])
        self._member = self._member._replace(sparse_map=known + old_sparse_map(block[:504]))
        self._map_follows = bool(block[504])
        if not self._map_follows:
            self._start_content()
        return at + BLOCK

    def _start_content(self) -> None:
        assert self._member is not None
        self._hash = blake3()
        if self._sink is not None:
            self._sink.begin(self._member)
        if not self._left:
            self._finish()

    def _content(self, view: memoryview, at: int, end: int) -> int:
        if self._map_follows:
            return self._more_of_the_map(view, at)
        if self._left:
            piece = view[at : at + min(self._left, end - at)]
            self._hash.update(piece)
            if self._sink is not None:
                self._sink.data(piece)
            self._left -= len(piece)
            at += len(piece)
        skipped = min(self._padding, end - at)
        self._padding -= skipped
        if not self._left and not self._padding:
            self._finish()
        return at + skipped

    def _finish(self) -> None:
        assert self._member is not None
        member, self._member = self._member, None
        if self._sink is not None:
            self._sink.end()
        digest = self._hash.hexdigest() if member.stored else self._hash_of(member, memoryview(b""))
        self._emit(Entry(*member.fields, digest))
