"""What a running job works with: journal, engine, counters, and steps that undo themselves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from voltui.engine.adapter import Engine
from voltui.engine.bridge import Bridge
from voltui.engine.pool import DaemonPool, settled
from voltui.jobs.common import Common
from voltui.jobs.directory import JobDirectory
from voltui.jobs.journal import OpenStep
from voltui.jobs.keys import Keyring
from voltui.jobs.meter import Meter
from voltui.jobs.owed import Owed
from voltui.jobs.undo import Undoer, tried
from voltui.model.errors import Cancelled
from voltui.store.local import LocalStore

T = TypeVar("T")
_THREADS = 4
_PATIENCE = 10.0
"""Seconds a thread gets to notice that the job is cancelled. Between two pieces it needs a fifth of one."""


class JobContext:
    """One per worker process."""

    def __init__(self, directory: JobDirectory, common: Common, state: Path) -> None:
        self.directory = directory
        self.common = common
        self.state = state
        self.engine = Engine(common.endpoint)
        self.store = LocalStore(Path(common.store))
        self.keys = Keyring.of(common, state)
        self.meter = Meter()
        self.cancelled = threading.Event()
        """Set when the job is to stop: threads look at it between pieces."""
        self._threads = DaemonPool("job", _THREADS)
        self.bridges: dict[str, Bridge] = {}
        """The open writable bridges by source name, for undo steps to use."""
        self.no_bridge = False
        """Whether the bridge was tried on this engine and is not there."""
        self.warnings: list[str] = []
        self.owed: list[Owed] = []
        """What could not be undone yet."""
        self.committed: dict[str, Any] | None = None
        """The job's result, once what it was for is done for good: a cancel or an error after that is too late."""
        self.partial: dict[str, Any] = {}
        """What is done for good of a job that goes on, as its result tells it."""
        self._committed_steps = 0
        """The number of the last step that was begun before the job was done: up to it, tentative ones stay."""
        self.left: dict[str, str] = {}
        """What stays if the job is cancelled now: sentences by what they are about."""
        self._journal = directory.journal()
        self._numbers = 0
        self._background: set[asyncio.Task[None]] = set()

    def next_helper_name(self) -> str:
        """A name for a helper that no other on the engine has."""
        self._numbers += 1
        return f"voltui-{self.directory.id}-{self._numbers}"

    def warn(self, sentence: str) -> None:
        """Something the user should know although the job goes on."""
        self.directory.log(f"warning: {sentence}")
        self.warnings.append(sentence)

    def begin(self, step: str, total: int | None = None) -> None:
        """A new step: what it does, and its bytes where they are known. The log tells how long each took."""
        self.directory.log(step)
        self.meter.begin(step, total)

    def count(self, done: int, entries: int) -> None:
        """Called by a thread after each piece: counts, and raises `Cancelled` where the job is to stop."""
        self.raise_if_cancelled()
        self.meter.count(done, entries)

    async def in_thread(self, function: Callable[[], T]) -> T:
        """Run a long function in a thread. Cancelling waits for it to notice, since it uses what is closed next."""
        running = asyncio.ensure_future(self._threads.run(function))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            self.cancelled.set()
            await asyncio.wait([running], timeout=_PATIENCE)
            raise

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on beside the job that the job does not wait for."""
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background_ended)

    def _background_ended(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.directory.log(f"beside the job: {task.exception()}")

    @asynccontextmanager
    async def scoped(self, name: str, data: Mapping[str, Any]) -> AsyncIterator[None]:
        """A step whose change lasts as long as the block: undone whichever way that ends."""
        step = self._journal.begin(name, data)
        try:
            yield
        finally:
            await self._undo(step)

    @asynccontextmanager
    async def tentative(self, name: str, data: Mapping[str, Any]) -> AsyncIterator[None]:
        """A step whose change stays if the block succeeds: undone where it fails or is cancelled."""
        step = self._journal.begin(name, data, tentative=True)
        try:
            yield
        except BaseException:
            if step.number > self._committed_steps:
                await self._undo(step)
            raise
        self._journal.kept(step)

    def commit(self, result: dict[str, Any]) -> dict[str, Any]:
        """Say that what the job was for is done for good, and what came of it; may be said again with more."""
        self.committed = result
        self._committed_steps = self._journal.commit(result)
        return result

    async def _undo(self, step: OpenStep) -> None:
        """Undo a step. A cancel neither breaks it off nor is raised here; whoever goes on looks at `cancelled`."""
        with suppress(asyncio.CancelledError):
            await settled(self._undo_now(step))

    async def _undo_now(self, step: OpenStep) -> None:
        undoer = Undoer(self.engine, self.directory, self.bridges)
        if reason := await tried(undoer, self._journal, step):
            self.directory.log(f"undoing {step.name} must wait: {reason}")
            self.owed.append(Owed(step.name, reason))

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` where the job is to stop."""
        if self.cancelled.is_set():
            raise Cancelled("It was cancelled.")
