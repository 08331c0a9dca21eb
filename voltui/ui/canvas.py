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
from typing import NamedTuple

from voltui.model.text import cell_width

Cell = tuple[str, str]
"""A character with what combines with it, and its style as parameters of SGR. A wide one's second half is empty."""
_UPDATE = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|(\n)|([^\x00-\x1f\x7f]+)")
"""All that Textual's updates are made of: moves, styles, ends of lines, text."""
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


class Span(NamedTuple):
    """A piece of an update: where it begins, from 0, and its cells."""

    row: int
    column: int
    cells: list[Cell]


class Canvas:
    """The cells of the terminal, `None` where they are not known."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Cell | None]] = {}
        self._cursor: tuple[int, int] | None = None

    def forget(self) -> None:
        """Nothing is known any more: something else has written there, or it has another size."""
        self._rows.clear()
        self._cursor = None

    def written(self, data: str, width: int, height: int) -> str:
        """What must be written for ``data`` on a terminal of that size, given all that was written before."""
        found = _spans(data)
        if found is None:
            if _OTHER_SCREEN.search(data) or not _HARMLESS.fullmatch(data):
                self.forget()
            return data
        spans, cursor = found
        within = (span for span in spans if span.row < height and span.column < width)
        pieces = [piece for span in within for piece in self._put(span, width)]
        if pieces or cursor != self._cursor:
            pieces.append(_move(*cursor))
        self._cursor = cursor
        return "".join(pieces)

    def _put(self, span: Span, width: int) -> Iterator[str]:
        """What of a span has to be written. What is made for a larger terminal, which it just was, is cut: it would
        land in the last line or column."""
        row, column = span.row, span.column
        cells = span.cells[: width - column]
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


def _spans(data: str) -> tuple[list[Span], tuple[int, int]] | None:
    """The pieces of an update, and where it leaves the cursor; `None` where it is anything else."""
    spans: list[Span] = []
    cells: list[Cell] | None = None
    cursor, style, at = None, "", 0
    for found in _UPDATE.finditer(data):
        if found.start() != at:
            return None
        at = found.end()
        row, column, parameters, new_line, text = found.groups()
        if row is not None:
            cursor, cells = (int(row) - 1, int(column) - 1), []
            spans.append(Span(*cursor, cells))
        elif parameters is not None:
            style = _style(parameters)
        elif new_line is not None:
            cells = None
        elif cells is None:
            return None
        else:
            _add(cells, text, style)
            cursor = None
    return (spans, cursor) if at == len(data) and cursor is not None else None


def _add(cells: list[Cell], text: str, style: str) -> None:
    if text.isascii():
        cells += [(char, style) for char in text]
        return
    for char in text:
        cells_taken = cell_width(char)
        if cells_taken or not cells:
            cells.append((char, style))
            cells += [("", style)] * (cells_taken - 1)
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
