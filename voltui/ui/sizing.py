"""Keeps the sizes of volumes: from disk at first, then measured where they are missing or old, one after the other.

Nothing is measured while nobody looks at the volumes: it begins when their pane is opened, when the cursor moves there
after a while, or when an event says that a volume has changed, and ends when all are known.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from msgspec.structs import replace

from voltui.engine.adapter import Engine
from voltui.engine.pool import DaemonPool
from voltui.jobs.explorer import Explorer
from voltui.jobs.measure import Measuring
from voltui.model.errors import VoltuiError
from voltui.model.inventory import Inventory
from voltui.model.sizes import TOUCHED, Sizes, VolumeSize, changed_between, due
from voltui.model.when import now
from voltui.store.sizes import SizeCache
from voltui.ui.state import Store

_SETTLE = 0.4
"""Seconds until the work begins: a container that starts sends several events, and panes are passed through."""
_GLANCES = 60.0
"""Seconds between two times that a user who moves about has what is due measured."""
_SHOW_EVERY = 0.5
"""Seconds between two looks of the screen at what was found."""


class Sizing:
    """Measures what is due while the volumes are looked at. ``shown`` says whether they are."""

    def __init__(
        self, engine: Engine, explorer: Explorer, cache: SizeCache, store: Store, shown: Callable[[], bool]
    ) -> None:
        self._measuring = Measuring(engine, explorer, self._found, self._found_free, shown)
        self._cache = cache
        self._store = store
        self._shown = shown
        self._files = DaemonPool("size files", 1)
        self._seen: Inventory | None = None
        self._touched: set[str] = set()
        self._unmeasured: set[str] = set()
        """What was tried in vain: it is tried again when it changes, or when the user asks."""
        self._all = False
        self._wanted = asyncio.Event()
        self._pending: dict[str, VolumeSize] = {}
        self._purged: Inventory | None = None
        """What the state's sizes are of the volumes of."""
        self._told = 0.0
        self._glanced = 0.0

    async def follow(self) -> None:
        """Until cancelled: measure when there is something to measure."""
        while True:
            await self._wanted.wait()
            await self._remember()
            await asyncio.sleep(_SETTLE)
            self._wanted.clear()
            inventory = self._seen
            if inventory is not None and self._shown():
                with suppress(VoltuiError):  # sizes are an extra: what is unknown is shown as unknown
                    await self._measure(inventory)
                self._come_back(inventory)

    def look(self, *, everything: bool = False) -> None:
        """Measure what is due, or ``everything`` anew."""
        self._all = self._all or everything
        if everything:
            self._unmeasured.clear()
        self._wanted.set()

    def glance(self) -> None:
        """The user is there: what is written to may be due. By itself, while nobody is, nothing is asked."""
        moment = time.monotonic()
        if moment - self._glanced > _GLANCES:
            self._glanced = moment
            self._wanted.set()

    def job_ended(self, subject: str, asked: datetime) -> None:
        """A job may have given its subject other content, and whatever was measured while it went on."""
        sizes = self._store.state.sizes or Sizes()
        self._touch({subject, *(name for name, known in sizes.volumes.items() if known.measured >= asked)})

    def notice(self, inventory: Inventory | None) -> None:
        """What the engine has may have changed."""
        if inventory is None or inventory is self._seen:
            return
        changed = changed_between(self._seen, inventory)
        first, self._seen = self._seen is None, inventory
        if changed or first:
            self._touch(changed)

    def _touch(self, changed: set[str]) -> None:
        self._touched |= changed
        self._unmeasured -= changed
        self._wanted.set()

    def _come_back(self, inventory: Inventory) -> None:
        """What has changed again right after it was measured is measured once more, but not at once."""
        self._touched &= self._known(inventory).volumes.keys()
        if self._touched and self._shown():
            asyncio.get_running_loop().call_later(TOUCHED.total_seconds(), self._wanted.set)

    async def _remember(self) -> None:
        """Show what was measured by an earlier VolTUI."""
        inventory = self._seen
        if inventory is not None and self._store.state.sizes is None:
            self._store.update(sizes=await self._files.run(lambda: self._cache.read(inventory)))

    async def _measure(self, inventory: Inventory) -> None:
        sizes = self._store.state.sizes or Sizes()
        touched, everything, self._all = frozenset(self._touched), self._all, False
        names = await self._files.run(lambda: due(inventory, sizes, touched, now(), all_=everything))
        names = [name for name in names if name not in self._unmeasured]
        if not names:
            return
        try:
            await self._measuring.measure(inventory, names)
            if self._shown():
                self._unmeasured |= {name for name in names if name not in self._known(inventory).volumes}
        except VoltuiError:
            self._unmeasured |= set(names)
            raise
        finally:
            self._tell()
            known = self._known(inventory)
            await self._files.run(lambda: self._cache.write(inventory, known))

    def _known(self, inventory: Inventory) -> Sizes:
        """What is known of the volumes that there are; those that are gone are looked for when others came or went."""
        pending = {name: found for name, found in self._pending.items() if name in inventory.volumes}
        known = (self._store.state.sizes or Sizes()).with_measured(pending)
        return known if inventory is self._purged else known.of_all(inventory.volumes.values())

    def _found(self, found: Mapping[str, VolumeSize]) -> None:
        self._touched.difference_update(found)
        self._pending |= found
        if time.monotonic() - self._told > _SHOW_EVERY:
            self._tell()

    def _found_free(self, free: int) -> None:
        self._store.update(sizes=replace(self._store.state.sizes or Sizes(), free=free))

    def _tell(self) -> None:
        """Show what was found: sparingly, since each look of the screen at ten thousand volumes takes a while."""
        inventory = self._seen
        if self._pending and inventory is not None:
            self._store.update(sizes=self._known(inventory))
            self._purged = inventory
        self._pending = {}
        self._told = time.monotonic()

    def close(self) -> None:
        """Let the threads end."""
        self._measuring.close()
        self._files.close()
