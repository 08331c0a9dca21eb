"""Asks of containers what only an inspect tells, once of each."""

from __future__ import annotations

from collections.abc import Set
from contextlib import suppress

from voltui.model.errors import VoltuiError
from voltui.ui.live import Live
from voltui.ui.state import Store


class Inspecting:
    """Adds to the state what inspects tell. An engine that is lost is told in the header, not here."""

    def __init__(self, live: Live, store: Store) -> None:
        self._live = live
        self._store = store
        self.all_asked = False
        """Whether `every` goes on."""

    async def some(self, containers: Set[str]) -> None:
        """Those of these containers that were not asked about."""
        with suppress(VoltuiError):
            found = await self._live.engine.details(containers - self._store.state.known_details.keys())
            self._store.update(details={**self._store.state.known_details, **found})

    async def every(self) -> None:
        """All containers, and those that come meanwhile."""
        asked: frozenset[str] = frozenset()
        self.all_asked = True
        try:
            while unknown := frozenset(self._store.state.containers) - self._store.state.known_details.keys() - asked:
                asked |= unknown
                await self.some(unknown)
        finally:
            self.all_asked = False
