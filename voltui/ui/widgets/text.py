"""A longer text in lines, to scroll through."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from voltui.ui.frame import detail_title
from voltui.ui.glyphs import glyphs
from voltui.ui.spans import EMPTY, Line, Span, plain
from voltui.ui.widgets.strips import strip_of


class TextView(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines below a title that stays."""

    def __init__(self, made: Callable[[int], Sequence[Line]], *, title: str, hint: str, id: str) -> None:  # noqa: A002
        """``made`` makes the lines for a width."""
        super().__init__(id=id)
        self._made = made
        self._lines: Sequence[Line] = ()
        self._width = 0
        self._title = title
        self._hint = hint
        self._words = ""
        self._found = -1
        """The line that was found."""

    def on_mount(self) -> None:
        """Take the keys."""
        self.focus()

    def on_resize(self) -> None:
        """The title takes one line of the view."""
        if self.size.width != self._width:
            self._lines, self._found, self._width = self._made(self.size.width), -1, self.size.width
        self.virtual_size = Size(self.size.width, len(self._lines) + 1)
        self.refresh()

    def look_for(self, words: str) -> int:
        """Go to the first line that has the words, in small letters; how many there are."""
        self._words, self._found = words, -1
        count = sum(map(self._has_words, self._lines)) if words else 0
        self.find(1)
        return count

    def find(self, step: int) -> None:
        """Go to the next line that has the words, or with -1 to the one before."""
        count = len(self._lines)
        begin = self._found + step if self._found >= 0 else self.scroll_offset.y
        places = [(begin + step * by) % count for by in range(count)] if self._words else []
        self._found = next((place for place in places if self._has_words(self._lines[place])), -1)
        if self._found >= 0 and not 0 <= self._found - self.scroll_offset.y < self.page:
            self.go_to(self._found)
        self.refresh()

    def _has_words(self, one: Line) -> bool:
        return self._words in plain(one).lower()

    @property
    def page(self) -> int:
        """How many lines are visible; one stays in view."""
        return max(self.size.height - 2, 1)

    def move(self, by: int) -> None:
        """Scroll by lines."""
        self.go_to(self.scroll_offset.y + by)

    def go_to(self, position: int) -> None:
        """Scroll to a line."""
        self.scroll_to(y=position, animate=False, immediate=True)

    def go_to_end(self) -> None:
        """Scroll to the last line."""
        self.go_to(len(self._lines))

    def render_line(self, y: int) -> Strip:
        """One line, for Textual."""
        width = self.size.width
        if y == 0:
            return strip_of(detail_title(self._title, self._hint, width), width)
        number = y - 1 + self.scroll_offset.y
        one = self._lines[number] if number < len(self._lines) else EMPTY
        if number == self._found:  # every line begins with a blank
            one = (Span(glyphs().cursor, "mark"), Span(one[0].text[1:], one[0].style), *one[1:])
        return strip_of(one, width)
