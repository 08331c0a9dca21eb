"""The orders that a list can be in, and the one that it is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from voltui.ui.glyphs import glyphs


class Order(NamedTuple):
    """What rows are sorted by, and which way."""

    label: str
    falling: bool = False
    """Whether it begins with the most."""

    @property
    def reversed(self) -> Order:
        """The other way round."""
        return Order(self.label, not self.falling)

    @property
    def arrow(self) -> str:
        """Which way, by a sign."""
        return glyphs().falling if self.falling else glyphs().rising


class Orders:
    """Each of the ``known`` orders goes the way that is asked for most, until it is reversed."""

    def __init__(self, known: Sequence[Order]) -> None:
        self.known = known
        self.now = known[0]

    @property
    def reversed(self) -> bool:
        """Whether it goes the other way than it begins with."""
        return self.now not in self.known

    def next(self) -> None:
        """Take the next one."""
        labels = [order.label for order in self.known]
        self.now = self.known[(labels.index(self.now.label) + 1) % len(labels)]

    def reverse(self) -> None:
        """The same the other way round."""
        self.now = self.now.reversed

    def take(self, label: str) -> None:
        """The one that is called so, if there is such; the one that it is in is reversed."""
        if label == self.now.label:
            self.reverse()
        else:
            self.now = next((order for order in self.known if order.label == label), self.now)

    def restore(self, label: str, *, reversed_: bool) -> None:
        """What it was left in, if there is such."""
        known = next((order for order in self.known if order.label == label), None)
        if known is not None:
            self.now = known.reversed if reversed_ else known
