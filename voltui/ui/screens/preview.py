"""A file, a piece at a time: text in colours, anything else in hexadecimal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from voltui.format import size
from voltui.jobs.look import HEAD
from voltui.model.contents import Contents, contents, hexadecimal
from voltui.model.files import FileNode
from voltui.model.pieces import Piece, aligned, last_start, piece_of
from voltui.ui.highlighting import coloured
from voltui.ui.opening import Opening
from voltui.ui.screens.reader import ReaderScreen
from voltui.ui.spans import Line, Span, line

_DOWN, _UP = ("down", "page_down", "half_down"), ("up", "page_up", "half_up")


class PreviewScreen(ReaderScreen):
    """The piece of a file that is read; moving beyond it reads the next one, or the one before."""

    def __init__(self, node: FileNode, opening: Opening, root: str = "") -> None:
        super().__init__(node.shown_path, f"{root}{node.shown_path}", {"hexadecimal": ""})
        self._node = node
        self._opening = opening
        self._piece = Piece(0, 0, node.size)
        self._start, self._within_a_line = 0, False
        """Where the piece is to begin that is read next, and whether that may be within a line."""
        self._mark = b""
        """What the file begins with where that tells how its characters are written."""
        self._hexadecimal = False

    async def read(self) -> tuple[Sequence[Line], str]:
        """The lines of the piece that is wanted, made in a thread."""
        data = await (await self._opening.opened()).content(self._node, HEAD, self._start)
        return await asyncio.to_thread(self._lines_of, data)

    def _lines_of(self, data: bytes) -> tuple[Sequence[Line], str]:
        by_lines = not self._hexadecimal and not self._mark
        piece, data = piece_of(
            data, self._start, self._node.size, asked=HEAD, lines=by_lines, within_a_line=self._within_a_line
        )
        if self._hexadecimal:
            self._piece = piece
            return hexadecimal_lines(data, piece.start), _note(piece, "")
        name = self._node.name.decode("utf-8", "replace")
        found = contents(name, self._mark + data, whole=piece.whole, most=HEAD)
        if not piece.start:
            self._mark = found.mark
        if found.packed:
            # What was unpacked is no piece of the file: there is no next one.
            self._piece = Piece(0, piece.total, piece.total)
            return preview_lines(found), f"{found.note}, the beginning" if found.more else found.note
        self._piece = piece
        return preview_lines(found, piece.start), _note(piece, found.note)

    # Moving from piece to piece.

    @property
    def doing(self) -> dict[str, Callable[[], object]]:
        """Moving goes on in the next piece."""
        own = super().doing
        beyond: Mapping[str, Callable[[], object]] = {
            "top": self._top,
            "bottom": self._bottom,
            "hexadecimal": self._switch,
            **{name: partial(self._down, own[name]) for name in _DOWN},
            **{name: partial(self._up, own[name]) for name in _UP},
        }
        return {**own, **beyond}

    @property
    def nowhere(self) -> str:
        """What is said where no line has the words that are looked for."""
        return super().nowhere if self._piece.whole else "No line of this piece of the file has these words."

    def _top(self) -> None:
        if self._piece.start:
            self._go(0, self.to_begin)
        else:
            self.to_begin()

    def _bottom(self) -> None:
        if self._piece.last:
            self.to_end()
        else:
            self._go(last_start(self._piece.total, HEAD), self.to_end, within_a_line=True)

    def _down(self, move: Callable[[], object]) -> None:
        if self.at_end and not self._piece.last:
            self._go(self._piece.end, self.to_begin)
        else:
            move()

    def _up(self, move: Callable[[], object]) -> None:
        if self.at_begin and self._piece.start:
            self._go(aligned(self._piece.start - HEAD), self.to_end, within_a_line=True)
        else:
            move()

    def _switch(self) -> None:
        """Between text and hexadecimal, in the same piece."""
        self._hexadecimal = not self._hexadecimal
        self._go(aligned(self._piece.start), self.to_begin, within_a_line=True)

    def _go(self, start: int, place: Callable[[], object], *, within_a_line: bool = False) -> None:
        if not self.busy:
            self._start, self._within_a_line = start, within_a_line and start > 0
            self.read_again(place)


def _note(piece: Piece, note: str) -> str:
    """Which piece it is, and what is to be said of it."""
    if piece.whole:
        return note
    if not piece.start:
        read = f"the first {size(piece.count)} of {size(piece.total)}"
    elif piece.last:
        read = f"the last {size(piece.count)} of {size(piece.total)}"
    else:
        read = f"{size(piece.start)} to {size(piece.end)} of {size(piece.total)}"
    return ", ".join(filter(None, (read, note)))


def preview_lines(found: Contents, start: int = 0) -> list[Line]:
    """What to show of a piece of a file, which begins at ``start``; safe for a terminal."""
    if not found.data:
        return [line(Span("It is empty.", "dim"))]
    if found.text is not None:
        return coloured(found.text, found.name)
    return hexadecimal_lines(found.data, start)


def hexadecimal_lines(data: bytes, start: int) -> list[Line]:
    """The bytes in rows, with their places in the file."""
    rows = hexadecimal(data, start)
    return [line(Span(f"{offset}  ", "dim"), f"{codes}  ", Span(shown, "good")) for offset, codes, shown in rows]
