"""The application: brings its parts together, hands on what comes in, says what happened."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, NamedTuple

from msgspec.structs import replace
from textual.events import Event, Key, Paste, Resize

from voltui.config import Settings
from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint
from voltui.jobs.unlocking import GivenKeys
from voltui.jobs.watch import JobView
from voltui.model.safe import safe
from voltui.model.text import plural
from voltui.ui import palette
from voltui.ui.actions import GRAPH, VOLUMES
from voltui.ui.control_keys import ControlKeys
from voltui.ui.frugal_driver import FrugalDriver
from voltui.ui.glyphs import ASCII, glyphs
from voltui.ui.key_order import KeyOrder
from voltui.ui.keymap import keymap
from voltui.ui.memory import Memory, Remembered
from voltui.ui.messages import JobEnded, StateChanged
from voltui.ui.palette import GROUNDS
from voltui.ui.screens.main import MainScreen
from voltui.ui.screens.small import follow_size
from voltui.ui.session import Session
from voltui.ui.signals import Signals
from voltui.ui.start import Start
from voltui.ui.stylesheets import stylesheets

_MINUTE = 60.0
"""Ages are shown in minutes and more: once a minute those that differ are painted."""
_MOMENT = 0.5
"""Seconds after which what was changed is remembered: who looks through the orders wants the last."""
_FAREWELL = 1.0
"""Seconds that leaving waits for a helper to be removed."""
_TOAST = 6.0
"""Seconds a message stays."""
_WARNINGS = 2
"""Of a job's warnings so many are in the message of its end; its detail has all."""


_TEXTUAL_THEMES = {"ansi": "ansi-dark", "dark": "textual-dark", "light": "textual-light"}
"""What Textual's own widgets are drawn in."""


class VoltuiApp(ControlKeys):
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
        super().__init__(driver_class=FrugalDriver, ansi_color=theme == "ansi")
        palette.use(theme)
        self.set_class(glyphs() is ASCII, "-ascii")
        self.set_class(theme != "ansi", "-painted")
        self.theme = _TEXTUAL_THEMES[theme]
        self.set_keymap({action: ",".join(chosen) for action, chosen in keys.items()})
        self._keys = keys
        self.memory = Memory(settings.state)
        self.keys = GivenKeys()
        self.main = MainScreen()
        self._typed = KeyOrder(self, super().on_event)
        self._start = Start(self, self.main)
        self.signals = Signals(self.leave)
        self.session = self._session_with(settings, engine)

    def _session_with(self, settings: Settings, engine: Engine) -> Session:
        return Session(
            settings,
            engine,
            self._keys,
            changed=self._state_changed,
            ended=self._job_ended,
            volumes_shown=lambda: self.main.pane.view.id == VOLUMES,
        )

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
        """Begin."""
        self.set_interval(_MINUTE, self.main.show_state)
        self.signals.follow()
        self._taking_keys = asyncio.create_task(self._typed.run())
        self._taking_keys.add_done_callback(self._no_more_keys)
        self._start.begin()

    def _no_more_keys(self, taking: asyncio.Task[None]) -> None:
        if not taking.cancelled() and isinstance(error := taking.exception(), Exception):
            self._handle_exception(error)

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

    def laid_out(self) -> None:
        """The main screen knows its size: it can show something."""
        if not self._start.laid_out:
            self._start.lay_out()
            self._state_changed()

    def plan(self, work: Coroutine[Any, Any, object]) -> None:
        """Find out what a prompt then asks; what was being found out for another is given up."""
        self.run_worker(self._typed.held(work), exclusive=True, group="plan", exit_on_error=False)

    def go_to_engine(self, endpoint: Endpoint) -> None:
        """Leave this engine, with all that was asked of it, and show another. Jobs go on where they are."""
        self._keep_now()
        self.workers.cancel_all()
        self.session.close()
        self.clear_notifications()
        self.session = self._session_with(replace(self.settings, endpoint=endpoint), Engine(endpoint))
        self._start.begin_anew()
        self._state_changed()

    def remember(self) -> None:
        """Keep the pane and the orders, in a moment."""

        async def keep() -> None:
            await asyncio.sleep(_MOMENT)
            await asyncio.to_thread(self.memory.keep, self._as_left())

        if self._start.arrived and self.memory.last != self._as_left():
            self.run_worker(keep(), group="memory", exclusive=True, exit_on_error=False)

    def _keep_now(self) -> None:
        if self._start.arrived:
            self.memory.keep(self._as_left())

    def _as_left(self) -> Remembered:
        return Remembered(
            self.settings.endpoint.host, self.main.pane.view.id, self.main.sorts, self.main.grouped, self.main.reversed
        )

    def leave(self) -> None:
        """Quit. Jobs that run go on; the terminal says so afterwards."""
        self._keep_now()
        self.run_worker(self._end(self.session.farewell), exit_on_error=False)

    async def _end(self, words: str) -> None:
        """End, when the helper that measures has gone or a moment has passed: it goes by itself then."""
        self.workers.cancel_group(self, "sizes")
        with suppress(TimeoutError):
            await asyncio.wait_for(self.live.explorer.ended(), _FAREWELL)
        self.session.close()
        self.exit(words)

    def _state_changed(self) -> None:
        if not self._start.laid_out:
            return
        self._start.learnt()
        self.main.show_state()
        self._start.shown()
        for screen in self.screen_stack[1:]:
            screen.post_message(StateChanged())
        self.sizing.notice(self.store.state.inventory)
        if self.main.pane.view.id == GRAPH:
            self.inspect_all()

    def _job_ended(self, job: JobView) -> None:
        if job.outcome is None:
            self.tell(f"The {job.kind} of {job.subject} died.", warning=True)
            return
        for screen in self.screen_stack:
            screen.post_message(JobEnded(job))
        told, more = job.outcome.warnings[:_WARNINGS], len(job.outcome.warnings) - _WARNINGS
        rest = [f"{plural(more, 'warning')} more: see the jobs."] if more > 0 else []
        words = safe(" ".join([job.outcome.sentence, *told, *rest]))
        self._toast(words, "information" if job.state == "done" else "error")


class Ended(NamedTuple):
    """How the explorer was left."""

    words: str
    """What to say on the terminal."""
    signal: int
    """The signal that ended it; 0 where the user did."""


def run(settings: Settings, engine: Engine) -> Ended:
    """Open the explorer on an engine until it is left. Raises what nobody foresaw."""
    app = VoltuiApp(settings, engine)
    words = app.run(mouse=False) or ""  # so that the terminal's own mouse selects text, and the wheel moves the cursor
    if app.fault is not None:
        raise app.fault
    return Ended(words, app.signals.came or 0)
