"""What a pane remembers: its sort, its filter, its marks, its cursor; and which rows that makes."""

from __future__ import annotations

import time

from voltui.ui.state import State
from voltui.ui.views.base import Sort, View

_MINUTE = 60


class Pane:
    """The state of one pane of the screen."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.filter = ""
        self.marked: frozenset[str] = frozenset()
        self.cursor_key = ""
        self._sort = 0
        self._words: dict[str, str] = {}
        self._made_from: tuple[object, ...] = ()

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
            words = self._words_of(state, keys)
            keys = [key for key in keys if all(needle in words[key] for needle in needles)]
        sort = self.sort
        keys.sort(key=lambda key: sort.key(state, key), reverse=sort.reverse)
        return keys

    def _words_of(self, state: State, keys: list[str]) -> dict[str, str]:
        """What the filter looks through, by key: made once for the same rows and minute, since ages are told in these.

        Making it takes 0.1 s for 10,000 volumes (measured), and a running job has the screen looked at four times a
        second.
        """
        made_from = (*(getattr(state, name) for name in self.view.made_from), time.time() // _MINUTE)
        same = len(made_from) == len(self._made_from) and all(map(_same, made_from, self._made_from))
        if not same or not all(key in self._words for key in keys):
            self._made_from = made_from
            self._words = {key: self.view.words(state, key).lower() for key in keys}
        return self._words

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


def _same(one: object, other: object) -> bool:
    """Whether nothing was learnt: the state's fields are replaced, never changed. Numbers are compared."""
    return one is other or (isinstance(one, float) and one == other)
