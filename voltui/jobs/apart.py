"""Several things that are done each by itself: one that fails keeps no other from being done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from voltui.jobs.context import JobContext
from voltui.model.errors import Damaged, Failed, NotFound, Refused, VoltuiError
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed, plural

_MOST_NAMES = 4
_OF_ONE = (Failed, NotFound, Refused, Damaged)
"""What is wrong with one thing; an engine that does not answer, or a cancel, is the end of all."""


class Apart:
    """Remembers what failed of so many things. What fails for all alike is raised as it is."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.failures: dict[str, VoltuiError] = {}
        """By what each is called."""

    @contextmanager
    def each(self, *names: str) -> Iterator[None]:
        """Do something for one of them, or for some that can only be done together."""
        try:
            yield
        except _OF_ONE as error:
            if self._number == len(names):
                raise
            self.failures |= dict.fromkeys(names, error)

    def check(self, context: JobContext, what: str, done: str, hint: str = "") -> None:
        """Raise `Failed` where something failed, each with its reason in a warning.

        ``what`` is a noun, ``done`` a participle: ``volume``, ``backed up``.
        """
        if not self.failures:
            return
        for name, error in self.failures.items():
            context.warn(f"{_short(name)}: {error.sentence}")
        names = listed([_short(name) for name in self.failures], most=_MOST_NAMES)
        was = "was" if len(self.failures) == 1 else "were"
        raise Failed(f"{len(self.failures)} of {plural(self._number, what)} {was} not {done}: {names}.", hint)


def _short(name: str) -> str:
    return safe(Source("volume", name).short)
