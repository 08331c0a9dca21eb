"""What a job works on, locked first and looked at then: what it sees is not what another job is about to change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from voltui.jobs.context import JobContext
from voltui.jobs.locks import locked
from voltui.jobs.sources import take_inventory
from voltui.model.errors import Refused
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed


@asynccontextmanager
async def holding(
    context: JobContext,
    sources_of: Callable[[Inventory], Iterable[Source]],
    containers_of: Callable[[Inventory], Iterable[str]] = lambda inventory: (),
) -> AsyncIterator[tuple[Inventory, list[Source]]]:
    """Lock sources and containers; yields what the engine has, seen under the locks, and the sources as they are then.

    What to lock is told by an inventory from before. Raises `Refused` where another job works on some of it, or where
    it has become other data between the two looks.
    """
    inventory = await take_inventory(context)
    sources, containers = list(sources_of(inventory)), set(containers_of(inventory))
    with locked(context.state, inventory.engine.id, sources, context.directory.id, containers):
        inventory = await take_inventory(context)
        now = list(sources_of(inventory))
        other = [
            *(one.words for one in now if one not in sources),
            *map(safe, {*containers_of(inventory)} - containers),
        ]
        if other:
            raise Refused(f"Something else was changed just now: {listed(other, most=2)}.", "Do it again.")
        yield inventory, now
