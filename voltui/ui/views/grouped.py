"""What a list needs to be shown by projects."""

from __future__ import annotations

from abc import abstractmethod

from msgspec import Struct

from voltui.model.safe import safe
from voltui.ui.spans import Line
from voltui.ui.state import State
from voltui.ui.views.base import View


class Heading(Struct, frozen=True):
    """The row that stands for a project."""

    project: str
    """Empty: what is of no project."""
    rows: tuple[str, ...]
    """The keys of its rows that the filter leaves, in order."""
    open: bool
    """Whether they are listed below it."""

    @property
    def name(self) -> str:
        """What it is called, safe for a terminal."""
        return safe(self.project) or "no project"


class GroupedView(View):
    """A list whose rows are of projects."""

    @abstractmethod
    def project(self, state: State, key: str) -> str:
        """The project of a row, or empty."""

    @abstractmethod
    def heading_cells(self, state: State, heading: Heading) -> tuple[Line, ...]:
        """What all rows of a project come to: a line of spans for each column but the first, which is its name."""

    @abstractmethod
    def heading_detail(self, state: State, heading: Heading, width: int, *, full: bool) -> list[Line]:
        """The same in more words, made for ``width`` cells."""
