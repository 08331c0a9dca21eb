"""What is known of what is under the cursor: a few lines beside the list, or all of it alone."""

from __future__ import annotations

from collections.abc import Callable

from voltui.model.text import plural
from voltui.ui import frame
from voltui.ui.spans import Line, Span, folded, line
from voltui.ui.views.base import LABEL_WIDTH
from voltui.ui.widgets.lines import Lines


class Detail(Lines):
    """Lines below a title. Where they are too many, it says how many are left."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.top = 0
        """The first line that is shown where it stands alone."""

    def tell(
        self,
        name: str,
        position: str,
        made: Callable[[int], list[Line]],
        *,
        alone: bool,
        more: str,
        summary: str = "",
    ) -> None:
        """Show what ``made`` makes for a width, under a name; nothing without one.

        ``alone``, long lines are folded. ``more`` is the key that shows what there was no room for. ``summary`` is of
        all rows; it stands in the title where there is room.
        """
        if not name:
            self.show([])
            return
        width, height = self.size.width, self.size.height
        lines = made(width)
        if alone:
            folds = [piece for one in lines for piece in folded(one, width, LABEL_WIDTH + 1)]
            lines = self._scrolled(folds, height - 1, more)
        elif 1 < height <= len(lines):
            left = len(lines) - height + 2
            lines = [*lines[:-left], line(Span(f"   {plural(left, 'more line')}: {more}", "dim"))]
        self.show([frame.detail_title(name, position, width, summary), *lines])

    def _scrolled(self, lines: list[Line], height: int, more: str) -> list[Line]:
        """The lines that are to be seen, and a word where there are more."""
        self.top = max(0, min(self.top, len(lines) - height))
        below = len(lines) - self.top - height
        shown = lines[self.top : self.top + height]
        if below > 0 and shown:
            shown[-1] = line(Span(f"   {below + 1} more lines: {more}", "dim"))
        return shown
