"""A question whose answer is No unless it is said otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container

from voltui.ui.frame import detail_title
from voltui.ui.screens.overlay import Overlay
from voltui.ui.spans import Line, Span, line, wrapped
from voltui.ui.widgets.lines import Lines

_AROUND = 3
"""Lines around the facts: the question, a blank one, the answers."""


class ConfirmScreen(Overlay[bool]):
    """Shows what will happen; Tab chooses, Enter takes the choice, ``y`` is yes; Esc, ``n`` and no answer are no."""

    BINDINGS = [  # noqa: RUF012 - Textual's own form
        Binding("escape,n", "leave", show=False),
        Binding("y", "dismiss(True)", show=False),
        Binding("tab,shift+tab,left,right", "switch", show=False),
        Binding("enter", "take", show=False),
    ]

    def __init__(self, question: str, facts: Sequence[str], yes: str) -> None:
        super().__init__()
        self._question = question
        self._facts = facts
        self._yes_label = yes
        self._yes = False

    def compose(self) -> ComposeResult:
        """One box of lines."""
        with Container(id="confirm"):
            yield Lines(id="confirm-lines")

    def on_mount(self) -> None:
        """Make it as high as its text."""
        self.query_one("#confirm", Container).styles.height = len(self._folded(self.app.size.width)) + _AROUND
        self.call_after_refresh(self._show)

    def action_switch(self) -> None:
        """The other answer."""
        self._yes = not self._yes
        self._show()

    def action_take(self) -> None:
        """Return the chosen answer."""
        self.dismiss(self._yes)

    def _show(self) -> None:
        lines = self.query_one(Lines)
        facts = [line(f"  {piece}") for piece in self._folded(lines.size.width)]
        title = detail_title(self._question, "y yes, Esc no", lines.size.width)
        lines.show([title, *facts, (), buttons(self._yes_label, "No", first=self._yes)])

    def _folded(self, width: int) -> list[str]:
        """The facts in lines that fit; where there are more than the terminal has room for, how many."""
        lines = [piece for fact in self._facts for piece in wrapped(fact, width - 4)]
        room = self.app.size.height - _AROUND
        return lines if len(lines) <= room else [*lines[: room - 1], f"… and {len(lines) - room + 1} lines more"]


def buttons(yes: str, no: str, *, first: bool) -> Line:
    """Two answers in a row, the chosen one reversed and in brackets."""
    chosen, other = Span(f"[ {yes if first else no} ]", "cursor"), f"  {no if first else yes}  "
    return line("  ", *((chosen, "  ", other) if first else (other, "  ", chosen)))
