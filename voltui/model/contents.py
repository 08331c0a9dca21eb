"""What bytes of a file are to a reader: text, or something to be shown in hexadecimal."""

from __future__ import annotations

import json
import string
import zlib
from collections.abc import Iterator

from msgspec import Struct

_ROW = 16
_LONGEST_CHARACTER = 4
"""Bytes of UTF-8 that the end of a piece may have cut."""
_PRINTABLE = frozenset(string.printable.encode()) - frozenset(string.whitespace.encode()) | {0x20}
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31
_PACKED_PIECE = 512
"""Bytes that are unpacked at once: of a damaged file as many are lost at most."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UNREADABLE = "\ufffd"
_ODD = f"{_UNREADABLE}\x7f"
_LAYOUT = "\t\n\v\f\r\b\x1b"
"""Control characters that texts and logs have."""
_FEW = 20
"""One odd character in so many leaves a text readable."""
_LONG_LINE = 200
"""Characters of a line of JSON that nobody wrote by hand."""


class Contents(Struct, frozen=True):
    """A piece of a file as it is to be shown."""

    name: str
    """What the content would be called: without the ``.gz`` that it was unpacked from."""
    data: bytes
    text: str | None
    """``None`` where it is no text."""
    note: str = ""
    """What was done to it, or is wrong with it: ``unpacked``, ``laid out``, ``UTF-16``, ``not all of it is text``."""
    packed: bool = False
    """Whether ``data`` was unpacked from the piece."""
    more: bool = False
    """Whether there is more than ``data`` in what was packed."""

    @property
    def mark(self) -> bytes:
        """What tells of a text how its characters are written, for further pieces of it; empty for UTF-8."""
        return self.data[:2] if self.text is not None and self.data.startswith(_UTF_16) else b""


def contents(name: str, head: bytes, *, whole: bool, most: int) -> Contents:
    """What to show of a file's first bytes: gzip is unpacked, at most ``most`` bytes of it, JSON in one line laid out.

    ``whole`` says whether ``head`` is all of the file.
    """
    notes, packed, more = [], False, False
    if head.startswith(_GZIP) and (unpacked := _unpacked(head, most, whole=whole))[0]:
        (head, note), packed = unpacked, True
        more = len(head) >= most or not whole
        name, whole = name.removesuffix(".gz"), not more
        notes.append(note)
    text, note = shown_text(head, whole=whole)
    notes += filter(None, [note])
    if text is not None and whole and name.endswith(".json") and (laid := _laid_out(text)):
        text = laid
        notes.append("laid out")
    return Contents(name, head, text, ", ".join(notes), packed, more)


def shown_text(data: bytes, *, whole: bool = True) -> tuple[str | None, str]:
    """The bytes as text to be read, and what is to be said of it. Some odd bytes don't make a text none."""
    text = text_of(data, whole=whole)
    if text is not None:
        return text, "UTF-16" if data.startswith(_UTF_16) else ""
    read = data.decode("utf-8", "replace")
    odd = sum(one in _ODD or (one < " " and one not in _LAYOUT) for one in read)
    if odd * _FEW > len(read):
        return None, ""
    return data.decode("utf-8", "backslashreplace"), "not all of it is text"


def text_of(data: bytes, *, whole: bool = True) -> str | None:
    """The bytes as text, unless they are none. Where they are not ``whole``, a character cut at the end is left out.

    It is UTF-8, or UTF-16 where a mark at the beginning says so.
    """
    if data.startswith(_UTF_16):
        text = data[: len(data) // 2 * 2].decode("utf-16", "ignore" if not whole else "replace")
        return None if "\0" in text or _UNREADABLE in text else text
    if b"\0" in data:
        return None
    for cut in range(1 if whole else _LONGEST_CHARACTER):
        try:
            return data[: len(data) - cut].decode()
        except UnicodeDecodeError as error:
            if error.start < len(data) - _LONGEST_CHARACTER:
                return None
    return None


def hexadecimal(data: bytes, start: int = 0) -> Iterator[tuple[str, str, str]]:
    """Offset, bytes in hexadecimal and those that can be printed, sixteen a line; the first is at ``start``."""
    for at in range(0, len(data), _ROW):
        row = data[at : at + _ROW]
        shown = "".join(chr(byte) if byte in _PRINTABLE else "." for byte in row)
        yield f"{start + at:08x}", row.hex(" ").ljust(3 * _ROW - 1), shown


def _unpacked(head: bytes, most: int, *, whole: bool) -> tuple[bytes, str]:
    """As much as the beginning of a gzip file unfolds into, bounded, and what is to be said of it."""
    stream, found, at = zlib.decompressobj(_GZIP_WINDOW), bytearray(), 0
    try:
        while at < len(head):
            found += stream.decompress(head[at : at + _PACKED_PIECE], most - len(found))
            at += _PACKED_PIECE
            rest = stream.unused_data + head[at:] if stream.eof else b""
            if len(found) >= most or (stream.eof and not rest.startswith(_GZIP)):
                return bytes(found), "unpacked"
            if rest:  # a file may be several of them, one after the other
                stream, head, at = zlib.decompressobj(_GZIP_WINDOW), rest, 0
    except zlib.error:
        return bytes(found), "unpacked as far as it is not damaged"
    return bytes(found), "unpacked, its end is missing" if whole else "unpacked"


def _laid_out(text: str) -> str:
    """JSON in lines that can be read; empty where it is that already, or none."""
    if max(map(len, text.split("\n"))) <= _LONG_LINE:
        return ""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""
