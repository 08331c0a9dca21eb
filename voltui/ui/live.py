"""Keeps the state up to date: the engine by its events, jobs and backups by their files.

Idle, it asks the engine nothing; it looks once a second whether a job was started by someone else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from voltui.config import Settings
from voltui.engine.adapter import Engine
from voltui.engine.events import Change, Events
from voltui.engine.pool import DaemonPool
from voltui.jobs import watch
from voltui.jobs.common import Common
from voltui.jobs.directory import JobDirectory, jobs_directory
from voltui.jobs.explorer import Explorer, refusal_to_explore
from voltui.jobs.watch import JobView
from voltui.model.errors import NotFound, VoltuiError
from voltui.model.inventory import Inventory
from voltui.store.listing import STORE, Listing, Problem
from voltui.store.local import LocalStore
from voltui.ui import collecting
from voltui.ui.state import Store

if TYPE_CHECKING:
    from voltui.jobs.plan import Plan

_GATHER = 0.05
"""Seconds in which changes are gathered before the engine is asked about them: starting a container sends several."""
_ONE_BY_ONE = 20
"""Up to so many changed things are asked for singly, more by listing everything."""
_AGAIN = 2.0
"""Seconds until an engine that sends events but did not answer is asked again."""
_STORE_EVERY = 10.0
"""Seconds between looks at the store's folders."""
_TICK = 2_000_000_000
"""Nanoseconds after which another change of a folder has another time, also on file systems that count in seconds."""
_IDLE, _BUSY = 1.0, 0.25
"""Seconds between looks at the jobs while none runs, and while one does."""


