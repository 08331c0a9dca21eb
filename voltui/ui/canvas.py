"""What the terminal shows, cell by cell: of an update only what differs has to be written.

Textual writes a region whole whenever something in it may have changed, and every line when a layout or a screen
changes: 12 KB to open a menu at 80x24 and 4.4 KB to open the line of the filter (measured). On a slow line each
kilobyte is waited for. By this it is 1.9 KB and 0.1 KB, as curses would have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from voltui.model.text import cell_width

Cell = tuple[str, str]
"""A character with what combines with it, and its style as parameters of SGR. A wide one's second half is empty."""
_MOVE = re.compile(r"\x1b\[(\d+);(\d+)H")
_PIECE = re.compile(r"\x1b\[([\d;]*)m|([^\x00-\x1f\x7f]+)")
"""All that Textual's updates are made of between moves and ends of lines: styles and text."""
_HARMLESS = re.compile(r"(?:\x1b\[[?>=<][\d;]*\$?[a-zA-Z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x07)+")
"""Modes, reports asked for, the clipboard, the bell: they change no cell."""
_OTHER_SCREEN = re.compile(r"\x1b\[\?(?:47|1047|1049)[hl]")
_NO_COLOURS = frozenset(("39", "49"))
"""The terminal's own colours, which it has anyway after each reset."""
_COLOUR_FIELDS = {"5": 1, "2": 3}
"""How many fields follow the kind of a colour: a number, or red, green and blue."""
_CHEAPER = 7
"""Unchanged cells that are written again rather than moved over: what a move costs."""
_BLANK: Cell = (" ", "")


class Canvas:
    """The cells of the terminal, `None` where they are not known."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Cell | None]] = {}
        self._last: dict[int, tuple[int, str]] = {}
        """What was written last to each line, and where it began: most of what is written again is just that."""
        self._cursor: tuple[int, int] | None = None

    def forget(self) -> None:
        """Nothing is known any more: something else has written there, or it has another size."""
        self._rows.clear()
        self._last.clear()
        self._cursor = None

    def written(self, data: str, width: int, height: int) -> str:
        """What must be written for ``data`` on a terminal of that size, given all that was written before."""
        before, *moves = _MOVE.split(data)
        if before or not moves or moves[-1]:  # an update ends with where the cursor is to rest
            return self._something_else(data)
        pieces: list[str] = []
        for at in range(0, len(moves) - 3, 3):
            row, column, text = int(moves[at]) - 1, int(moves[at + 1]) - 1, moves[at + 2].removesuffix("\n")
            if self._last.get(row) == (column, text):
                continue
            cells = _cells(text)
            if cells is None:
                return self._something_else(data)
            if row < height and column < width:
                pieces += self._put(row, column, cells, width)
                self._last[row] = (column, text)
        cursor = (int(moves[-3]) - 1, int(moves[-2]) - 1)
        if pieces or cursor != self._cursor:
            pieces.append(_move(*cursor))
        self._cursor = cursor
        return "".join(pieces)

    def _something_else(self, data: str) -> str:
        """What is no update is written as it is, and all is forgotten unless it changes no cell."""
        if _OTHER_SCREEN.search(data) or not _HARMLESS.fullmatch(data):
            self.forget()
        return data

    def _put(self, row: int, column: int, cells: list[Cell], width: int) -> Iterator[str]:
        """What of a piece has to be written. What is made for a larger terminal, which it just was, is cut: it would
        land in the last line or column."""
        cells = cells[: width - column]
        shown = self._rows.setdefault(row, [])
        end = column + len(cells)
        if len(shown) < end:
            shown += [None] * (end - len(shown))
        before = shown[column:end]
        if before == cells:
            return
        # Terminals do not agree how wide some characters are: a line with any is written as Textual would.
        whole = not _ascii(cells) or not _ascii(shown)
        shown[column:end] = cells
        _halve(shown, column, end)
        for first, last in ((0, len(cells)),) if whole else _differences(before, cells):
            yield _move(row, column + first)
            yield _painted(cells[first:last], to_the_end=column + last >= width)


def _halve(shown: list[Cell | None], first: int, end: int) -> None:
    """Forget the other half of wide characters that a piece has taken a half of: terminals blank it, or do not."""
    before, after = shown[first - 1 : first], shown[end : end + 1]
    if before and before[0] is not None and cell_width(before[0][0]) > 1:
        shown[first - 1] = None
    if after and after[0] is not None and not after[0][0]:
        shown[end] = None


def _cells(text: str) -> list[Cell] | None:
    """The cells of a piece of an update; `None` where it is anything else."""
    cells: list[Cell] = []
    style, at = "", 0
    for found in _PIECE.finditer(text):
        if found.start() != at:
            return None
        at = found.end()
        parameters, plain = found.groups()
        if parameters is not None:
            style = _style(parameters)
        elif plain.isascii():
            cells += [(char, style) for char in plain]
        else:
            _add(cells, plain, style)
    return cells if at == len(text) else None


def _add(cells: list[Cell], text: str, style: str) -> None:
    for char in text:
        taken = cell_width(char)
        if taken or not cells:
            cells.append((char, style))
            cells += [("", style)] * (taken - 1)
        else:
            cells[-1] = (cells[-1][0] + char, cells[-1][1])


@lru_cache(maxsize=1024)
def _style(parameters: str) -> str:
    """The parameters without those that say what is so anyway: equal looks are equal texts."""
    fields, kept = iter(parameters.split(";")), []
    for field in fields:
        if field in ("38", "48"):
            kind = next(fields, "")
            kept += [field, kind, *(next(fields, "") for _ in range(_COLOUR_FIELDS.get(kind, 0)))]
        elif field in ("", "0"):
            kept.clear()
        elif field not in _NO_COLOURS:
            kept.append(field)
    return ";".join(kept)


def _ascii(cells: list[Cell] | list[Cell | None]) -> bool:
    return all(cell is None or (cell[0] and cell[0].isascii()) for cell in cells)


def _differences(before: list[Cell | None], now: list[Cell]) -> Iterator[tuple[int, int]]:
    """The parts in which two lines differ; what lies between two of them and is short is of both."""
    others = [at for at, (one, other) in enumerate(zip(before, now, strict=True)) if one != other]
    first = last = others[0]
    for at in others[1:]:
        if at - last > _CHEAPER:
            yield first, last + 1
            first = at
        last = at
    yield first, last + 1


def _painted(cells: list[Cell], *, to_the_end: bool) -> str:
    """The cells as they are written; blanks ``to_the_end`` of a line are erased instead."""
    length = len(cells)
    if to_the_end:
        while length and cells[length - 1] == _BLANK:
            length -= 1
    pieces = []
    for style, group in groupby(cells[:length], key=lambda cell: cell[1]):
        text = "".join(char for char, _ in group)
        pieces.append(f"\x1b[{style}m{text}\x1b[0m" if style else text)
    if length < len(cells):
        pieces.append("\x1b[K")
    return "".join(pieces)


def _move(row: int, column: int) -> str:
    return f"\x1b[{row + 1};{column + 1}H"
