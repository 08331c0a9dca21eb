"""What a pane needs to know of what it shows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from msgspec import Struct

from voltui.model.filter import Ask, Facts
from voltui.ui.spans import Line, Span, line, plain, width_of, wrapped
from voltui.ui.state import State

LABEL_WIDTH = 10
"""Cells of the label that begins each line of a detail."""


class Column(Struct, frozen=True):
    """A column of a list. ``share`` columns divide what the fixed ones leave, in proportion."""

    label: str
    width: int = 0
    share: int = 0
    right: bool = False
    least: int = 0
    """Cells that a ``share`` column has before columns that are ``spare`` are shown."""
    spare: int = 0
    """Where names would get too narrow, columns with this go, the highest first."""
    left_out: bool = False
    """Not shown, since it would say the same in each row."""
    middle: bool = False
    """Cut in the middle where it is too long: names differ at both ends."""


class Sort(Struct, frozen=True):
    """A way to order the rows."""

    label: str
    key: Callable[[State, str], Any]
    reverse: bool = False
    made_from: tuple[str, ...] = ()
    """The fields of the state that its keys tell of, where these are fewer than the view's."""
    together: Callable[[Iterable[Any]], Any] | None = None
    """What makes the keys of all rows of a project into one to order projects by; without, they go by name."""


class View(ABC):
    """One pane's list and detail."""

    id: ClassVar[str]
    title: ClassVar[str]
    columns: tuple[Column, ...]
    sorts: tuple[Sort, ...]
    made_from: ClassVar[tuple[str, ...]]
    """The fields of the state that its rows tell of."""
    empty: ClassVar[str]
    """What to say where there is nothing to list."""
    ways_on: ClassVar[str] = ""
    """What to do then; ``{backup}`` and ``{create}`` stand for the keys of these actions."""
    variant: int = 0
    """Another number where the same data makes other rows."""
    asks: ClassVar[frozenset[Ask]] = frozenset()
    """What its filter can ask of a row, beside its words."""

    def nothing(self, state: State) -> str:
        """What to say where there is nothing to list."""
        ways = "" if state.read_only else self.ways_on.format(backup=state.key("backup"), create=state.key("create"))
        return f"{self.empty} {ways}".rstrip()

    def columns_of(self, state: State) -> tuple[Column, ...]:
        """The columns, those marked that there is no use for."""
        return self.columns

    @abstractmethod
    def keys(self, state: State) -> Sequence[str]:
        """The rows' keys, unsorted."""

    def data(self, state: State, fields: tuple[str, ...] = ()) -> tuple[object, ...]:
        """All that its rows are made from, or those ``fields`` of it: they are the same while each of these is."""
        return (*(getattr(state, name) for name in fields or self.made_from), self.variant)

    def row_sources(self, state: State) -> tuple[Mapping[str, object], ...]:
        """By the rows' keys what each is made from, ages apart; the first has all keys.

        Empty where a row may be made from all of `data`.
        """
        return ()

    @abstractmethod
    def name(self, state: State, key: str) -> str:
        """What the row is called: for the filter, for the title of its detail, for the clipboard."""

    @abstractmethod
    def cells(self, state: State, key: str) -> tuple[Line, ...]:
        """The row, one line of spans a column."""

    @abstractmethod
    def detail(self, state: State, key: str, width: int, *, full: bool = False) -> list[Line]:
        """What else is known of it, made for ``width`` cells; ``full`` leaves nothing out where there is much."""

    def summary(self, state: State) -> str:
        """What is to be known of all rows together, or empty; safe for a terminal."""
        return ""

    def words(self, state: State, key: str) -> str:
        """What the filter looks for its words in: all that the row shows."""
        return " ".join(plain(cell) for cell in self.cells(state, key))

    def facts(self, state: State, key: str) -> Facts:
        """What the filter may ask of the row."""
        return Facts(self.name(state, key).lower(), self.words(state, key).lower())


def labelled(label: str, *parts: Span | str) -> Line:
    """A line of a detail: a dim label, then the rest."""
    return line(Span(f" {label.ljust(LABEL_WIDTH)}", "dim"), *parts)


def paragraph(label: str, text: str, width: int, style: str = "") -> list[Line]:
    """A labelled text of any length, broken into lines."""
    pieces = wrapped(text, width - LABEL_WIDTH - 2)
    return [labelled("" if number else label, Span(piece, style)) for number, piece in enumerate(pieces)]


def in_one_or_two(label: str, first: Line, rest: Line, width: int) -> list[Line]:
    """A labelled line, in two where one has no room for both of its parts."""
    whole = labelled(label, *first, *rest)
    if width_of(whole) <= width:
        return [whole]
    words, style = rest[0]
    return [labelled(label, *first), under(Span(f"  {words.lstrip(' ,')}", style), *rest[1:])]


def under(*parts: Span | str) -> Line:
    """A further line below the same label."""
    return labelled("", *parts)
