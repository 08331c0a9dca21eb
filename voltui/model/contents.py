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
_LONG_LINE = 200
"""Characters of a line of JSON that nobody wrote by hand."""


class Contents(Struct, frozen=True):
    """The beginning of a file as it is to be shown."""

    name: str
    """What the content would be called: without the ``.gz`` that it was unpacked from."""
    data: bytes
    text: str | None
    """``None`` where it is no text."""
    note: str = ""
    """What was done to it: ``unpacked``, ``laid out``."""


def contents(name: str, head: bytes, *, whole: bool, most: int) -> Contents:
    """What to show of a file's first bytes: gzip is unpacked, at most ``most`` bytes of it, JSON in one line laid out.

    ``whole`` says whether ``head`` is all of the file.
    """
    notes = []
    if head.startswith(_GZIP) and (unpacked := _unpacked(head, most)):
        head, name, whole = unpacked, name.removesuffix(".gz"), len(unpacked) < most and whole
        notes.append("unpacked")
    text = text_of(head, whole=whole)
    if text is not None and whole and name.endswith(".json") and (laid := _laid_out(text)):
        text = laid
        notes.append("laid out")
    return Contents(name, head, text, ", ".join(notes))


def text_of(data: bytes, *, whole: bool = True) -> str | None:
    """The bytes as text, unless they are none. Where they are not ``whole``, a character cut at the end is left out."""
    if b"\0" in data:
        return None
    for cut in range(1 if whole else _LONGEST_CHARACTER):
        try:
            return data[: len(data) - cut].decode()
        except UnicodeDecodeError as error:
            if error.start < len(data) - _LONGEST_CHARACTER:
                return None
    return None


def hexadecimal(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Offset, bytes in hexadecimal and those that can be printed, sixteen a line."""
    for at in range(0, len(data), _ROW):
        row = data[at : at + _ROW]
        shown = "".join(chr(byte) if byte in _PRINTABLE else "." for byte in row)
        yield f"{at:08x}", row.hex(" ").ljust(3 * _ROW - 1), shown


def _unpacked(head: bytes, most: int) -> bytes:
    """As much as the beginning of a gzip file unfolds into, bounded; empty where it is damaged."""
    try:
        return zlib.decompressobj(_GZIP_WINDOW).decompress(head, most)
    except zlib.error:
        return b""


def _laid_out(text: str) -> str:
    """JSON in lines that can be read; empty where it is that already, or none."""
    if max(map(len, text.split("\n"))) <= _LONG_LINE:
        return ""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""
