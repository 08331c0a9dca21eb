"""A few lines of styled text that change often and repaint little."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from voltui.ui.spans import EMPTY, Line, difference
from voltui.ui.widgets.strips import strip_of


class Lines(Widget):
    """Shows lines, cut to its width. Setting equal lines writes nothing: Textual's own ``update`` would (measured)."""

    class Resized(Message):
        """There is another width to make the lines for."""

        def __init__(self, lines: Lines) -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> Lines:
            """Whose width, for Textual's selectors."""
            return self.lines

    def __init__(self, *, id: str, lines: Sequence[Line] = ()) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._lines = tuple(lines)

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines; only the cells that differ are painted."""
        old, self._lines = self._lines, tuple(lines)
        for y in range(max(len(old), len(self._lines))):
            before = old[y] if y < len(old) else EMPTY
            if before != (now := self._line(y)):
                first, count = difference(before, now, self.size.width)
                if count:
                    self.refresh(Region(first, y, count, 1))

    def on_resize(self) -> None:
        """Tell whoever makes the lines."""
        self.post_message(self.Resized(self))

    def render_line(self, y: int) -> Strip:
        """One line, for Textual."""
        return strip_of(self._line(y), self.size.width)

    def _line(self, y: int) -> Line:
        return self._lines[y] if y < len(self._lines) else EMPTY
