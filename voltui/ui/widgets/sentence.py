"""A sentence below what is typed: a hint, or what is wrong with it."""

from __future__ import annotations

from voltui.ui.spans import Span, line, wrapped
from voltui.ui.widgets.lines import Lines


class Sentence(Lines):
    """Shows a sentence in as many lines as it takes, and is so high."""

    def __init__(self, *, id: str, said: Span) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._said = said

    def on_mount(self) -> None:
        """Say what there is to say at first."""
        self.say(self._said)

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.say(self._said)

    def say(self, said: Span) -> None:
        """Say something else."""
        self._said = said
        pieces = wrapped(said.text, self.app.size.width - 2)
        self.styles.height = len(pieces)
        self.show([line(Span(f" {piece}", said.style)) for piece in pieces])
