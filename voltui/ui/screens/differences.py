"""What is different between a backup and its volume now, or between two backups."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from voltui.format import size
from voltui.jobs.compare import Comparing, comparing
from voltui.jobs.look import Files
from voltui.model.differences import Difference, What
from voltui.model.safe import safe, safe_path
from voltui.ui import frame
from voltui.ui.actions import Action, among, bindings
from voltui.ui.compared import Compared
from voltui.ui.glyphs import glyphs
from voltui.ui.handlers.table import MOVES, act, moves
from voltui.ui.host import Host
from voltui.ui.screens.help import HelpScreen
from voltui.ui.screens.menu import choose_order, offers
from voltui.ui.screens.textdiff import TextDiffScreen
from voltui.ui.spans import Line, Span, line, spread
from voltui.ui.told import told
from voltui.ui.views.base import Column
from voltui.ui.views.files import detail
from voltui.ui.widgets.filter_line import TYPING, FilterLine
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.table import Rows, Table

_COUNT_EVERY = 0.25
"""Seconds between two looks at how much was compared."""
_TOLD: Mapping[str, str] = {
    "open": "The lines that differ, of a text",
    "right": "As Enter",
    "back": "Close it, what is still compared is left; first, the filter",
    "left": "As Esc",
    "swap": "",
    "filter": "Only paths with these words, or what is: added",
    "next_match": "",
    "previous_match": "",
    "sort": "By path, size, what it is",
    "reverse": "",
    "sort_menu": "",
    "copy": "",
    "refresh": "Read and compare both again",
    **dict.fromkeys(MOVES, ""),
    "menu": "",
    "palette": "These actions by their names",
    "help": "",
    "quit": "Close it",
}
_FOOTER = ("open", "back", "swap", "filter", "sort", "copy", "help")
_STYLES = {
    What.ADDED: "good",
    What.REMOVED: "bad",
    What.CHANGED: "warn",
    What.TOUCHED: "dim",
    What.UNSURE: "dim",
}


class DifferencesScreen(Screen[None]):
    """Every path that was added, removed or changed from one to the other."""

    BINDINGS = bindings()

    app: Host

    def __init__(self, before: Files, after: Files) -> None:
        super().__init__()
        self._before = before
        self._after = after
        self._compared = Compared(before, after)
        """What of it is asked for."""
        self._comparing: Comparing | None = None
        self._rows: dict[str, Difference] = {}
        """What is shown, by its path."""
        self._counting: Timer | None = None

    def compose(self) -> ComposeResult:
        """What is compared, the paths, the one under the cursor, the filter, the keys."""
        yield Lines(id="files-header")
        yield Table(id="files-table")
        yield Lines(id="files-detail")
        yield FilterLine(id="filtering", placeholder="part of a path")
        yield Lines(id="files-keys")

    def on_mount(self) -> None:
        """Read both."""
        self.query_one(FilterLine).note(line(Span("or what it is: added, removed, changed", "dim")))
        self._table.focus()
        self._begin()

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self._show)

    @property
    def _table(self) -> Table:
        return self.query_one("#files-table", Table)

    def _begin(self) -> None:
        """Read both, anew if need be."""
        self._compared.found, self._comparing, self._rows = None, None, {}
        self._show()
        self.run_worker(self._read(), exclusive=True, group="read", exit_on_error=False)

    async def _read(self) -> None:
        """Show what lists tell, then compare the contents they leave open; both stay open for the lines that differ."""
        with told(self.app, "They can't be compared"):
            async with comparing(self._before, self._after) as opened:
                self._compared.found = await opened.listed()
                self._comparing = opened
                self._arrange()
                if opened.cut:
                    self.app.tell("There are too many entries: only the first were compared.", warning=True)
                await self._settle(opened, list(self._compared.found))
                await asyncio.Event().wait()
        self.dismiss()

    async def _settle(self, opened: Comparing, listed: list[Difference]) -> None:
        """Compare contents. Where that fails, what the lists tell stays."""
        self._counting = self.set_interval(_COUNT_EVERY, self._show_header)
        try:
            with told(self.app, "Contents can't be compared"):
                self._compared.found = await opened.settled(listed)
        finally:
            self._counting.stop()
            self._counting = None
        self._arrange()

    # Showing.

    def _arrange(self, after: float = 0.0) -> None:
        """Show what is asked for now, when no other key comes for so many seconds."""
        self.run_worker(self._arranged(after), exclusive=True, group="arrange", exit_on_error=False)

    async def _arranged(self, after: float) -> None:
        await asyncio.sleep(after)
        self._rows = await asyncio.to_thread(self._compared.rows)
        self._show()

    def _show(self) -> None:
        if not self.is_attached:
            return
        labels = (Column(label, width=9, right=True) for label in self._compared.labels)
        columns = (Column("PATH", share=1, middle=True), Column("WHAT", width=8), *labels)
        self._table.show(Rows(columns, list(self._rows), self._cells, message=((), line(self._message()))))
        self._lines("keys").show([frame.keys(self._actions(_FOOTER), self.size.width)])
        self._show_header()
        self._show_detail()

    def _show_header(self) -> None:
        name, moments = self._compared.heading
        left = line(Span(f" {name} " if name else "", "bold"), f" {moments}")
        self._lines("header").show([spread(left, self._words(), self.size.width)])

    def _message(self) -> str:
        """What stands in place of rows."""
        if self._compared.found is None:
            return f"   Reading{glyphs().ellipsis}"
        return "   No path that differs has these words." if self._compared.words else "   Nothing is different."

    def _words(self) -> Line:
        """How far it is, or the filter and the order."""
        if self._compared.found is None:
            return ()
        opened = self._comparing
        if self._counting is not None and opened is not None and opened.total:
            return line(f"  comparing {size(opened.done)} of {size(opened.total)} ")
        words = self._compared.words
        asked = Span(f"  /{safe(words)}", "accent") if words else Span("")
        order = self._compared.orders.now
        return line(asked, Span(f"  sort {order.label} {order.arrow} ", "dim"))

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
        summary = _summary(self._rows) if self._compared.found is not None else ""
        title = frame.detail_title(one.what if one else "", self._table.position, widget.size.width, summary)
        widget.show([title, *(detail(side)[1] for side in (one.sides if one else ()))])

    # Actions.

    def _actions(self, identifiers: tuple[str, ...]) -> list[Action]:
        told = {identifier: _TOLD[identifier] for identifier in identifiers}
        return among(told, keys=self.app.store.state.keys)

    def action_act(self, identifier: str) -> None:
        """Do an action of the registry, if it is one of these."""
        others: dict[str, Callable[[], object]] = {
            "open": self._open,
            "right": self._open,
            "back": self._back,
            "left": self._back,
            "quit": self.dismiss,
            "swap": self._swap,
            "filter": self._ask,
            "next_match": lambda: self._table.move(1),
            "previous_match": lambda: self._table.move(-1),
            "sort": self._sort,
            "reverse": self._reverse,
            "sort_menu": self._choose_order,
            "copy": self._copy,
            "refresh": self._begin,
            **offers(self.app, "Differences", lambda: self._actions(tuple(_TOLD)), self.action_act),
            "help": lambda: self.app.push_screen(HelpScreen("differences", self._actions(tuple(_TOLD)), frozenset())),
        }
        act(self.app, {**moves(self._table), **others}, identifier, "the differences")

    def _back(self) -> None:
        """Out of the filter, then out."""
        if self._compared.words:
            self._find("")
        else:
            self.dismiss()

    def _open(self) -> None:
        """The lines that differ."""
        one = self._rows.get(self._table.cursor_key)
        if one is not None and self._comparing is not None:
            read = one.swapped if self._compared.swapped else one
            root = self._after.root or self._before.root
            self.app.push_screen(TextDiffScreen(read, self._comparing, root, swapped=self._compared.swapped))

    def _swap(self) -> None:
        """From the other side: what was added was removed."""
        self._compared.swapped = not self._compared.swapped
        self._arrange()

    def _sort(self) -> None:
        self._compared.orders.next()
        self._arrange()

    def _reverse(self) -> None:
        self._compared.orders.reverse()
        self._arrange()

    def _choose_order(self) -> None:
        choose_order(self.app, self._compared.orders, self._arrange)

    def _copy(self) -> None:
        """The path, by OSC 52."""
        one = self._rows.get(self._table.cursor_key)
        if one is not None:
            name = f"{self._after.root or self._before.root}/{safe_path(one.path)}"
            self.app.copy_to_clipboard(name)
            self.app.tell(f"Copied {name}")

    # Finding.

    def _ask(self) -> None:
        """Open the line that words are typed into."""
        self.query_one(FilterLine).ask(self._compared.words)

    @on(FilterLine.Typed)
    def _typed(self, event: FilterLine.Typed) -> None:
        self._find(event.text.strip(), after=TYPING)

    def _find(self, words: str, after: float = 0.0) -> None:
        if words != self._compared.words:
            self._compared.words = words
            self._arrange(after)

    @on(FilterLine.Ended)
    def _end_find(self) -> None:
        """Back to the list; what the filter left stays."""
        self._table.focus()


def _summary(found: Mapping[str, Difference]) -> str:
    """``3 added, 1 removed, 2 changed``; the rarer kinds only where there are some."""
    counted = Counter(one.what for one in found.values())
    always = (What.ADDED, What.REMOVED, What.CHANGED)
    return ", ".join(f"{counted[what]:,} {what}" for what in What if what in always or counted[what])
