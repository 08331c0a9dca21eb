"""A screen of text to read: a file's content, or what differs in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen

from voltui.model.safe import safe
from voltui.model.text import middle_cut, plural
from voltui.ui import frame
from voltui.ui.actions import Action, among, bindings
from voltui.ui.glyphs import glyphs
from voltui.ui.handlers.table import MOVES, act, moves
from voltui.ui.host import Host
from voltui.ui.screens.help import HelpScreen
from voltui.ui.screens.menu import offers
from voltui.ui.spans import Line, Span, line, spread, width_of
from voltui.ui.told import told
from voltui.ui.widgets.filter_line import FilterLine
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.reading import Reading

_TOLD: Mapping[str, str] = {
    "back": "Close it; first, what is looked for",
    "left": "Close it",
    "filter": "Find lines that have these words",
    "next_match": "The next line that has them",
    "previous_match": "The line before that has them",
    "copy": "",
    **dict.fromkeys(MOVES, ""),
    "menu": "",
    "palette": "These actions by their names",
    "help": "",
    "quit": "Close it",
}
_FOOTER = ("back", "page_down", "filter", "next_match", "copy", "help")
_LEAST_TITLE = 12
"""Cells of a title, however much stands beside it."""
_NOTHING_MORE: Mapping[str, str] = {}


class ReaderScreen(Screen[None]):
    """Text that is read in the background: what is made of it is `read`'s to say."""

    BINDINGS = bindings()

    app: Host

    def __init__(self, title: str, name: str, more: Mapping[str, str] = _NOTHING_MORE) -> None:
        """``title`` is shown; ``name`` is what is copied. Both are safe for a terminal.

        ``more`` are further actions of the screen, and what they do there; see `doing`.
        """
        super().__init__()
        self._told = {**_TOLD, **more}
        self.busy = False
        """Whether something is being read."""
        self._shown_title = title
        self._copied = name
        self._note = ""
        self._words = ""

    def compose(self) -> ComposeResult:
        """The title, the text, the line to type words into, the keys."""
        yield Lines(id="files-header")
        yield Reading(id="reading")
        yield FilterLine(id="filtering")
        yield Lines(id="files-keys")

    def on_mount(self) -> None:
        """Begin to read."""
        self._reading.focus()
        self._reading.show([line(Span(f"Reading{glyphs().ellipsis}", "dim"))])
        self._show_frame()
        self.read_again(self.to_begin)

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self._show_frame)

    async def read(self) -> tuple[Sequence[Line], str]:
        """The lines, and what is to be said of them in the title. Raises `VoltuiError`."""
        raise NotImplementedError

    def read_again(self, place: Callable[[], object]) -> None:
        """Show what `read` gives now, and go to a place in it."""
        self.busy = True
        self.run_worker(self._read(place), exit_on_error=False)

    async def _read(self, place: Callable[[], object]) -> None:
        with told(self.app, f"{self._shown_title} can't be read"):
            try:
                lines, self._note = await self.read()
            finally:
                self.busy = False
            self._reading.show(lines)
            place()
            self._show_frame()
            return
        self.dismiss()

    @property
    def at_begin(self) -> bool:
        """Whether the first row is visible."""
        return self._reading.scroll_offset.y == 0

    @property
    def at_end(self) -> bool:
        """Whether the last row is visible."""
        return self._reading.at_end

    def to_begin(self) -> None:
        """Go to the first row."""
        self._reading.go_to(0)

    def to_end(self) -> None:
        """Go to the last row."""
        self._reading.go_to_end()

    @property
    def _reading(self) -> Reading:
        return self.query_one(Reading)

    def _show_frame(self) -> None:
        if not self.is_attached:
            return
        width = self.size.width
        words = [Span(f"  {self._note}", "dim")] if self._note else []
        if self._words:
            words.append(Span(f"  /{safe(self._words)}", "accent"))
        right = line(*words, " ")
        title = middle_cut(self._shown_title, max(width - width_of(right) - 1, _LEAST_TITLE), glyphs().ellipsis)
        self.query_one("#files-header", Lines).show([spread(line(Span(f" {title}", "bold")), right, width)])
        self.query_one("#files-keys", Lines).show([frame.keys(self._actions(_FOOTER), width)])

    def _actions(self, identifiers: Sequence[str]) -> list[Action]:
        told = {identifier: self._told[identifier] for identifier in identifiers}
        return among(told, keys=self.app.store.state.keys)

    def action_act(self, identifier: str) -> None:
        """Do an action of the registry."""
        act(self.app, self.doing, identifier, "a text")

    @property
    def doing(self) -> dict[str, Callable[[], object]]:
        """What each of its actions does."""
        return {
            **moves(self._reading),
            "back": self._back,
            "left": self.dismiss,
            "quit": self.dismiss,
            "filter": self._ask,
            "next_match": lambda: self._find(1),
            "previous_match": lambda: self._find(-1),
            "copy": self._copy,
            **offers(self.app, self._shown_title, lambda: self._actions(list(self._told)), self.action_act),
            "help": lambda: self.app.push_screen(HelpScreen("a text", self._actions(list(self._told)), frozenset())),
        }

    @property
    def nowhere(self) -> str:
        """What is said where no line has the words that are looked for."""
        return "No line has these words."

    def _back(self) -> None:
        if self._words:
            self._words = ""
            self._reading.forget()
            self._show_frame()
        else:
            self.dismiss()

    def _copy(self) -> None:
        """The path, by OSC 52."""
        self.app.copy_to_clipboard(self._copied)
        self.app.tell(f"Copied {self._copied}")

    # Finding.

    def _ask(self) -> None:
        self.query_one(FilterLine).ask(self._words)

    @on(FilterLine.Typed)
    def _typed(self, event: FilterLine.Typed) -> None:
        self._words = event.text.strip().lower()
        self._reading.forget()
        found = self._reading.count(self._words)
        if found:
            self._reading.find(self._words, 1)
        said = f"in {plural(found, 'line')}" if found else self.nowhere if self._words else ""
        self.query_one(FilterLine).note(line(Span(said, "dim")))

    @on(FilterLine.Ended)
    def _ended(self) -> None:
        """Back to the text; what was found stays."""
        self._reading.focus()
        self._show_frame()

    def _find(self, step: int) -> None:
        if not self._words:
            self._ask()
        elif not self._reading.find(self._words, step):
            self.app.tell(self.nowhere, warning=True)
