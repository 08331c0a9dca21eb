"""What is different between a backup and its volume now, or between two backups."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from voltui.format import size
from voltui.jobs.compare import Comparing, comparing
from voltui.jobs.look import Files
from voltui.model.differences import Difference, What
from voltui.model.errors import VoltuiError
from voltui.model.safe import safe, safe_path
from voltui.ui import frame
from voltui.ui.actions import Action, among, bindings
from voltui.ui.glyphs import glyphs
from voltui.ui.handlers.table import MOVES, act, moves
from voltui.ui.screens.help import HelpScreen
from voltui.ui.screens.textdiff import TextDiffScreen
from voltui.ui.spans import Line, Span, line, spread
from voltui.ui.views.base import Column
from voltui.ui.views.files import detail
from voltui.ui.widgets.filter_line import FilterLine
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.table import Rows, Table

if TYPE_CHECKING:
    from voltui.ui.app import VoltuiApp

_COUNT_EVERY = 0.25
"""Seconds between two looks at how much was compared."""
_TOLD: Mapping[str, str] = {
    "open": "The lines that differ, of a text",
    "right": "As Enter",
    "back": "Clear the filter; close it",
    "left": "Close it",
    "filter": "Only paths with these words, or what they are",
    "next_match": "",
    "previous_match": "",
    "swap": "",
    "sort": "By path, size, what it is",
    "copy": "",
    **dict.fromkeys(MOVES, ""),
    "help": "",
    "quit": "Close it",
}
_FOOTER = ("open", "back", "swap", "filter", "sort", "copy", "help")
_COLUMNS = (
    Column("PATH", share=1, middle=True),
    Column("WHAT", width=8),
    Column("BEFORE", width=9, right=True),
    Column("AFTER", width=9, right=True),
)
_STYLES = {
    What.ADDED: "good",
    What.REMOVED: "bad",
    What.CHANGED: "warn",
    What.TOUCHED: "dim",
    What.UNSURE: "dim",
}
_ORDERS: Mapping[str, Callable[[Difference], object]] = {
    "path": lambda one: one.path,
    "size": lambda one: -abs(one.bytes),
    "what": lambda one: list(What).index(one.what),
}
_FALLING = ("size",)
"""The orders that begin with the most."""


class DifferencesScreen(Screen[None]):
    """Every path that was added, removed or changed from one to the other."""

    BINDINGS = bindings()

    app: VoltuiApp

    def __init__(self, before: Files, after: Files) -> None:
        super().__init__()
        self._before = before
        self._after = after
        self._swapped = False
        self._comparing: Comparing | None = None
        self._found: list[Difference] | None = None
        self._rows: dict[str, Difference] = {}
        """What is shown, by its path."""
        self._order = 0
        self._filter = ""
        self._counting: Timer | None = None

    def compose(self) -> ComposeResult:
        """What is compared, the paths, the one under the cursor, the keys."""
        yield Lines(id="files-header")
        yield Table(id="files-table")
        yield Lines(id="files-detail")
        yield FilterLine(id="filtering")
        yield Lines(id="files-keys")

    def on_mount(self) -> None:
        """Read both."""
        self.query_one(FilterLine).note(line(Span("words of a path, or added, removed…", "dim")))
        self._table.focus()
        self.run_worker(self._read(), exit_on_error=False)

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self._show)

    @property
    def _table(self) -> Table:
        return self.query_one("#files-table", Table)

    async def _read(self) -> None:
        """Show what lists tell, then compare the contents they leave open; both stay open for the lines that differ."""
        try:
            async with comparing(self._before, self._after) as opened:
                self._found = await opened.listed()
                self._comparing = opened
                self._show()
                if opened.cut:
                    self.app.tell("There are too many entries: only the first were compared.", warning=True)
                await self._settle(opened, self._found)
                await asyncio.Event().wait()
        except VoltuiError as error:
            self.app.tell_error(error)
            self.dismiss()

    async def _settle(self, opened: Comparing, listed: list[Difference]) -> None:
        """Compare contents. Where that fails, what the lists tell stays."""
        self._counting = self.set_interval(_COUNT_EVERY, self._show_header)
        try:
            self._found = await opened.settled(listed)
        except VoltuiError as error:
            self.app.tell_error(error)
        finally:
            self._counting.stop()
            self._counting = None
        self._show()

    # Showing.

    def _show(self) -> None:
        if not self.is_attached:
            return
        key = list(_ORDERS.values())[self._order]
        sides = (one.swapped if self._swapped else one for one in self._found or ())
        found = [one for one in sides if _matches(one, self._filter)]
        found.sort(key=key)  # type: ignore[arg-type]
        self._rows = {one.path.decode("utf-8", "surrogateescape"): one for one in found}
        nothing = f"Nothing matches /{safe(self._filter)}" if self._filter else "Nothing is different."
        message = f"   Reading{glyphs().ellipsis}" if self._found is None else f"   {nothing}"
        self._table.show(Rows(_COLUMNS, list(self._rows), self._cells, message=((), line(message))))
        self._lines("keys").show([frame.keys(self._actions(_FOOTER), self.size.width)])
        self._show_header()
        self._show_detail()

    def _show_header(self) -> None:
        before, after = (self._after, self._before) if self._swapped else (self._before, self._after)
        left = line(Span(f" {_title(after)}", "bold"), f" since {_title(before)}")
        self._lines("header").show([spread(left, self._words(), self.size.width)])

    def _words(self) -> Line:
        """How far it is, or the order."""
        if self._found is None:
            return ()
        opened = self._comparing
        if self._counting is not None and opened is not None and opened.total:
            return line(f"  comparing {size(opened.done)} of {size(opened.total)} ")
        order = list(_ORDERS)[self._order]
        arrow = glyphs().falling if order in _FALLING else glyphs().rising
        words = [Span(f"  /{safe(self._filter)}", "accent")] if self._filter else []
        return line(*words, Span(f"  sort {order} {arrow} ", "dim"))

    def _cells(self, key: str) -> tuple[Line, ...]:
        one = self._rows[key]
        return (
            line(f"/{safe_path(one.path)}"),
            line(Span(one.what, _STYLES[one.what])),
            line(size(one.before.size) if one.before and not one.before.folder else ""),
            line(size(one.after.size) if one.after and not one.after.folder else ""),
        )

    def _lines(self, identifier: str) -> Lines:
        return self.query_one(f"#files-{identifier}", Lines)

    @on(Table.Moved)
    def _show_detail(self) -> None:
        one = self._rows.get(self._table.cursor_key)
        widget = self._lines("detail")
        summary = _summary(self._rows) if self._found is not None else ""
        title = frame.detail_title(one.what if one else "", self._table.position, widget.size.width, summary)
        widget.show([title, *(detail(side)[1] for side in (one.sides if one else ()))])

    # Actions.

    def _actions(self, identifiers: tuple[str, ...]) -> list[Action]:
        told = {identifier: _TOLD[identifier] for identifier in identifiers}
        return among(told, keys=self.app.store.state.keys)

    def action_act(self, identifier: str) -> None:
        """Do an action of the registry."""
        others: dict[str, Callable[[], object]] = {
            "open": self._open,
            "right": self._open,
            "back": self._back,
            "left": self.dismiss,
            "quit": self.dismiss,
            "filter": self._ask,
            "next_match": lambda: self._table.move(1),
            "previous_match": lambda: self._table.move(-1),
            "swap": self._swap,
            "sort": self._sort,
            "copy": self._copy,
            "help": lambda: self.app.push_screen(HelpScreen("differences", self._actions(tuple(_TOLD)), frozenset())),
        }
        act(self.app, {**moves(self._table), **others}, identifier, "the differences")

    def _open(self) -> None:
        """The lines that differ."""
        one = self._rows.get(self._table.cursor_key)
        if one is not None and self._comparing is not None:
            read = one.swapped if self._swapped else one
            root = self._after.root or self._before.root
            self.app.push_screen(TextDiffScreen(read, self._comparing, root, swapped=self._swapped))

    def _back(self) -> None:
        if self._filter:
            self._filter = ""
            self._show()
        else:
            self.dismiss()

    def _ask(self) -> None:
        self.add_class("-filtering")
        self.query_one(FilterLine).ask(self._filter)

    @on(FilterLine.Typed)
    def _typed(self, event: FilterLine.Typed) -> None:
        self._filter = event.text
        self._show()

    @on(FilterLine.Ended)
    def _ended(self) -> None:
        """Back to the list; the filter stays."""
        self.remove_class("-filtering")
        self._table.focus()

    def _swap(self) -> None:
        """From the other side: what was added was removed."""
        self._swapped = not self._swapped
        self._show()

    def _sort(self) -> None:
        self._order = (self._order + 1) % len(_ORDERS)
        self._show()

    def _copy(self) -> None:
        """The path, by OSC 52."""
        one = self._rows.get(self._table.cursor_key)
        if one is not None:
            name = f"{self._after.root or self._before.root}/{safe_path(one.path)}"
            self.app.copy_to_clipboard(name)
            self.app.tell(f"Copied {name}")


def _title(files: Files) -> str:
    """What is compared, and of when it is."""
    return files.title if files.backup is not None else f"{files.title} now"


def _matches(one: Difference, words: str) -> bool:
    """Whether a path, or what has become of it, has all the words; upper and lower case are alike."""
    text = f"{safe_path(one.path)} {one.what}".lower()
    return all(word in text for word in words.lower().split())


def _summary(found: Mapping[str, Difference]) -> str:
    """``3 added, 1 removed, 2 changed``; the rarer kinds only where there are some."""
    counted = Counter(one.what for one in found.values())
    always = (What.ADDED, What.REMOVED, What.CHANGED)
    return ", ".join(f"{counted[what]:,} {what}" for what in What if what in always or counted[what])
