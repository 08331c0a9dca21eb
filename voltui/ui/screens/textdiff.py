"""What differs between the contents of one path, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from voltui.jobs.compare import Comparing
from voltui.model.differences import Difference
from voltui.model.safe import safe, safe_path
from voltui.model.textdiff import DiffLine
from voltui.ui.screens.reader import ReaderScreen
from voltui.ui.spans import Line, Span, line

_STYLES = {"+": "good", "-": "bad", "@": "accent", "\\": "dim"}


class TextDiffScreen(ReaderScreen):
    """A unified diff: ``-`` is before, ``+`` after, what is the same further away is left out."""

    def __init__(self, one: Difference, comparing: Comparing, root: str, *, swapped: bool) -> None:
        super().__init__(f"/{safe_path(one.path)}", f"{root}/{safe_path(one.path)}")
        self._one = one
        self._comparing = comparing
        self._swapped = swapped

    async def read(self) -> tuple[Sequence[Line], str]:
        """The diff, or the sentence in its place."""
        found = await self._comparing.text(self._one, swapped=self._swapped)
        if found.sentence:
            return [line(found.sentence)], ""
        counted = Counter(one.sign for one in found.lines)
        return diff_lines(found.lines), f"{counted['+']:,} + {counted['-']:,} -"


def diff_lines(found: Sequence[DiffLine]) -> list[Line]:
    """The lines of a unified diff with their signs, safe for a terminal."""
    return [line(Span(safe(one.printed.expandtabs()), _STYLES.get(one.sign, ""))) for one in found]
