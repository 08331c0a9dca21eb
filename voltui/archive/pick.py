"""Some members of an archive: the others pass by, read and checked all the same.

A reader tells of an entry when all of it has come; what makes files of it needs to know before that it may be made.
"""

from __future__ import annotations

from collections.abc import Callable

from voltui.archive.entry import Entry
from voltui.archive.guard import TreeGuard
from voltui.archive.member import Member
from voltui.archive.reader import Sink


class Picker:
    """A `Sink` that hands on only the members whose path is taken, each after the guard has let its header pass."""

    def __init__(self, sink: Sink, takes: Callable[[bytes], bool]) -> None:
        self._sink = sink
        self._takes = takes
        self._guard = TreeGuard()
        self._taken = False

    def begin(self, member: Member) -> None:
        """A member begins. Raises `Damaged` where it must not be there."""
        self._guard.check(Entry(*member.fields))
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
