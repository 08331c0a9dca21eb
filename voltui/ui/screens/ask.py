"""A line to type into."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.widgets import Input

from voltui.model.errors import Usage, VoltuiError
from voltui.model.text import cell_width, listed
from voltui.store.typed_paths import completed
from voltui.ui.frame import detail_title
from voltui.ui.screens.overlay import Overlay
from voltui.ui.spans import Span
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.sentence import Sentence

_KEYS = "Enter takes it, Esc leaves"
_RULES = 7
"""Cells of rule and blanks in the title, at least."""
_MOST_NAMES = 8
"""Ways on that are named."""


def only(wanted: str, what: str) -> Callable[[str], None]:
    """A check that one text only will do: ``what`` it is that is to be typed."""

    def check(text: str) -> None:
        if text != wanted:
            raise Usage(f"That is not {what}.", "Nothing is removed.")

    return check


class AskScreen(Overlay[str]):
    """Asks for a text, with one that may do, which typing replaces; Enter takes it, Esc leaves.

    ``check`` raises `VoltuiError` for a text that will not do; it may look at files. What is wrong is said then, and
    what was typed stays to be mended. Where a path is asked for, Tab completes it. What is ``hidden`` is typed unseen.
    """

    BINDINGS = [  # noqa: RUF012 - Textual's own form
        Binding("escape,ctrl+c", "leave", show=False, priority=True),
        Binding("tab", "complete", show=False, priority=True),
    ]

    MEANS: ClassVar[Mapping[str, str]] = {}  # keys are typed

    def __init__(
        self,
        title: str,
        hint: str,
        proposed: str = "",
        *,
        check: Callable[[str], object] | None = None,
        path: bool = False,
        hidden: bool = False,
    ) -> None:
        super().__init__()
        self._title = title
        self._hint = Span(hint, "dim")
        self._proposed = proposed
        self._check = check
        self._path = path
        self._hidden = hidden

    def compose(self) -> ComposeResult:
        """Title, the line to type into, the hint."""
        with Container(id="ask"):
            yield Lines(id="ask-title")
            yield Input(self._proposed, id="ask-text", compact=True, password=self._hidden)
            yield Sentence(id="ask-hint", said=self._hint)

    def on_mount(self) -> None:
        """Take the keys, before the title says that one can type: `Input.focus` would wait for its turn."""
        field = self.query_one("#ask-text", Input)
        field.cursor_blink = False
        self.set_focus(field)
        self._show()

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self._show()

    def _show(self) -> None:
        width = self.app.size.width
        keys = f"Tab completes, {_KEYS}" if self._path else _KEYS
        if cell_width(self._title) + cell_width(keys) > width - _RULES:
            keys = _KEYS
        self.query_one("#ask-title", Lines).show([detail_title(self._title, keys, width)])

    def action_complete(self) -> None:
        """Complete the path as far as there is one way on; where there are more, name them."""
        if self._path:
            self.run_worker(self._complete(), exclusive=True, exit_on_error=False)

    async def _complete(self) -> None:
        field = self.query_one("#ask-text", Input)
        begun = field.value
        made = await asyncio.to_thread(completed, begun)
        if field.value != begun:
            return
        field.value = made.text
        field.action_end()
        names = Span(listed(made.names, most=_MOST_NAMES), "dim")
        self.query_one(Sentence).say(names if len(made.names) > 1 else self._hint)

    @on(Input.Submitted, "#ask-text")
    def _taken(self, event: Input.Submitted) -> None:
        text = event.value if self._hidden else event.value.strip()
        if text and self._check is not None:
            self.run_worker(self._take(text, self._check), exclusive=True, exit_on_error=False)
        else:
            self.dismiss(text or None)

    async def _take(self, text: str, check: Callable[[str], object]) -> None:
        try:
            await asyncio.to_thread(check, text)
        except VoltuiError as error:
            self.query_one(Sentence).say(Span(error.words, "warn"))
            self.query_one("#ask-text", Input).action_end()
        else:
            self.dismiss(text)
