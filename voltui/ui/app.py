"""The application: holds the state, runs the tasks behind it, says what happened."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from msgspec.structs import replace
from textual.app import App
from textual.events import Event, Key, Paste, Resize

from voltui.config import Settings
from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint
from voltui.jobs.watch import JobView
from voltui.model.errors import VoltuiError
from voltui.model.safe import safe
from voltui.model.when import parse_time
from voltui.store.sizes import SizeCache
from voltui.ui import collecting, palette
from voltui.ui.actions import GRAPH, VOLUMES
from voltui.ui.clipboard import copied_by_tmux
from voltui.ui.first_paint import FirstPaint
from voltui.ui.frame import PANE_IDS
from voltui.ui.glyphs import ASCII, encodable, glyphs
from voltui.ui.handlers import load as load_handlers
from voltui.ui.inspecting import Inspecting
from voltui.ui.key_order import KeyOrder
from voltui.ui.keymap import keymap
from voltui.ui.live import Live
from voltui.ui.memory import Memory, Remembered
from voltui.ui.messages import JobEnded, StateChanged
from voltui.ui.palette import GROUNDS
from voltui.ui.screens.main import MainScreen
from voltui.ui.screens.small import follow_size
from voltui.ui.sizing import Sizing
from voltui.ui.state import State, Store
from voltui.ui.stylesheets import stylesheets

if TYPE_CHECKING:
    from voltui.jobs.plan import Plan

_MINUTE = 60.0
"""Ages are shown in minutes and more: once a minute those that differ are painted."""
_STARTED = 3.0
"""Seconds after which the start is over, whether the engine answers or not."""
_MOMENT = 0.5
"""Seconds after which what was changed is remembered: who looks through the orders wants the last."""
_FAREWELL = 1.0
"""Seconds that leaving waits for a helper to be removed."""
_READERS = ("backup", "verify", "export", "export-backup", "prune", "copy-out")
"""Jobs that change no volume."""
_TOAST = 6.0
"""Seconds a message stays."""


_TEXTUAL_THEMES = {"ansi": "ansi-dark", "dark": "textual-dark", "light": "textual-light"}
"""What Textual's own widgets are drawn in."""


