"""What screens and handlers need of the application: what is known, how something is said, how work is begun."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from typing import TYPE_CHECKING, Any, Literal

from textual.worker import Worker, WorkerState

from voltui.config import Settings
from voltui.engine.endpoint import Endpoint
from voltui.jobs.common import Common
from voltui.jobs.unlocking import GivenKeys
from voltui.model.backup import Backup
from voltui.model.errors import VoltuiError
from voltui.store.faults import written_down
from voltui.ui.clipboard import copied_by_tmux
from voltui.ui.faults import FaultKeeping
from voltui.ui.glyphs import encodable
from voltui.ui.live import Live
from voltui.ui.memory import Memory
from voltui.ui.session import Session
from voltui.ui.sizing import Sizing
from voltui.ui.state import Store

if TYPE_CHECKING:
    from voltui.jobs.plan import Plan


class Host(FaultKeeping):
    """The application as its screens see it. `VoltuiApp` is the one there is; it knows the screens, this does not."""

    session: Session
    """The engine that is looked at."""
    memory: Memory
    """How each engine was left."""
    keys: GivenKeys
    """What the user has given to open encrypted backups."""

    @property
    def settings(self) -> Settings:
        """The settings, with the engine that is looked at."""
        return self.session.settings

    @property
    def store(self) -> Store:
        """Holds what is known."""
        return self.session.store

    @property
    def live(self) -> Live:
        """Learns it."""
        return self.session.live

    @property
    def sizing(self) -> Sizing:
        """Measures volumes."""
        return self.session.sizing

    def common_of(self, *backups: Backup) -> Common:
        """What a job needs to know that opens these backups."""
        return self.keys.common(self.live.common(), backups)

    def laid_out(self) -> None:
        """The main screen knows its size: it can show something."""
        raise NotImplementedError

    def remember(self) -> None:
        """Keep the pane and the orders, in a moment."""
        raise NotImplementedError

    def go_to_engine(self, endpoint: Endpoint) -> None:
        """Leave this engine, with all that was asked of it, and show another. Jobs go on where they are."""
        raise NotImplementedError

    def leave(self) -> None:
        """Quit. Jobs that run go on; the terminal says so afterwards."""
        raise NotImplementedError

    def plan(self, work: Coroutine[Any, Any, object]) -> None:
        """Find out what a prompt then asks; what was being found out for another is given up."""
        raise NotImplementedError

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

    def inspect(self, containers: Iterable[str], group: str) -> None:
        """Find out what only an inspect of containers tells, once of each; what ``group`` still asks is given up."""
        asking = self.session.inspecting.some(frozenset(containers))
        self.run_worker(asking, group=group, exclusive=True, exit_on_error=False)

    def inspect_all(self) -> None:
        """Inspect each container that was not yet, and those that come meanwhile: only that tells of volumes-from."""
        inspecting = self.session.inspecting
        if not inspecting.all_asked:
            self.run_worker(inspecting.every(), group="inspect-all", exit_on_error=False)

    def refresh_state(self) -> None:
        """Ask the engine and the store again."""
        self.run_worker(self.live.refresh(), group="refresh", exclusive=True, exit_on_error=False)
        self.sizing.look(everything=True)

    def tell(self, text: str, *, warning: bool = False) -> None:
        """Show a message for some seconds. The text must be safe for a terminal."""
        self._toast(text, "warning" if warning else "information")

    def tell_error(self, error: VoltuiError) -> None:
        """Show an error: its sentence and hint."""
        self._toast(error.words, "error")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a task that has failed where what it did may be asked for again."""
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None or self.fault is not None:
            return
        self.tell_error(error if isinstance(error, VoltuiError) else written_down(error, self.settings.state))

    def _toast(self, text: str, severity: Literal["information", "warning", "error"]) -> None:
        """One message at a time: a heap of them would cover the list."""
        self.clear_notifications()
        self.notify(encodable(text), severity=severity, markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text to the clipboard of the user's own terminal, through SSH and tmux."""

        async def copy() -> None:
            if not await copied_by_tmux(text):
                super(Host, self).copy_to_clipboard(text)

        self.run_worker(copy(), group="clipboard", exit_on_error=False)
