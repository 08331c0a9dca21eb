"""The application: holds the state, runs the tasks behind it, says what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Literal

from textual.app import App

from voltui.config import Settings
from voltui.jobs.plan import Plan
from voltui.jobs.watch import JobView
from voltui.model.errors import VoltuiError
from voltui.model.safe import safe
from voltui.model.when import parse_time
from voltui.store.sizes import SizeCache
from voltui.ui.actions import VOLUMES
from voltui.ui.live import Live
from voltui.ui.screens.main import MainScreen
from voltui.ui.sizing import Sizing
from voltui.ui.state import State, Store
from voltui.ui.stylesheets import stylesheets

_MINUTE = 60.0
"""Ages are shown in minutes and more: once a minute those that differ are painted."""
_FAREWELL = 1.0
"""Seconds that leaving waits for a helper to be removed."""
_READERS = ("backup", "verify", "export", "prune")
"""Jobs that change no volume."""
_TOAST = 6.0
"""Seconds a message stays."""


class VoltuiApp(App[str]):
    """The explorer. Its exit value is what to say on the terminal afterwards."""

    TITLE = "VolTUI"
    CSS_PATH = stylesheets()
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = _TOAST

    def __init__(self, settings: Settings) -> None:
        super().__init__(ansi_color=True)
        self.theme = "ansi-dark"
        self.store = Store(State(settings.endpoint.shown, settings.read_only), self._state_changed)
        self.live = Live(settings, self.store, self._job_ended)
        self.main = MainScreen()
        cache = SizeCache(settings.state / "sizes")
        self.sizing = Sizing(self.live.engine, self.live.explorer, cache, self.store, self._volumes_shown)

    def get_default_screen(self) -> MainScreen:
        """The main screen."""
        return self.main

    def on_mount(self) -> None:
        """Paint first; then find out what there is."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.main.show_state()
        self.run_worker(self.live.follow_engine(), name="engine", exit_on_error=False)
        self.run_worker(self.live.follow_jobs(), name="jobs", exit_on_error=False)
        self._sizes = self.run_worker(self.sizing.follow(), name="sizes", exit_on_error=False)
        self.set_interval(_MINUTE, self.main.show_state)

    def start_job(self, plan: Plan) -> None:
        """Start a job and say so."""

        async def start() -> None:
            try:
                await self.live.start_job(plan)
            except VoltuiError as error:
                self.tell_error(error)
            except OSError as error:
                self.tell(f"The job can't be started: {error.strerror}.", warning=True)

        self.run_worker(start(), exit_on_error=False)

    def cancel_job(self, job_id: str) -> None:
        """Ask a job to stop."""
        try:
            self.live.jobs.find(job_id).ask_to_cancel()
        except VoltuiError as error:
            self.tell_error(error)

    def inspect(self, containers: Iterable[str], group: str) -> None:
        """Find out what only an inspect of containers tells, once of each; what ``group`` still asks is given up."""

        async def ask() -> None:
            unknown = [one for one in containers if one not in (self.store.state.details or {})]
            with suppress(VoltuiError):
                found = await self.live.engine.details(unknown)
                self.store.update(details={**(self.store.state.details or {}), **found})

        self.run_worker(ask(), group=group, exclusive=True, exit_on_error=False)

    def refresh_state(self) -> None:
        """Ask the engine and the store again."""

        self.run_worker(self.live.refresh(), group="refresh", exclusive=True, exit_on_error=False)
        self.sizing.look(everything=True)

    def tell(self, text: str, *, warning: bool = False) -> None:
        """Show a message for some seconds. The text must be safe for a terminal."""
        self._toast(text, "warning" if warning else "information")

    def tell_error(self, error: VoltuiError) -> None:
        """Show an error: its sentence and hint."""
        self._toast(f"{error.sentence} {error.hint}".strip(), "error")

    def _toast(self, text: str, severity: Literal["information", "warning", "error"]) -> None:
        """One message at a time: a heap of them would cover the list."""
        self.clear_notifications()
        self.notify(text, severity=severity, markup=False)

    def leave(self) -> None:
        """Quit. Jobs that run go on; the terminal says so afterwards."""
        jobs = self.store.state.running_jobs
        words = ""
        if jobs:
            inventory = self.store.state.inventory
            sandbox = inventory is not None and inventory.engine.sandbox
            fate = "until the sandbox ends" if sandbox else f"`voltui jobs {jobs[0].id}` follows it"
            words = f"The {jobs[0].kind} of {jobs[0].subject} goes on: {fate}."
        self.run_worker(self._end(words), exit_on_error=False)

    async def _end(self, words: str) -> None:
        """End, when the helper that measures has gone or a moment has passed: it goes by itself then."""
        self._sizes.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.live.explorer.ended(), _FAREWELL)
        self.live.close()
        self.sizing.close()
        self.exit(words)

    def _state_changed(self) -> None:
        self.main.show_state()
        self.sizing.notice(self.store.state.inventory)

    def _volumes_shown(self) -> bool:
        return self.main.pane.view.id == VOLUMES

    def _job_ended(self, job: JobView) -> None:
        if job.outcome is None:
            self.tell(f"The {job.kind} of {job.subject} died.", warning=True)
            return
        if job.kind not in _READERS and (asked := parse_time(job.asked)):
            self.sizing.job_ended(job.subject, asked)
        words = safe(" ".join([job.outcome.sentence, *job.outcome.warnings]))
        self._toast(words, "information" if job.state == "done" else "error")


def run(settings: Settings) -> str:
    """Open the explorer; what to say when it is closed."""
    return VoltuiApp(settings).run() or ""
