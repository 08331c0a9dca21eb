"""The list: rows by key, drawn a line at a time, so that ten thousand cost no more than ten.

Textual's DataTable measures every cell (1.3 s for 10,000 rows) and repaints 960 bytes a cursor key; here only the
visible rows are made at all, and only those that changed are painted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set

from msgspec import Struct, field
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from voltui.ui.glyphs import glyphs
from voltui.ui.spans import EMPTY, Line, Span, difference, fit, line, width_of
from voltui.ui.views.base import Column
from voltui.ui.widgets.strips import strip_of

_GUTTER = 3
"""Cells before the first column: mark, cursor, space."""
_LEAST_SHARE = 14
"""Cells that a name needs to be told from others."""
_GAP = 2
"""Cells between columns."""


class Rows(Struct, frozen=True):
    """What the table shows."""

    columns: tuple[Column, ...] = ()
    keys: Sequence[str] = ()
    cells: Callable[[str], tuple[Line, ...]] = field(default=lambda key: ())
    """The cells of a row, made when it is drawn."""
    marked: Set[str] = frozenset()
    message: tuple[Line, ...] = ()
    """What stands in place of rows where there are none."""


class Table(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows with a cursor. The first line is the header; the cursor stays on its key when rows come and go."""

    class Moved(Message):
        """The cursor stands on another row."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._rows = Rows()
        self._positions: dict[str, int] = {}
        self._cursor = 0
        self._widths: tuple[int, ...] = ()
        """Of each column; 0 for one that is left out."""
        self._drawn: dict[int, tuple[str, Line]] = {}
        """What was last drawn on each line of the screen: its key and spans."""

    @property
    def cursor_key(self) -> str:
        """The key of the row under the cursor, or empty."""
        return self._rows.keys[self._cursor] if self._rows.keys else ""

    @property
    def position(self) -> str:
        """``3/12``: where the cursor is."""
        return f"{self._cursor + 1:,}/{len(self._rows.keys):,}" if self._rows.keys else "0/0"

    def show(self, rows: Rows, cursor_key: str | None = None) -> None:
        """Show other rows, the cursor on ``cursor_key`` or where it was; paints only what differs."""
        wanted = self.cursor_key if cursor_key is None else cursor_key
        same_frame = rows.columns == self._rows.columns and rows.message == self._rows.message
        if rows.keys is not self._rows.keys:
            self._positions = {key: position for position, key in enumerate(rows.keys)}
        self._rows = rows
        last = max(len(rows.keys) - 1, 0)
        self._cursor = self._positions.get(wanted, 0 if cursor_key is not None else min(self._cursor, last))
        self.virtual_size = Size(self.size.width, len(rows.keys) + 1)
        self._measure()
        self._keep_cursor_in_view()
        if same_frame:
            self._paint_differences()
        else:
            self.refresh()

    def move(self, by: int) -> None:
        """Move the cursor by so many rows; it stops at the ends."""
        self.go_to(self._cursor + by)

    def go_to(self, position: int) -> None:
        """Put the cursor on a row; beyond the ends is at the ends."""
        target = max(0, min(position, len(self._rows.keys) - 1))
        if target == self._cursor or not self._rows.keys:
            return
        before, self._cursor = self._cursor, target
        if not self._keep_cursor_in_view():
            for position_ in (before, target):
                self._paint_row(position_)
        self.post_message(self.Moved())

    def go_to_end(self) -> None:
        """Put the cursor on the last row."""
        self.go_to(len(self._rows.keys) - 1)

    @property
    def page(self) -> int:
        """How many rows are visible."""
        return max(self.size.height - 1, 1)

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self.virtual_size = Size(self.size.width, len(self._rows.keys) + 1)
        self._measure()
        self._keep_cursor_in_view()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line, for Textual: the header, a row, or a line of the message."""
        width = self.size.width
        if y == 0:
            return strip_of(self._header(), width)
        key, spans = self._line_at(y)
        self._drawn[y] = (key, spans)
        return strip_of(spans, width)

    def _header(self) -> Line:
        if not self._rows.keys and self._rows.message:
            return EMPTY
        cells = tuple((Span(column.label, "head"),) for column in self._rows.columns)
        return (Span(" " * _GUTTER), *self._joined(cells))

    def _line_at(self, y: int) -> tuple[str, Line]:
        """The key and spans that belong on a line of the screen."""
        position = y - 1 + self.scroll_offset.y
        if position < len(self._rows.keys):
            key = self._rows.keys[position]
            return key, self._row(key, cursor=position == self._cursor)
        if not self._rows.keys and y <= len(self._rows.message):
            return "", self._rows.message[y - 1]
        return "", EMPTY

    def _row(self, key: str, *, cursor: bool) -> Line:
        cells = self._rows.cells(key)
        if cursor and cells:
            cells = (_highlighted(cells[0], self._widths[0]), *cells[1:])
        point = Span(glyphs().cursor, "key") if cursor else Span(" ")
        mark = Span(glyphs().mark, "mark") if key in self._rows.marked else Span(" ")
        return (mark, point, Span(" "), *self._joined(cells))

    def _joined(self, cells: Sequence[Line]) -> Line:
        parts: list[Span] = []
        for column, width, cell in zip(self._rows.columns, self._widths, cells, strict=True):
            if not width:
                continue
            parts += fit(cell, width, right=column.right, middle=column.middle)
            parts.append(Span(" " * _GAP))
        return tuple(parts)

    def _measure(self) -> None:
        """Divide the width among the columns, and leave some out where that leaves too little for names."""
        everything = self._rows.columns
        columns = [column for column in everything if not column.left_out]
        for column in sorted((one for one in columns if one.spare), key=lambda one: -one.spare):
            if self._share(columns) >= max(_LEAST_SHARE, *(one.least for one in columns)):
                break
            columns.remove(column)
        widths = iter(self._divided(columns))
        self._widths = tuple(next(widths) if column in columns else 0 for column in everything)

    def _share(self, columns: Sequence[Column]) -> int:
        """The cells that the narrowest of the flexible columns would get."""
        shares = sum(column.share for column in columns)
        fixed = sum(column.width for column in columns) + _GAP * len(columns) + _GUTTER
        least = min((column.share for column in columns if column.share), default=0)
        return (self.size.width - fixed) * least // shares if shares else _LEAST_SHARE

    def _divided(self, columns: Sequence[Column]) -> list[int]:
        fixed = sum(column.width for column in columns) + _GAP * len(columns) + _GUTTER
        shares = sum(column.share for column in columns)
        room = max(self.size.width - fixed, shares)
        widths = [column.width or room * column.share // shares for column in columns]
        spare = self.size.width - _GUTTER - _GAP * len(columns) - sum(widths)
        if spare > 0 and shares:
            first = next(number for number, column in enumerate(columns) if column.share)
            widths[first] += spare
        return widths

    def _keep_cursor_in_view(self) -> bool:
        """Scroll as far as needed, by no more; whether it scrolled."""
        top = self.scroll_offset.y
        if self._cursor < top:
            target = self._cursor
        elif self._cursor >= top + self.page:
            target = self._cursor - self.page + 1
        else:
            target = min(top, max(len(self._rows.keys) - self.page, 0))
        if target == top:
            return False
        self.scroll_to(y=target, animate=False, immediate=True, force=True)
        return True

    def _paint_differences(self) -> None:
        """Paint the visible cells that are others than what was drawn last."""
        width = self.size.width
        for y in range(1, self.size.height):
            drawn, now = self._drawn.get(y), self._line_at(y)
            if drawn == now:
                continue
            first, count = difference(drawn[1], now[1], width) if drawn is not None else (0, width)
            if count:
                self.refresh(Region(first, y, count, 1))

    def _paint_row(self, position: int) -> None:
        """Paint the part of a row that the cursor changes: everything up to the end of the first column."""
        y = position - self.scroll_offset.y + 1
        if 0 < y < self.size.height and self._widths:
            self.refresh(Region(0, y, _GUTTER + self._widths[0], 1))


def _highlighted(cell: Line, width: int) -> Line:
    """The first cell of the cursor's row: reversed as far as its text goes."""
    text = fit(cell, width, middle=True) if width_of(cell) > width else cell
    if not text:
        return text
    first = text[0].text.lstrip(" ")
    indent = text[0].text.removesuffix(first)
    return line(Span(indent), Span(first, "cursor"), *(Span(span.text, "cursor") for span in text[1:]))
