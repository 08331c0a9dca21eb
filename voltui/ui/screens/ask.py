"""A line to type into."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.screen import ModalScreen
from textual.widgets import Input

from voltui.model.errors import Usage, VoltuiError
from voltui.ui.frame import detail_title
from voltui.ui.spans import Span, line, wrapped
from voltui.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from voltui.ui.app import VoltuiApp

_FRAME = 2
"""Lines of the title and of what is typed into."""


def only(wanted: str, what: str) -> Callable[[str], None]:
    """A check that one text only will do: ``what`` it is that is to be typed."""

    def check(text: str) -> None:
        if text != wanted:
            raise Usage(f"That is not {what}.", "Nothing is removed.")

    return check


class AskScreen(ModalScreen[str | None]):
    """Asks for a text, with one that may do; Enter takes it, Esc leaves.

    ``check`` raises `VoltuiError` for a text that will not do; it may look at files. What is wrong is said then, and
    what was typed stays to be mended.
    """

    BINDINGS = [Binding("escape", "dismiss(None)", show=False, priority=True)]  # noqa: RUF012

    app: VoltuiApp

    def __init__(
        self, title: str, hint: str, proposed: str = "", *, check: Callable[[str], object] | None = None
    ) -> None:
        super().__init__()
        self._title = title
        self._said = Span(hint, "dim")
        self._proposed = proposed
        self._check = check

    def compose(self) -> ComposeResult:
        """Title, the line to type into, the hint."""
        with Container(id="ask"):
            yield Lines(id="ask-title")
            yield Input(self._proposed, id="ask-text", compact=True, select_on_focus=False)
            yield Lines(id="ask-hint")

    def on_mount(self) -> None:
        """Take the keys."""
        field = self.query_one("#ask-text", Input)
        field.cursor_blink = False
        field.focus()
        self._show()

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self._show()

    def _show(self) -> None:
        width = self.app.size.width
        lines = [line(Span(f" {piece}", self._said.style)) for piece in wrapped(self._said.text, width - 2)]
        self.query_one("#ask", Container).styles.height = _FRAME + len(lines)
        hint = self.query_one("#ask-hint", Lines)
        hint.styles.height = len(lines)
        hint.show(lines)
        self.query_one("#ask-title", Lines).show([detail_title(self._title, "Enter takes it, Esc leaves", width)])

    @on(Input.Submitted, "#ask-text")
    def _taken(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if text and self._check is not None:
            self.run_worker(self._take(text, self._check), exclusive=True, exit_on_error=False)
        else:
            self.dismiss(text or None)

    async def _take(self, text: str, check: Callable[[str], object]) -> None:
        try:
            await asyncio.to_thread(check, text)
        except VoltuiError as error:
            self._said = Span(f"{error.sentence} {error.hint}".strip(), "warn")
            self._show()
        else:
            self.dismiss(text)
