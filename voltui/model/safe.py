"""Text from engines, files and archives made harmless for a terminal.

Names and labels are other people's bytes: escape sequences in them would move the cursor, set the title
or fake a line; bidirectional controls would reorder one. Textual passes them through (measured), so
everything foreign is shown through `safe` only.
"""

from __future__ import annotations

import unicodedata

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SURROGATE_BYTES = range(0xDC80, 0xDD00)
"""What Python's ``surrogateescape`` makes of bytes that are not UTF-8."""


def safe(text: str) -> str:
    """``text`` with every control, format and unassigned character written out, as ``\\x1b`` or ``\\u202e``.

    Bytes that were not UTF-8 (surrogate escapes) are written as ``\\xNN``. Printable text is returned unchanged.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _written_out(char) for char in text)


def _written_out(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if unicodedata.category(char) == "Zs":
        return " "
    code = ord(char)
    if code in _SURROGATE_BYTES:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def safe_path(path: bytes) -> str:
    """A file name from an archive or a listing, ready for a terminal."""
    return safe(path.decode("utf-8", "surrogateescape"))
