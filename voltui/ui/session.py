"""One engine that is looked at, with all that is known and asked of it. Going to another engine makes another."""

from __future__ import annotations

from collections.abc import Callable

from voltui.config import Settings
from voltui.engine.adapter import Engine
from voltui.jobs.watch import JobView
from voltui.model.when import parse_time
from voltui.store.sizes import SizeCache
from voltui.ui.actions import Keymap
from voltui.ui.inspecting import Inspecting
from voltui.ui.live import Live
from voltui.ui.sizing import Sizing
from voltui.ui.state import State, Store

_READERS = ("backup", "verify", "export", "export-backup", "prune", "copy-out")
"""Jobs that change no volume."""


class Session:
    """Made without asking anything: its parts begin when their tasks are run."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        keys: Keymap,
        *,
        changed: Callable[[], object],
        ended: Callable[[JobView], object],
        volumes_shown: Callable[[], bool],
    ) -> None:
        """``changed`` is called when something was learnt, ``ended`` with each job that ends while it is watched."""
        endpoint = settings.endpoint
        self.settings = settings
        self.store = Store(State(endpoint.shown, settings.read_only, keys, endpoint.brief), changed)
        self.live = Live(settings, engine, self.store, self._job_ended)
        self.inspecting = Inspecting(self.live, self.store)
        cache = SizeCache(settings.state / "sizes")
        self.sizing = Sizing(engine, self.live.explorer, cache, self.store, volumes_shown)
        self._ended = ended

    @property
    def state(self) -> State:
        """What is known."""
        return self.store.state

    @property
    def farewell(self) -> str:
        """What is said on the terminal when the explorer is left."""
        if not self.state.running_jobs:
            return ""
        job = self.state.running_jobs[0]
        sandbox = self.state.inventory is not None and self.state.inventory.engine.sandbox
        fate = "until the sandbox ends" if sandbox else f"`voltui jobs {job.id}` follows it"
        return f"The {job.kind} of {job.subject} goes on: {fate}."

    def close(self) -> None:
        """Let the threads end. Jobs go on where they are."""
        self.live.close()
        self.sizing.close()

    def _job_ended(self, job: JobView) -> None:
        if job.outcome is not None and job.kind not in _READERS and (asked := parse_time(job.asked)):
            self.sizing.job_ended(job.outcome.result.get("target", job.subject), asked)
        self._ended(job)
