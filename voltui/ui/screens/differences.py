"""What is different between a backup and its volume now, or between two backups: by their lists of files."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen

from voltui.format import size
from voltui.jobs.look import Files
from voltui.model.errors import VoltuiError
from voltui.model.files import Difference, FileTree, differences
from voltui.model.safe import safe_path
from voltui.ui import frame
from voltui.ui.actions import BY_ID, bindings, with_keys
from voltui.ui.glyphs import glyphs
from voltui.ui.handlers.table import MOVES, moves
from voltui.ui.screens.help import HelpScreen
from voltui.ui.spans import Line, Span, line, spread
from voltui.ui.views.base import Column
from voltui.ui.views.files import detail
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.table import Rows, Table

if TYPE_CHECKING:
    from voltui.ui.app import VoltuiApp

_ACTIONS = [BY_ID[identifier] for identifier in ("back", "left", "sort", "copy", *MOVES, "help", "quit")]
_FOOTER = [BY_ID[identifier] for identifier in ("back", "sort", "copy", "help")]
_COLUMNS = (
    Column("PATH", share=1, middle=True),
    Column("WHAT", width=8),
    Column("BEFORE", width=9, right=True),
    Column("AFTER", width=9, right=True),
)
_STYLES = {"added": "good", "removed": "bad", "changed": "warn"}
_ORDERS: Mapping[str, Callable[[Difference], object]] = {
    "path": lambda one: one.path,
    "size": lambda one: -abs(one.bytes),
    "what": lambda one: one.what,
}


class DifferencesScreen(Screen[None]):
    """Every path that was added, removed or changed from one to the other."""

    BINDINGS = bindings(_ACTIONS)

    app: VoltuiApp

    def __init__(self, before: Files, after: Files) -> None:
        super().__init__()
        self._before = before
        self._after = after
        self._differences: dict[str, Difference] | None = None
        self._order = 0

    def compose(self) -> ComposeResult:
        """What is compared, the paths, the one under the cursor, the keys."""
        yield Lines(id="files-header")
        yield Table(id="files-table")
        yield Lines(id="files-detail")
        yield Lines(id="files-keys")

    def on_mount(self) -> None:
        """Read both."""
        self._table.focus()
        self.run_worker(self._read(), exit_on_error=False)

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self._show)

    @property
    def _table(self) -> Table:
        return self.query_one("#files-table", Table)

    async def _read(self) -> None:
        try:
            before, after = await asyncio.gather(_tree_of(self._before), _tree_of(self._after))
        except VoltuiError as error:
            self.app.tell_error(error)
            self.dismiss()
            return
        found = await asyncio.to_thread(lambda: list(differences(before, after)))
        self._differences = {one.path.decode("utf-8", "surrogateescape"): one for one in found}
        self._show()

    def _show(self) -> None:
        if not self.is_attached:
            return
        width, found = self.size.width, self._differences
        key = list(_ORDERS.values())[self._order]
        rows = sorted((found or {}).items(), key=lambda item: key(item[1]))  # type: ignore[arg-type,return-value]
        message = f"   Reading{glyphs().ellipsis}" if found is None else "   Nothing is different."
        self._table.show(Rows(_COLUMNS, [path for path, _ in rows], self._cells, message=((), line(message))))
        title = Span(f" {self._after.title}", "bold")
        order = Span(f"  sort {list(_ORDERS)[self._order]} ", "dim")
        words = line(f"  {_summary(found)}", order) if found is not None else ()
        self._lines("header").show([spread(line(title, f" since {self._before.title}"), words, width)])
        self._lines("keys").show([frame.keys(with_keys(_FOOTER, self.app.store.state.keys), width)])
        self._show_detail()

    def _cells(self, key: str) -> tuple[Line, ...]:
        one = (self._differences or {})[key]
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
        one = (self._differences or {}).get(self._table.cursor_key)
        widget = self._lines("detail")
        title = frame.detail_title(one.what if one else "", self._table.position, widget.size.width)
        sides = [side for side in (one.before, one.after) if side] if one else []
        widget.show([title, *(detail(side)[1] for side in sides)])

    def action_act(self, identifier: str) -> None:
        """Do an action of the registry."""
        others: dict[str, Callable[[], object]] = {
            "back": self.dismiss,
            "left": self.dismiss,
            "quit": self.dismiss,
            "sort": self._sort,
            "copy": self._copy,
            "help": self._help,
        }
        {**moves(self._table), **others}[identifier]()

    def _help(self) -> None:
        actions = with_keys(_ACTIONS, self.app.store.state.keys)
        self.app.push_screen(HelpScreen(actions, "volumes", frozenset()))

    def _sort(self) -> None:
        self._order = (self._order + 1) % len(_ORDERS)
        self._show()

    def _copy(self) -> None:
        """The path, by OSC 52."""
        one = (self._differences or {}).get(self._table.cursor_key)
        if one is not None:
            name = f"{self._after.root}/{safe_path(one.path)}"
            self.app.copy_to_clipboard(name)
            self.app.tell(f"Copied {name}")


async def _tree_of(files: Files) -> FileTree:
    tree = FileTree()
    async with files.opened() as opened:
        await opened.load(tree)
    return tree


def _summary(found: Mapping[str, Difference]) -> str:
    """``3 added, 1 removed, 2 changed``."""
    counted = Counter(one.what for one in found.values())
    return ", ".join(f"{counted[what]:,} {what}" for what in _STYLES)
