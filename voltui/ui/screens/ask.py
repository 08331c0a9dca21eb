"""A line to type into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.screen import ModalScreen
from textual.widgets import Input

from voltui.ui.frame import detail_title
from voltui.ui.spans import Span, line
from voltui.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from voltui.ui.app import VoltuiApp


class AskScreen(ModalScreen[str | None]):
    """Asks for a text, with one that may do; Enter takes it, Esc leaves."""

    BINDINGS = [Binding("escape", "dismiss(None)", show=False, priority=True)]  # noqa: RUF012

    app: VoltuiApp

    def __init__(self, title: str, hint: str, proposed: str) -> None:
        super().__init__()
        self._title = title
        self._hint = hint
        self._proposed = proposed

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
        self.call_after_refresh(self._show)

    def on_resize(self) -> None:
        """The title is made for a width."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        title = self.query_one("#ask-title", Lines)
        title.show([detail_title(self._title, "Enter takes it, Esc leaves", title.size.width)])
        self.query_one("#ask-hint", Lines).show([line(Span(f" {self._hint}", "dim"))])

    @on(Input.Submitted, "#ask-text")
    def _taken(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip() or None)
