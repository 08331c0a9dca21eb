"""A long file is read a piece at a time: which piece, and what of its bytes are whole lines."""

from __future__ import annotations

from msgspec import Struct

from voltui.model.contents import shown_text

_ALIGNED = 16
"""Bytes of a row in hexadecimal; a character begins there in any encoding of a fixed width."""


class Piece(Struct, frozen=True):
    """Some bytes of a file."""

    start: int
    count: int
    total: int
    """Bytes of the whole file."""

    @property
    def end(self) -> int:
        """Where the next piece begins."""
        return self.start + self.count

    @property
    def last(self) -> bool:
        """Whether the file ends with it."""
        return self.end >= self.total

    @property
    def whole(self) -> bool:
        """Whether it is all of the file."""
        return not self.start and self.last


def aligned(start: int) -> int:
    """The place at or before ``start`` where a piece may begin whatever it holds."""
    return max(start, 0) // _ALIGNED * _ALIGNED


def last_start(total: int, count: int) -> int:
    """Where a last piece of at most ``count`` bytes begins."""
    return aligned(total - count + _ALIGNED - 1)


def piece_of(
    data: bytes, start: int, total: int, *, asked: int, lines: bool, within_a_line: bool = False
) -> tuple[Piece, bytes]:
    """The piece that was read, of ``asked`` bytes or what there was, and its bytes: of a text the whole lines, where
    such are wanted, unless one is longer than the piece.

    ``within_a_line`` says that it may begin in the middle of one.
    """
    if len(data) < asked:
        total = start + len(data)
    if lines and shown_text(data, whole=False)[0] is not None:
        if within_a_line and (begin := data.find(b"\n") + 1) < len(data):
            start, data = start + begin, data[begin:]
        if start + len(data) < total and (end := data.rfind(b"\n") + 1):
            data = data[:end]
    return Piece(start, len(data), max(total, start + len(data))), data
