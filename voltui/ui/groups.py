"""A list by projects: a heading for each, its rows below while it is open."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from voltui.ui.state import State
from voltui.ui.views.base import Sort
from voltui.ui.views.grouped import GroupedView, Heading

_SIGN = "\0"
"""Begins the key of a heading; no engine has such a name."""


class Arranged(Struct, frozen=True):
    """A list with its headings."""

    keys: list[str]
    headings: dict[str, Heading]


class Folds:
    """Which projects are open. At first none is; of a list that is filtered all are, to show what was found."""

    def __init__(self) -> None:
        self._opened: frozenset[str] = frozenset()
        self._closed: frozenset[str] = frozenset()
        self.version = 0
        """Another number when anything was opened or closed."""

    def arrange(self, view: GroupedView, state: State, rows: Sequence[str], sort: Sort, *, filtered: bool) -> Arranged:
        """The rows, which are in order, below headings; what is of no project comes last."""
        if not filtered:
            self._closed = frozenset()
        of: dict[str, list[str]] = {}
        for row in rows:
            of.setdefault(view.project(state, row), []).append(row)
        keys: list[str] = []
        headings = {}
        for project in _in_order(state, of, sort):
            key = key_of(project)
            heading = Heading(project, tuple(of[project]), self._is_open(key, filtered=filtered))
            headings[key] = heading
            keys += (key, *heading.rows) if heading.open else (key,)
        return Arranged(keys, headings)

    def fold(self, key: str, *, open_: bool) -> None:
        """Open a heading, or close it."""
        self.version += 1
        self._opened = self._opened | {key} if open_ else self._opened - {key}
        self._closed = self._closed - {key} if open_ else self._closed | {key}

    def _is_open(self, key: str, *, filtered: bool) -> bool:
        return key not in self._closed if filtered else key in self._opened


def key_of(project: str) -> str:
    """The key of a project's heading."""
    return f"{_SIGN}{project}"


def is_heading(key: str) -> bool:
    """Whether a key is a heading's."""
    return key.startswith(_SIGN)


def _in_order(state: State, of: dict[str, list[str]], sort: Sort) -> list[str]:
    named = sorted(filter(None, of))
    if sort.together is not None:
        weights = {project: sort.together(sort.key(state, row) for row in of[project]) for project in named}
        named.sort(key=weights.__getitem__, reverse=sort.reverse)
    return [*named, ""] if "" in of else named
