"""A longer text in lines, to scroll through."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from voltui.ui.frame import detail_title
from voltui.ui.spans import EMPTY, Line
from voltui.ui.widgets.strips import strip_of


class TextView(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines below a title that stays."""

    def __init__(self, lines: Sequence[Line], *, title: str, hint: str, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines = lines
        self._title = title
        self._hint = hint

    def on_mount(self) -> None:
        """Take the keys."""
        self.focus()

    def on_resize(self) -> None:
        """The title takes one line of the view."""
        self.virtual_size = Size(self.size.width, len(self._lines) + 1)

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
        return strip_of(self._lines[number] if number < len(self._lines) else EMPTY, width)
