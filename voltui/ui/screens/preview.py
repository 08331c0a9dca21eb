"""The beginning of a file: text as text, anything else in hexadecimal."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen

from voltui.format import size
from voltui.model.files import FileNode
from voltui.model.safe import safe
from voltui.ui.spans import Line, Span, line
from voltui.ui.widgets.text import TextView

if TYPE_CHECKING:
    from voltui.ui.app import VoltuiApp

_ROW = 16
_LONGEST_CHARACTER = 4
"""Bytes of UTF-8 that the end of a piece may have cut."""
_PRINTABLE = frozenset(string.printable.encode()) - frozenset(string.whitespace.encode()) | {0x20}


class PreviewScreen(ModalScreen[None]):
    """A file, as far as it was read."""

    BINDINGS = [Binding("escape,q,h,left", "dismiss", show=False)]  # noqa: RUF012 - Textual's own form

    app: VoltuiApp

    def __init__(self, node: FileNode, head: bytes) -> None:
        super().__init__()
        self._shown_name = node.shown_name
        self._lines = preview_lines(head)
        self._hint = f"the first {size(len(head))} of {size(node.size)}, Esc" if len(head) < node.size else "Esc closes"

    def compose(self) -> ComposeResult:
        """The text, scrolled with the keys that move everywhere."""
        yield TextView(self._lines, title=self._shown_name, hint=self._hint, id="help")


def preview_lines(head: bytes) -> list[Line]:
    """What to show of a file's first bytes; safe for a terminal."""
    if not head:
        return [line(Span(" It is empty.", "dim"))]
    text = _text(head)
    if text is not None:
        return [line(f" {safe(one.expandtabs())}") for one in text.removesuffix("\n").split("\n")]
    return [_hexadecimal(at, head[at : at + _ROW]) for at in range(0, len(head), _ROW)]


def _text(head: bytes) -> str | None:
    """The bytes as text, unless they are none: a character that is cut at the end is left out."""
    if b"\0" in head:
        return None
    for cut in range(_LONGEST_CHARACTER):
        try:
            return head[: len(head) - cut].decode().replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            if error.start < len(head) - _LONGEST_CHARACTER:
                return None
    return None


def _hexadecimal(at: int, row: bytes) -> Line:
    """``00000010  7f 45 …  .E..``."""
    shown = "".join(chr(byte) if byte in _PRINTABLE else "." for byte in row)
    return line(Span(f" {at:08x}  ", "dim"), row.hex(" ").ljust(3 * _ROW + 1), shown)
