"""Some members of an archive: the others pass by, read and checked all the same."""

from __future__ import annotations

from collections.abc import Callable

from voltui.archive.member import Member
from voltui.archive.reader import Sink


class Picker:
    """A `Sink` that hands on only the members whose path is taken."""

    def __init__(self, sink: Sink, takes: Callable[[bytes], bool]) -> None:
        self._sink = sink
        self._takes = takes
        self._taken = False

    def begin(self, member: Member) -> None:
        """A member begins."""
        self._taken = self._takes(member.fields[0])
        if self._taken:
            self._sink.begin(member)

    def data(self, piece: memoryview) -> None:
        """A piece of its content."""
        if self._taken:
            self._sink.data(piece)

    def end(self) -> None:
        """It is complete."""
        if self._taken:
            self._sink.end()
