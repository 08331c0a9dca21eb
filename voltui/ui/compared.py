"""What is shown of what two sides don't have alike: from which side, in which order, of which paths. No widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from voltui.jobs.look import Files
from voltui.model.differences import Difference, What
from voltui.model.text import clock_time
from voltui.ui.browsing import path_key
from voltui.ui.orders import Order, Orders

_ORDERS: Mapping[str, Callable[[Difference], object]] = {
    "path": lambda one: one.path,
    "size": lambda one: abs(one.bytes),
    "what": lambda one: list(What).index(one.what),
}
_FALLING = ("size",)
"""The orders that begin with the most."""


class Compared:
    """Both sides, and what was asked for of what differs between them."""

    def __init__(self, before: Files, after: Files) -> None:
        self._sides = (before, after)
        self.found: Sequence[Difference] | None = None
        """All that differs, from the first side to the second; ``None`` until it was read."""
        self.swapped = False
        self.words = ""
        """What a path, or what is said of it, must have; empty shows all."""
        self.orders = Orders([Order(order, falling=order in _FALLING) for order in _ORDERS])

    @property
    def sides(self) -> tuple[Files, Files]:
        """What it is compared from, and what to."""
        one, other = self._sides
        return (other, one) if self.swapped else (one, other)

    def rows(self) -> dict[str, Difference]:
        """What is to be shown, by its path, in order. For a thread: it may be 100,000."""
        seen = (one.swapped if self.swapped else one for one in self.found or ())
        kept = [one for one in seen if one.has(self.words)] if self.words else list(seen)
        kept.sort(key=_ORDERS[self.orders.now.label], reverse=self.orders.now.falling)  # type: ignore[arg-type]
        return {path_key(one.path): one for one in kept}

    # In words.

    @property
    def heading(self) -> tuple[str, str]:
        """Whose files they are, and from when to when: ``data``, ``from 2026-11-24 03:15 to now``."""
        before, after = self.sides
        if before.source == after.source:
            live = next((side for side in self._sides if side.backup is None), after)
            return _name(live), f"from {_moment(before)} to {_moment(after)}"
        return "", f"from {_name(before)} {_moment(before)} to {_name(after)} {_moment(after)}"

    @property
    def labels(self) -> tuple[str, str]:
        """What the columns of the two sides are called."""
        older, newer = self._sides
        labels = ("OLDER", "NEWER") if older.backup and newer.backup else (_kind(older), _kind(newer))
        return (labels[1], labels[0]) if self.swapped else labels


def _name(side: Files) -> str:
    return side.title.removesuffix(f" {_moment(side)}")


def _moment(side: Files) -> str:
    return clock_time(side.backup.started) if side.backup is not None else "now"


def _kind(side: Files) -> str:
    return "BACKUP" if side.backup is not None else "NOW"