class Live:
    """The tasks behind the screen. ``ended`` is called with each job that ends while it is watched."""

    def __init__(self, settings: Settings, engine: Engine, store: Store, ended: Callable[[JobView], object]) -> None:
        self.engine = engine
        self.backups = LocalStore(settings.store)
        self.jobs = jobs_directory(settings.state)
        self.explorer = Explorer(self.engine, settings.state, refusal_to_explore(settings))
        self.state_directory = settings.state
        self._settings = settings
        self._common = Common.of(settings)
        self._store = store
        self._ended = ended
        self._files = DaemonPool("files", 2)
        self._views: dict[str, JobView] = {}
        self._ended_before: set[str] | None = None
        """The jobs whose end is known; ``None`` until it was looked for the first time."""
        self._store_changed = -1
        self._looking = asyncio.Lock()
        self.painted = asyncio.Event()
        """Set when the first screen is on the terminal: what takes the processor for a while waits for it."""

    async def follow_engine(self) -> None:
        """Until cancelled: list everything when connected, then what the events name."""
        events = Events(self.engine.connection)
        try:
            async for change in events:
                changes = [change]
                if change.kind in ("volume", "container"):
                    await asyncio.sleep(_GATHER)
                    changes += events.pending()
                await self._take_in(changes)
        finally:
            events.close()

    async def follow_jobs(self) -> None:
        """Until cancelled: look at the jobs, often while one runs."""
        await self.read_backups()
        looked = time.monotonic()
        while True:
            await self._take_in_jobs()
            if time.monotonic() - looked > _STORE_EVERY:
                looked = time.monotonic()
                await self._look_at_store()
            views = self._store.state.jobs
            await asyncio.sleep(_BUSY if any(view.running for view in views) else _IDLE)

    async def refresh(self) -> None:
        """List everything anew; an engine that does not answer is asked until it does."""
        await self.read_backups()
        await self._take_in([Change("connected")])

    async def read_backups(self) -> None:
        """Read the store's manifests."""

        def read() -> Listing:
            try:
                return self.backups.listing()
            except VoltuiError as error:
                return Listing((), (Problem(STORE, error),))

        listing = await self._files.run(read)
        self._store.update(backups=listing.backups, problems=listing.problems)

    async def start_job(self, plan: Plan) -> JobDirectory:
        """Start a job and take notice of it at once."""
        from voltui.jobs.submit import submit  # after the first screen: with it come the plans of all jobs

        if self._ended_before is None:
            await self._take_in_jobs()  # those that have ended by now are not of today
        job = await self._files.run(lambda: submit(plan, self._settings.state))
        await self._take_in_jobs()
        return job

    async def clean_up(self) -> None:
        """Undo what jobs whose process died have left."""
        await self.painted.wait()
        from voltui.jobs import recover  # after the first screen: what undoes a step loads a good deal

        for job in await self._files.run(lambda: recover.needing(self.jobs, self.engine.endpoint)):
            if await recover.recover(job) is not None:
                self._views.pop(job.id, None)  # it has another outcome now, which is to be read again

    def common(self) -> Common:
        """What a job needs of the settings."""
        return self._common

    def close(self) -> None:
        """Let the threads end."""
        self.explorer.abandon()
        self.engine.close()
        self._files.close()

    async def _take_in(self, changes: list[Change]) -> None:
        last = changes[-1]
        if last.kind == "lost":
            self._store.update(lost=last.error)
            return
        connected = any(change.kind == "connected" for change in changes)
        everything = connected or len(changes) > _ONE_BY_ONE
        while True:
            try:
                await (self._list_all() if everything else self._look_at(changes))
                if connected:
                    await self.clean_up()
                return
            except VoltuiError as error:
                self._store.update(lost=error)
            everything = True
            await asyncio.sleep(_AGAIN)

    async def _look_at_store(self) -> None:
        """Read the manifests again where the store's folders have changed: someone else backs up, or prunes."""
        changed = await self._files.run(self.backups.changed)
        if changed != self._store_changed:
            settled = time.time_ns() - changed > _TICK
            self._store_changed = changed if settled else -1
            await self.read_backups()

    async def _take_in_jobs(self) -> None:
        """Take over what the jobs' files say; tell of those that have ended, and read what they have made."""
        async with self._looking:
            await self._take_in_jobs_once()

    async def _take_in_jobs_once(self) -> None:
        views = await self._files.run(self._look_at_jobs)
        self._store.update(jobs=tuple(views))
        ended = {view.id: view for view in views if not view.running}
        before, self._ended_before = self._ended_before, set(ended)
        news = [] if before is None else [view for job_id, view in ended.items() if job_id not in before]
        if news:
            await self.read_backups()
        for view in news:
            self._ended(view)

    async def _list_all(self) -> None:
        inventory = await self.engine.inventory()
        await self._files.run(lambda: inventory.uses_of_volumes)  # the screen asks for it at once; it takes a while
        self._store.update(inventory=inventory, lost=None)
        collecting.leave_out_what_is()

    async def _look_at(self, changes: list[Change]) -> None:
        """Ask for each thing that changed, once."""
        inventory = self._store.state.inventory
        if inventory is None:
            return await self._list_all()
        for kind, key in dict.fromkeys((change.kind, change.key) for change in changes):
            inventory = await (self._volume if kind == "volume" else self._container)(inventory, key)
        self._store.update(inventory=inventory, lost=None)
        return None

    async def _volume(self, inventory: Inventory, name: str) -> Inventory:
        try:
            return inventory.with_volume(await self.engine.volume(name))
        except NotFound:
            return inventory.without_volume(name)

    async def _container(self, inventory: Inventory, container_id: str) -> Inventory:
        container = await self.engine.container_row(container_id)
        return inventory.with_container(container) if container else inventory.without_container(container_id)

    def _look_at_jobs(self) -> list[JobView]:
        """The jobs' views; files are read only of jobs that are new or go on. Runs in a thread of `_files`.

        All are listed each time: the folder's own time of change is as old as the beginning of a job's directory, which
        is no job until its description is there.
        """
        known = {job.id: self._views.get(job.id) for job in self.jobs.all()}
        self._views = {
            job_id: view if view and view.outcome is not None else watch.look(JobDirectory(self.jobs.root / job_id))
            for job_id, view in known.items()
        }
        return list(self._views.values())
