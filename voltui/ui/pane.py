"""What a pane remembers: its sort, its filter, its marks, its cursor; and which rows that makes."""

from __future__ import annotations

from voltui.ui.state import State
from voltui.ui.views.base import Sort, View


class Pane:
    """The state of one pane of the screen."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.filter = ""
        self.marked: frozenset[str] = frozenset()
        self.cursor_key = ""
        self._sort = 0

    @property
    def sort(self) -> Sort:
        """The order of the rows."""
        return self.view.sorts[self._sort]

    def sort_by_next(self) -> None:
        """Sort by what comes next."""
        self._sort = (self._sort + 1) % len(self.view.sorts)

    def sort_by(self, label: str) -> None:
        """Sort by what has this label."""
        self._sort = [sort.label for sort in self.view.sorts].index(label)

    def visible(self, state: State) -> list[str]:
        """The keys of the rows that the filter leaves, in order. Every word of the filter must be found."""
        keys = list(self.view.keys(state))
        needles = self.filter.lower().split()
        if needles:
            keys = [key for key in keys if _has_all(self.view.words(state, key).lower(), needles)]
        sort = self.sort
        keys.sort(key=lambda key: sort.key(state, key), reverse=sort.reverse)
        return keys

    def prune(self, keys: list[str]) -> None:
        """Forget marks on what is gone."""
        if self.marked:
            self.marked = self.marked.intersection(keys)

    def toggle(self, key: str) -> None:
        """Mark a row, or take its mark away."""
        self.marked = self.marked ^ {key}

    def invert(self, keys: list[str]) -> None:
        """Mark what is not marked among the visible rows, and the other way round."""
        self.marked = self.marked ^ frozenset(keys)

    def chosen(self, state: State, cursor_key: str) -> list[str]:
        """What an action is for: the marked rows that can be seen, else the one under the cursor."""
        seen = sorted(self.marked.intersection(self.visible(state))) if self.marked else []
        return seen or ([cursor_key] if cursor_key else [])


def _has_all(text: str, needles: list[str]) -> bool:
    return all(needle in text for needle in needles)
