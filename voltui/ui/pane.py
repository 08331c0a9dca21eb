"""What a pane remembers: its sort, its filter, its marks, its projects, its cursor; and which rows that makes."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from voltui.model.filter import Selection, half_typed, parse, without_last_word
from voltui.ui.glyphs import glyphs
from voltui.ui.groups import Arranged, Folds, is_heading, key_of
from voltui.ui.orders import Order, Orders
from voltui.ui.rows import RowCache
from voltui.ui.spans import Line, Span, line
from voltui.ui.state import State, same
from voltui.ui.views.base import Sort, View
from voltui.ui.views.grouped import GroupedView, Heading

_MINUTE = 60
_INDENT = "  "
"""Before the rows of a project."""


class Pane:
    """The state of one pane of the screen."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.filter = ""
        self.typing = False
        """Whether the filter is being typed: its last word may become another then."""
        self.marked: frozenset[str] = frozenset()
        self.cursor_key = ""
        self.grouped = False
        """Whether its rows stand by projects."""
        self.orders = Orders([Order(sort.label, sort.reverse) for sort in view.sorts])
        self._sort = view.sorts[0]
        self.near = False
        """Whether nothing met the filter, and what is shown only comes near."""
        self._cache = RowCache(view)
        self._folds = Folds()
        self._ordered: list[str] = []
        self._ordered_of: tuple[object, ...] = ()
        self._matching: list[str] = []
        self._matching_of: tuple[object, ...] = ()
        self._arranged = Arranged([], {})
        self._arranged_of: tuple[object, ...] = ()
        self._heading_cells: dict[str, tuple[Line, ...]] = {}
        self._heading_cells_of: tuple[object, ...] = ()

    @property
    def sort(self) -> Sort:
        """The order of the rows; the same object until it is another."""
        now = self.orders.now
        if (self._sort.label, self._sort.reverse) != now:
            known = next(sort for sort in self.view.sorts if sort.label == now.label)
            self._sort = replace(known, reverse=now.falling)
        return self._sort

    @property
    def fault(self) -> str:
        """What is wrong with the filter, in a sentence; empty where it is right."""
        return parse(self.filter, self.view.asks).fault

    # Which rows there are.

    def matching(self, state: State, seconds: float | None = None) -> list[str]:
        """The keys of the rows that the filter leaves, in order.

        Where what it looks at can't be made in so many ``seconds``, those of the last time that are still there;
        `prepare` makes the rest.
        """
        keys = self._in_order(state)
        if not self.filter.strip():
            self.near = False
            return keys
        self.prepare(state, seconds)
        if not self._cache.whole:
            there = frozenset(keys)
            return [key for key in self._matching or keys if key in there]
        made_from = (keys, self._cache.version, time.time() // _MINUTE, self.filter, self.typing)
        if not same(made_from, self._matching_of):
            selection = self._select(keys)
            self._matching, self.near = selection.keys, selection.near and bool(selection.keys)
            self._matching_of = made_from
        return self._matching

    def _select(self, keys: Sequence[str]) -> Selection:
        """What the filter leaves of the keys; while its last word is half a term, what the words before it leave."""
        asks, facts = self.view.asks, self._cache.facts
        found = parse(self.filter, asks).select(keys, facts)
        if found.keys or not self.typing or not half_typed(self.filter, asks):
            return found
        return parse(without_last_word(self.filter), asks).select(keys, facts)

    @property
    def matched(self) -> Sequence[str]:
        """The keys that the filter left the last time it was asked."""
        return self._matching

    @property
    def counted(self) -> str:
        """``3 of 1,204``: how many rows the filter left the last time it was asked."""
        return f"{len(self._matching):,} of {len(self._ordered):,}"

    def prepare(self, state: State, seconds: float | None = None) -> bool:
        """Make what the filter looks at, for so many seconds or to the end; whether all is made."""
        return self._cache.make(state, seconds)

    @property
    def behind(self) -> bool:
        """Whether there is more to `prepare` for the filter."""
        return bool(self.filter.strip()) and self._cache.behind

    def visible(self, state: State, seconds: float | None = None) -> list[str]:
        """The keys of all lines: what is `matching`, or projects with the rows of those that are open."""
        rows = self.matching(state, seconds)
        view = self.view
        if not self.grouped or not isinstance(view, GroupedView):
            return rows
        made_from = (rows, self._folds.version, self.sort, *view.data(state, self.sort.made_from))
        if not same(made_from, self._arranged_of):
            self._arranged = self._folds.arrange(view, state, rows, self.sort, filtered=bool(self.filter.strip()))
            self._arranged_of = made_from
        return self._arranged.keys

    def _in_order(self, state: State) -> list[str]:
        """All keys in the order of the sort, made once for the same data."""
        made_from = (*self.view.data(state, self.sort.made_from), self.sort)
        if not same(made_from, self._ordered_of):
            self._ordered = self._cache.in_order(state, self.sort)
            self._ordered_of = made_from
        return self._ordered

    # What a line says.

    def heading(self, key: str) -> Heading | None:
        """The heading that a key is of, if it is one that is shown."""
        return self._arranged.headings.get(key) if is_heading(key) else None

    def name(self, state: State, key: str) -> str:
        """What a row or a project is called, safe for a terminal."""
        heading = self.heading(key)
        return heading.name if heading is not None else self.view.name(state, key)

    def cells(self, state: State, key: str) -> tuple[Line, ...]:
        """A row or a heading, one line of spans a column."""
        heading = self.heading(key)
        if heading is not None:
            return (self._heading_name(heading), *self._sums(state, key, heading))
        cells = self.view.cells(state, key)
        return (_indented(cells[0]), *cells[1:]) if self.grouped else cells

    def detail(self, state: State, key: str, width: int, *, full: bool = False) -> list[Line]:
        """What else is known of a row or a project."""
        heading, view = self.heading(key), self.view
        if heading is not None and isinstance(view, GroupedView):
            return view.heading_detail(state, heading, width, full=full)
        return view.detail(state, key, width, full=full)

    def _heading_name(self, heading: Heading) -> Line:
        """``▸ shop  4``: whether it is open, its name, how many rows; ``1 of 4`` where some are marked."""
        count, marked = len(heading.rows), len(self.marked.intersection(heading.rows))
        some = 0 < marked < count
        counted = Span(f"  {marked:,} of {count:,}", "mark") if some else Span(f"  {count:,}", "dim")
        return line(Span(f"{glyphs().opened if heading.open else glyphs().folded} {heading.name}", "bold"), counted)

    def _sums(self, state: State, key: str, heading: Heading) -> tuple[Line, ...]:
        """Made once for the same data and minute: a project may have ten thousand rows."""
        assert isinstance(self.view, GroupedView)
        made_from = (self._arranged, time.time() // _MINUTE, *self.view.data(state))
        if not same(made_from, self._heading_cells_of):
            self._heading_cells, self._heading_cells_of = {}, made_from
        if key not in self._heading_cells:
            self._heading_cells[key] = self.view.heading_cells(state, heading)
        return self._heading_cells[key]

    # Projects.

    def project_of(self, state: State, key: str) -> str:
        """The key of the heading that a row stands below, or empty where there is none; a heading's is its own."""
        if not self.grouped or not isinstance(self.view, GroupedView) or not key:
            return ""
        return key if is_heading(key) else key_of(self.view.project(state, key))

    def group(self, state: State, cursor_key: str) -> str:
        """Show the rows by projects, or not any more; the key that the cursor goes to then."""
        heading = self.heading(cursor_key)
        self.grouped = not self.grouped
        return heading.rows[0] if heading is not None else self.project_of(state, cursor_key) or cursor_key

    def fold(self, key: str, *, open_: bool) -> bool:
        """Open a heading or close it; whether it was the other."""
        heading = self.heading(key)
        if heading is None or heading.open == open_:
            return False
        self._folds.fold(key, open_=open_)
        return True

    # Marks.

    @property
    def shown_marks(self) -> frozenset[str]:
        """The marked rows, and the headings all of whose rows are."""
        if not self.marked or not self.grouped:
            return self.marked
        headings = self._arranged.headings.items()
        return self.marked | {key for key, heading in headings if self.marked.issuperset(heading.rows)}

    def prune(self, keys: Collection[str]) -> None:
        """Forget marks on what is gone."""
        if self.marked:
            self.marked = self.marked.intersection(keys)

    def toggle(self, key: str) -> None:
        """Mark a row or all of a project, or take the marks away."""
        rows = self._rows_of(key)
        self.marked = self.marked.difference(rows) if self.marked.issuperset(rows) else self.marked.union(rows)

    def invert(self, keys: Sequence[str]) -> None:
        """Mark what is not marked among these rows, and the other way round."""
        self.marked = self.marked ^ frozenset(keys)

    def chosen(self, state: State, cursor_key: str) -> list[str]:
        """What an action is for: the marked rows that the filter leaves; without marks, what the cursor is on."""
        if self.marked:
            return sorted(self.marked.intersection(self.matching(state)))
        return self._rows_of(cursor_key)

    def _rows_of(self, key: str) -> list[str]:
        heading = self.heading(key)
        if heading is not None:
            return list(heading.rows)
        return [key] if key else []


def _indented(cell: Line) -> Line:
    """A name below its project's."""
    return (Span(f"{_INDENT}{cell[0].text}", cell[0].style), *cell[1:]) if cell else cell
