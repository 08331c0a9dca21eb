"""Looking into a volume or a backup: a folder at a time, sorted by what it takes, as disk usage viewers do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.events import Key
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from voltui.format import size
from voltui.jobs.look import Files, Opened
from voltui.model.errors import VoltuiError
from voltui.model.files import ORDERS, FileNode, FileTree, ordered
from voltui.model.safe import safe
from voltui.model.text import plural
from voltui.ui import frame
from voltui.ui.actions import BY_ID, bindings
from voltui.ui.glyphs import glyphs
from voltui.ui.handlers.shells import ask_shell
from voltui.ui.handlers.table import MOVES, moves
from voltui.ui.screens.help import HelpScreen
from voltui.ui.screens.preview import PreviewScreen
from voltui.ui.spans import Line, Span, line, spread
from voltui.ui.views.files import COLUMNS, FOUND_COLUMNS, cells, detail, found_cells
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.table import Rows, Table

if TYPE_CHECKING:
    from voltui.ui.app import VoltuiApp

_COUNT_EVERY = 0.25
"""Seconds between two looks at how many entries were read."""
_MOST_FOUND = 1_000
"""Entries that are shown of what has a name: whoever looks for one types on."""
_TYPING = 0.1
"""Seconds without a key until names are looked for."""
_ACTIONS = [
    BY_ID[identifier]
    for identifier in (
        "open",
        "back",
        "right",
        "left",
        "filter",
        "sort",
        "copy",
        "shell",
        "refresh",
        *MOVES,
        "help",
        "quit",
    )
]  # fmt: skip
_FOOTER = [BY_ID[identifier] for identifier in ("open", "back", "filter", "sort", "copy", "help")]


class FilesScreen(Screen[None]):
    """The folder that is open, or what was found by name. Its keys are the registry's, and mean the same."""

    BINDINGS = bindings(_ACTIONS)

    app: VoltuiApp

    def __init__(self, files: Files) -> None:
        super().__init__()
        self._files = files
        self._opened: Opened | None = None
        self._tree = FileTree()
        self._folder: FileNode | None = None
        """The folder that is open; ``None`` until all is read."""
        self._words = ""
        """What is looked for by name; empty shows the folder."""
        self._found: list[FileNode] = []
        self._order = 0
        self._rows: dict[str, FileNode] = {}
        self._counting: Timer | None = None

    def compose(self) -> ComposeResult:
        """The path, the entries, the one under the cursor, the keys."""
        yield Lines(id="files-header")
        yield Table(id="files-table")
        yield Lines(id="files-detail")
        yield Input(id="files-find", placeholder="part of a name, in all folders", compact=True)
        yield Lines(id="files-keys")

    def on_mount(self) -> None:
        """Begin to read."""
        self._find.cursor_blink = False
        self._find.display = False
        self._table.focus()
        self._begin()

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self._show)

    @property
    def _table(self) -> Table:
        return self.query_one("#files-table", Table)

    @property
    def _find(self) -> Input:
        return self.query_one("#files-find", Input)

    def _lines(self, identifier: str) -> Lines:
        return self.query_one(f"#files-{identifier}", Lines)

    # Reading.

    def _begin(self) -> None:
        self._counting = self.set_interval(_COUNT_EVERY, self._show)
        self.run_worker(self._read(), exclusive=True, group="read", exit_on_error=False)

    async def _read(self) -> None:
        """Open and read all; it stays open for previews until the screen is closed."""
        try:
            async with self._files.opened() as opened:
                tree = self._tree = FileTree()
                await opened.load(tree)
                self._loaded(opened, tree)
                await _never()
        except VoltuiError as error:
            self.app.tell_error(error)
            if self._folder is None:
                self.dismiss()

    def _loaded(self, opened: Opened, tree: FileTree) -> None:
        before = self._folder.path if self._folder is not None else b""
        self._opened = opened
        self._stop_counting()
        found = tree.find(before)
        self._folder = found if found is not None and found.folder else tree.root
        self._show()
        if tree.cut:
            self.app.tell(f"Only the first {len(tree):,} entries were read.", warning=True)

    def _stop_counting(self) -> None:
        if self._counting is not None:
            self._counting.stop()
            self._counting = None

    # Showing.

    def _show(self, cursor_key: str | None = None) -> None:
        if not self.is_attached:
            return
        width, order = self.size.width, ORDERS[self._order]
        folder = self._folder
        if folder is None:
            nodes: list[FileNode] = []
            message = f"   Reading{glyphs().ellipsis} {plural(len(self._tree), 'entry', 'entries')}"
        elif self._words:
            nodes, message = ordered(self._found, order), "   No name has these words."
        else:
            nodes, message = ordered(folder.children, order), "   This folder is empty."
        self._rows = {_path_key(node) if self._words else _name_key(node): node for node in nodes}
        whole = folder.total if folder is not None else 0
        found = bool(self._words)
        rows = Rows(
            FOUND_COLUMNS if found else COLUMNS,
            list(self._rows),
            lambda key: found_cells(self._rows[key]) if found else cells(self._rows[key], whole),
            message=((), line(message)),
        )
        self._table.show(rows, cursor_key)
        self._lines("header").show([self._header(width)])
        self._lines("keys").show([frame.keys(_FOOTER, width)])
        self._show_detail()

    def _header(self, width: int) -> Line:
        folder = self._folder
        left: list[Span | str] = [Span(f" {self._files.title}", "bold"), "  "]
        if folder is None:
            return spread(line(*left), (), width)
        left.append(Span(f"/{safe(self._words)}", "accent") if self._words else folder.shown_path)
        arrow = glyphs().rising if ORDERS[self._order] == "name" else glyphs().falling
        held = f"{plural(folder.count, 'entry', 'entries')} {size(folder.total)}"
        return spread(line(*left), line(f"  {held}", Span(f"  sort {ORDERS[self._order]} {arrow} ", "dim")), width)

    def _show_detail(self) -> None:
        widget, node = self._lines("detail"), self._node
        title = frame.detail_title(node.shown_name if node else "", self._table.position, widget.size.width)
        widget.show([title, *(detail(node) if node else ())])

    @property
    def _node(self) -> FileNode | None:
        return self._rows.get(self._table.cursor_key)

    @on(Table.Moved)
    def _cursor_moved(self) -> None:
        self._show_detail()

    # Actions.

    def action_act(self, identifier: str) -> None:
        """Do an action of the registry."""
        others: dict[str, Callable[[], object]] = {
            "open": self._open,
            "back": self._back,
            "right": self._open,
            "left": self._back,
            "filter": self._ask,
            "sort": self._sort,
            "copy": self._copy,
            "shell": lambda: ask_shell(self.app, self._files.volume),
            "refresh": self._begin,
            "help": lambda: self.app.push_screen(HelpScreen(_ACTIONS, "volumes", frozenset())),
            "quit": self.dismiss,
        }
        {**moves(self._table), **others}[identifier]()

    def _open(self) -> None:
        """Into a folder; of a file, its beginning."""
        node = self._node
        if node is None:
            return
        if node.folder:
            self._go(node)
        elif self._opened is not None:
            self.app.push_screen(PreviewScreen(node, self._opened, self._files.root))

    def _back(self) -> None:
        """Out of what was found, then one folder up, then out."""
        if self._words:
            self._words = self._find.value = ""
            self._show()
        elif self._folder is None or self._folder.parent is None:
            self.dismiss()
        else:
            self._go(self._folder.parent, self._folder)

    def _go(self, folder: FileNode, cursor: FileNode | None = None) -> None:
        self._words = self._find.value = ""
        self._folder = folder
        self._show(_name_key(cursor) if cursor is not None else "")

    def _sort(self) -> None:
        self._order = (self._order + 1) % len(ORDERS)
        self._show()

    def _copy(self) -> None:
        """The path, by OSC 52."""
        node = self._node
        if node is not None:
            name = f"{self._files.root}{node.shown_path}"
            self.app.copy_to_clipboard(name)
            self.app.tell(f"Copied {name}")

    # Finding by name.

    def _ask(self) -> None:
        self._find.display = True
        self._lines("keys").display = False
        self._find.focus()

    @on(Input.Changed, "#files-find")
    def _typed(self, event: Input.Changed) -> None:
        self.run_worker(self._look_for(event.value.strip()), exclusive=True, group="find", exit_on_error=False)

    async def _look_for(self, words: str) -> None:
        """Look through all names, in a thread, when no other key comes at once."""
        if words:
            await asyncio.sleep(_TYPING)
            self._found = await asyncio.to_thread(self._tree.matching, words, _MOST_FOUND)
        if words != self._words:
            self._words = words
            self._show()

    @on(Input.Submitted, "#files-find")
    def _end_find(self) -> None:
        """Back to the list; what was found stays."""
        self._find.display = False
        self._lines("keys").display = True
        self._table.focus()

    def on_key(self, event: Key) -> None:
        """In the line of words Esc clears it, Tab ends it."""
        if not self._find.has_focus or event.key not in ("escape", "tab", "shift+tab"):
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self._find.value = ""
        self._end_find()


async def _never() -> None:
    """Wait until cancelled."""
    await asyncio.Event().wait()


def _name_key(node: FileNode) -> str:
    """What the list of a folder knows an entry by."""
    return node.name.decode("utf-8", "surrogateescape")


def _path_key(node: FileNode) -> str:
    """What the list of what was found knows an entry by."""
    return node.path.decode("utf-8", "surrogateescape")
