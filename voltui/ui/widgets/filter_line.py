"""The line that a filter is typed into, with a note beside it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Key
from textual.message import Message
from textual.widgets import Input

from voltui.ui.spans import Line
from voltui.ui.widgets.lines import Lines

TYPING = 0.1
"""Seconds without a key until what is typed is looked for, where there is much to look through."""


class FilterLine(Horizontal):
    """Tells what is typed. Enter and Tab end it, Esc and ^C empty it. Shown while its screen is ``-filtering``."""

    class Typed(Message):
        """The filter is another one."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Ended(Message):
        """Nothing more is typed."""

    def __init__(self, *, id: str, placeholder: str = "filter") -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """The line and its note."""
        yield Input(id="filter", placeholder=self._placeholder, compact=True)
        yield Lines(id="filter-note")

    def on_mount(self) -> None:
        """A cursor that blinks would write to the terminal for ever."""
        self._input.cursor_blink = False

    @property
    def _input(self) -> Input:
        return self.query_one("#filter", Input)

    def ask(self, text: str) -> None:
        """Take the keys; ``text`` stands there."""
        self.screen.add_class("-filtering")
        self._input.value = text
        self._input.focus()

    def note(self, said: Line) -> None:
        """Say something beside it."""
        self.query_one("#filter-note", Lines).show([said])

    @on(Input.Changed, "#filter")
    def _changed(self, event: Input.Changed) -> None:
        self.post_message(self.Typed(event.value))

    @on(Input.Submitted, "#filter")
    def _end(self) -> None:
        self.screen.remove_class("-filtering")
        self.post_message(self.Ended())

    def on_key(self, event: Key) -> None:
        """The keys that end it."""
        if event.key not in ("escape", "ctrl+c", "tab", "shift+tab"):
            return
        event.stop()
        event.prevent_default()
        if event.key in ("escape", "ctrl+c"):
            self._input.value = ""
        self._end()
