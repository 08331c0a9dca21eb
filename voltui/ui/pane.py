"""What a pane remembers: its sort, its filter, its marks, its cursor; and which rows that makes."""

from __future__ import annotations

import time

from voltui.model.filter import Facts, parse
from voltui.ui.state import State
from voltui.ui.views.base import Sort, View

_MINUTE = 60
_SLICE = 200
"""Rows whose facts are made between two looks at the clock."""


class Pane:
    """The state of one pane of the screen."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.filter = ""
        self.marked: frozenset[str] = frozenset()
        self.cursor_key = ""
        self._sort = 0
        self.near = False
        """Whether nothing met the filter, and what is shown only comes near."""
        self._facts: dict[str, Facts] = {}
        self._facts_of: tuple[object, ...] = ()
        self._ordered: list[str] = []
        self._ordered_of: tuple[object, ...] = ()

    @property
    def sort(self) -> Sort:
        """The order of the rows."""
        return self.view.sorts[self._sort]

    def sort_by_next(self) -> None:
        """Sort by what comes next."""
        self._sort = (self._sort + 1) % len(self.view.sorts)

    def sort_by(self, label: str) -> None:
        """Sort by what has this label, if there is such."""
        labels = [sort.label for sort in self.view.sorts]
        if label in labels:
            self._sort = labels.index(label)

    @property
    def fault(self) -> str:
        """What is wrong with the filter, in a sentence; empty where it is right."""
        return parse(self.filter, self.view.asks).fault

    def visible(self, state: State) -> list[str]:
        """The keys of the rows that the filter leaves, in order."""
        keys = self._in_order(state)
        self.near = False
        if not self.filter.strip():
            return list(keys)
        self.prepare(state)
        selection = parse(self.filter, self.view.asks).select(keys, self._facts)
        self.near = selection.near and bool(selection.keys)
        return selection.keys

    def prepare(self, state: State, seconds: float | None = None) -> bool:
        """Make what the filter looks at, for so many seconds or to the end; whether all is made.

        It is made once for the same data and minute, since ages are told in these: it takes 0.15 s for 10,000 volumes
        (measured), and a running job has the screen looked at four times a second.
        """
        made_from = (*self._data(state), time.time() // _MINUTE)
        if not _same(made_from, self._facts_of):
            self._facts_of, self._facts = made_from, {}
        keys = self.view.keys(state)
        began = time.monotonic()
        while (done := len(self._facts)) < len(keys):
            for key in keys[done : done + _SLICE]:
                self._facts[key] = self.view.facts(state, key)
            if seconds is not None and time.monotonic() - began > seconds:
                break
        return len(self._facts) == len(keys)

    def _in_order(self, state: State) -> list[str]:
        """All keys in the order of the sort, made once for the same data."""
        made_from = (*self._data(state), self._sort)
        if not _same(made_from, self._ordered_of):
            sort = self.sort
            self._ordered = sorted(self.view.keys(state), key=lambda key: sort.key(state, key), reverse=sort.reverse)
            self._ordered_of = made_from
        return self._ordered

    def _data(self, state: State) -> tuple[object, ...]:
        return (*(getattr(state, name) for name in self.view.made_from), self.view.variant)

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


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether nothing was learnt: the state's fields are replaced, never changed. Numbers are compared."""
    same = (a is b or (isinstance(a, int | float) and a == b) for a, b in zip(one, other, strict=False))
    return len(one) == len(other) and all(same)