class VoltuiApp(App[str]):
    """The explorer. Its exit value is what to say on the terminal afterwards."""

    TITLE = "VolTUI"
    CSS_PATH = stylesheets()
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = _TOAST

    def __init__(self, settings: Settings, engine: Engine) -> None:
        keys = keymap(settings.keys)
        # NO_COLOR: Textual would turn the colours of a painted theme into greys, and fill the screen with one.
        theme = "ansi" if os.environ.get("NO_COLOR") else settings.theme
        self._ground = GROUNDS.get(theme, ("ansi_default", "ansi_default"))
        super().__init__(ansi_color=theme == "ansi")
        palette.use(theme)
        self.set_class(glyphs() is ASCII, "-ascii")
        self.set_class(theme != "ansi", "-painted")
        self.theme = _TEXTUAL_THEMES[theme]
        self.set_keymap({action: ",".join(chosen) for action, chosen in keys.items()})
        self._keys = keys
        self.memory = Memory(settings.state)
        self.main = MainScreen()
        self._typed = KeyOrder(self, super().on_event)
        self._first = FirstPaint(self, self._follow)
        self._shows = False
        """Whether there is a screen that could show anything."""
        self._connect(settings, engine)

    def _connect(self, settings: Settings, engine: Engine) -> None:
        """Make what belongs to one engine; `_reach` and `_begin` set it going."""
        self.settings = settings
        endpoint = settings.endpoint
        state = State(endpoint.shown, settings.read_only, self._keys, endpoint.brief)
        self.store = Store(state, self._state_changed)
        self.live = Live(settings, engine, self.store, self._job_ended)
        self._inspecting = Inspecting(self.live, self.store)
        cache = SizeCache(settings.state / "sizes")
        self.sizing = Sizing(engine, self.live.explorer, cache, self.store, self._volumes_shown)
        self._arrived = False

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme, for the style sheets."""
        ink, ground = self._ground
        return {**super().get_css_variables(), "ink": ink, "ground": ground}

    def refresh_css(self, animate: bool = True) -> None:
        """Textual parses the style sheets for the theme, and again for the screen: 15 ms of the start (measured)."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def get_default_screen(self) -> MainScreen:
        """The main screen."""
        return self.main

    def on_mount(self) -> None:
        """Ask the engine while the screen is made, which takes 0.05 s (measured). All else waits for the screen."""
        self.set_interval(_MINUTE, self.main.show_state)
        self.set_timer(_STARTED, collecting.sparingly)
        self._taking_keys = asyncio.create_task(self._typed.run())
        self._reach()
        self._first.hold_back()

    async def on_event(self, event: Event) -> None:
        """Keys go in at one end of a line."""
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            self._typed.put(event)
        else:
            await super().on_event(event)

    def on_resize(self, event: Resize) -> None:
        """Where there is no room for anything, a sentence says so."""
        follow_size(self, event.size)

    def push_screen(self, *given: Any, **named: Any) -> Any:
        """Open a screen; a message that was for what is open would cover it."""
        self.clear_notifications()
        return super().push_screen(*given, **named)

    def _reach(self) -> None:
        self.memory.recall(self.settings.endpoint.host)
        self.run_worker(self.live.follow_engine(), name="engine", exit_on_error=False)

    def laid_out(self) -> None:
        """The main screen knows its size: it can show something."""
        if not self._shows:
            self._begin()

    def _begin(self) -> None:
        self.main.arrive(self.memory.last, new_here=self.memory.empty)
        self._shows = True
        self._state_changed()

    def _follow(self) -> None:
        """Do what has waited for the screen."""
        self.live.painted.set()
        self.run_worker(self.live.follow_jobs(), name="jobs", exit_on_error=False)
        self.run_worker(self.sizing.follow(), name="sizes", group="sizes", exit_on_error=False)
        self.run_worker(asyncio.to_thread(load_handlers), group="handlers", exit_on_error=False)

    def go_to_engine(self, endpoint: Endpoint) -> None:
        """Leave this engine, with all that was asked of it, and show another. Jobs go on where they are."""
        self._keep_now()
        self.workers.cancel_all()
        self.sizing.close()
        self.live.close()
        self.clear_notifications()
        self._connect(replace(self.settings, endpoint=endpoint), Engine(endpoint))
        self._reach()
        self._begin()
        self.call_after_refresh(self._follow)

    def remember(self) -> None:
        """Keep the pane and the orders, in a moment."""

        async def keep() -> None:
            await asyncio.sleep(_MOMENT)
            await asyncio.to_thread(self.memory.keep, self._as_left())

        if self._arrived and self.memory.last != self._as_left():
            self.run_worker(keep(), group="memory", exclusive=True, exit_on_error=False)

    def _keep_now(self) -> None:
        if self._arrived:
            self.memory.keep(self._as_left())

    def _as_left(self) -> Remembered:
        return Remembered(self.settings.endpoint.host, self.main.pane.view.id, self.main.sorts, self.main.grouped)

    def plan(self, work: Coroutine[Any, Any, object]) -> None:
        """Find out what a prompt then asks; what was being found out for another is given up."""
        self.run_worker(self._typed.held(work), exclusive=True, group="plan", exit_on_error=False)

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
        asking = self._inspecting.some(frozenset(containers))
        self.run_worker(asking, group=group, exclusive=True, exit_on_error=False)

    def inspect_all(self) -> None:
        """Inspect each container that was not yet, and those that come meanwhile: only that tells of volumes-from."""
        if not self._inspecting.all_asked:
            self.run_worker(self._inspecting.every(), group="inspect-all", exit_on_error=False)

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

    def _toast(self, text: str, severity: Literal["information", "warning", "error"]) -> None:
        """One message at a time: a heap of them would cover the list."""
        self.clear_notifications()
        self.notify(encodable(text), severity=severity, markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text to the clipboard of the user's own terminal, through SSH and tmux."""

        async def copy() -> None:
            if not await copied_by_tmux(text):
                super(VoltuiApp, self).copy_to_clipboard(text)

        self.run_worker(copy(), group="clipboard", exit_on_error=False)

    def leave(self) -> None:
        """Quit. Jobs that run go on; the terminal says so afterwards."""
        self._keep_now()
        self.run_worker(self._end(_farewell(self.store.state)), exit_on_error=False)

    async def _end(self, words: str) -> None:
        """End, when the helper that measures has gone or a moment has passed: it goes by itself then."""
        self.workers.cancel_group(self, "sizes")
        with suppress(TimeoutError):
            await asyncio.wait_for(self.live.explorer.ended(), _FAREWELL)
        self.live.close()
        self.sizing.close()
        self.exit(words)

    def _state_changed(self) -> None:
        if not self._shows:
            return
        if not self._arrived and self.store.state.inventory is not None:
            self._arrive()
        self.main.show_state()
        if self._arrived:
            self._first.paint()
        for screen in self.screen_stack[1:]:
            screen.post_message(StateChanged())
        self.sizing.notice(self.store.state.inventory)
        if self.main.pane.view.id == GRAPH:
            self.inspect_all()

    def _arrive(self) -> None:
        """The engine has answered for the first time: go where it was left, unless the user went elsewhere already."""
        self._arrived = True
        left = self.memory.last.pane
        if left in PANE_IDS and self.main.pane.view.id == PANE_IDS[0]:
            self.main.go_to_pane(left)
        self.remember()

    def _volumes_shown(self) -> bool:
        return self.main.pane.view.id == VOLUMES

    def _job_ended(self, job: JobView) -> None:
        if job.outcome is None:
            self.tell(f"The {job.kind} of {job.subject} died.", warning=True)
            return
        if job.kind not in _READERS and (asked := parse_time(job.asked)):
            self.sizing.job_ended(job.outcome.result.get("target", job.subject), asked)
        for screen in self.screen_stack:
            screen.post_message(JobEnded(job))
        words = safe(" ".join([job.outcome.sentence, *job.outcome.warnings]))
        self._toast(words, "information" if job.state == "done" else "error")


def _farewell(state: State) -> str:
    """What is said on the terminal at the end."""
    if not state.running_jobs:
        return ""
    job = state.running_jobs[0]
    sandbox = state.inventory is not None and state.inventory.engine.sandbox
    fate = "until the sandbox ends" if sandbox else f"`voltui jobs {job.id}` follows it"
    return f"The {job.kind} of {job.subject} goes on: {fate}."


def run(settings: Settings, engine: Engine) -> str:
    """Open the explorer on an engine; what to say when it is closed."""
    return VoltuiApp(settings, engine).run() or ""
