"""A text of any length, folded to the width, to scroll through and to find words in."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from voltui.ui.glyphs import glyphs
from voltui.ui.spans import EMPTY, Line, Span, folded, line, plain
from voltui.ui.widgets.strips import strip_of

_GUTTER = 2
"""Cells before the text: where the line stands that was found."""
_INDENT = 4
"""Cells before the further lines of one that is folded."""


class Reading(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines without a cursor. Its screen has the keys."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()
        self._rows: list[tuple[int, Line]] = []
        """What is drawn, each with the number of the line that it is of."""
        self._first_rows: list[int] = []
        """The row that each line begins on."""
        self._found = -1
        """The line that was found."""

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines, from where the others were scrolled to."""
        self._lines, self._found = lines, -1
        self._fold()

    def on_resize(self) -> None:
        """The lines are folded to a width."""
        self._fold()

    def _fold(self) -> None:
        self._rows, self._first_rows = [], []
        width = max(self.size.width - _GUTTER, _INDENT * 2)
        for number, one in enumerate(self._lines):
            self._first_rows.append(len(self._rows))
            self._rows += [(number, row) for row in folded(one, width, _INDENT)]
        self.virtual_size = Size(self.size.width, len(self._rows))
        self.refresh()

    @property
    def page(self) -> int:
        """How many rows are visible."""
        return max(self.size.height, 1)

    @property
    def at_end(self) -> bool:
        """Whether the last row is visible."""
        return self.scroll_offset.y + self.page >= len(self._rows)

    @property
    def position(self) -> str:
        """``24/120``: the last row that is visible."""
        return f"{min(self.scroll_offset.y + self.page, len(self._rows)):,}/{len(self._rows):,}"

    def move(self, by: int) -> None:
        """Scroll by rows."""
        self.go_to(self.scroll_offset.y + by)

    def go_to(self, position: int) -> None:
        """Scroll so that a row stands on top, as far as there are rows."""
        self.scroll_to(y=position, animate=False, immediate=True)

    def go_to_end(self) -> None:
        """Scroll to the last row."""
        self.go_to(len(self._rows))

    def count(self, words: str) -> int:
        """How many lines have the words."""
        return sum(words in plain(one).lower() for one in self._lines) if words else 0

    def find(self, words: str, step: int) -> bool:
        """Go to the next line that has the words, or with -1 to the one before; whether there is one.

        The first time it begins at what is visible.
        """
        count = len(self._lines)
        if not count:
            return False
        visible = self._rows[min(self.scroll_offset.y, len(self._rows) - 1)][0]
        begin = self._found + step if self._found >= 0 else visible
        for number in ((begin + step * by) % count for by in range(count)):
            if words in plain(self._lines[number]).lower():
                self._found = number
                self._bring_into_view(self._first_rows[number])
                self.refresh()
                return True
        return False

    def forget(self) -> None:
        """Nothing is looked for any more."""
        self._found = -1
        self.refresh()

    def _bring_into_view(self, row: int) -> None:
        top = self.scroll_offset.y
        if not top <= row < top + self.page:
            self.go_to(max(row - self.page // 3, 0))

    def render_line(self, y: int) -> Strip:
        """One row, for Textual."""
        at = y + self.scroll_offset.y
        if at >= len(self._rows):
            return strip_of(EMPTY, self.size.width)
        number, row = self._rows[at]
        sign = Span(f"{glyphs().cursor} ", "mark") if number == self._found else Span("  ")
        return strip_of(line(sign, *row), self.size.width)
