"""Looking into a volume or a backup: a folder at a time, sorted by what it takes, as disk usage viewers do."""

from __future__ import annotations

import asyncio
from collections.abc import Set

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from voltui.jobs.look import Files
from voltui.model.files import FileNode, FileTree
from voltui.model.filter import Ask
from voltui.model.text import plural
from voltui.ui import frame
from voltui.ui.actions import BACKUP_FILES, BY_ID, TREES, VOLUME_FILES, Action, bindings, footer
from voltui.ui.browsing import Browsing, key_of, meant
from voltui.ui.glyphs import glyphs
from voltui.ui.handlers import FILE_MODULES, Handlers
from voltui.ui.handlers.permission import tell_read_only
from voltui.ui.host import Host
from voltui.ui.messages import JobEnded, StateChanged
from voltui.ui.opening import Opening
from voltui.ui.screens.preview import PreviewScreen
from voltui.ui.spans import Span, line
from voltui.ui.state import State
from voltui.ui.told import told
from voltui.ui.views.files import COLUMNS, FOUND_COLUMNS, cells, detail, found_cells, header
from voltui.ui.views.jobs import job_line
from voltui.ui.widgets.filter_line import TYPING, FilterLine
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.table import Rows, Table

_COUNT_EVERY = 0.25
"""Seconds between two looks at how many entries were read."""


class FilesScreen(Screen[None]):
    """The folder that is open, or what was found by name. Its keys are the registry's, and mean the same."""

    BINDINGS = bindings([action for action in BY_ID.values() if action.panes & TREES])

    app: Host

    def __init__(self, files: Files) -> None:
        super().__init__()
        self.files = files
        self.browsing = Browsing()
        """What is open, found and marked."""
        self.looking_for = ""
        """The words that were typed last: what has them may not be found yet."""
        self._told_gone = False
        self._counting: Timer | None = None
        self._handlers = Handlers(self, FILE_MODULES)

    def compose(self) -> ComposeResult:
        """The path, the entries, the one under the cursor, the keys."""
        yield Lines(id="files-header")
        yield Table(id="files-table")
        yield Lines(id="files-detail")
        yield Lines(id="job")
        yield FilterLine(id="filtering", placeholder="part of a name")
        yield Lines(id="keys")

    def on_mount(self) -> None:
        """Begin to read."""
        self.query_one(FilterLine).note(line(Span("in all folders", "dim")))
        self.table.focus()
        self._show_job()
        self.read()

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self.show_entries)

    # What is open.

    @property
    def state(self) -> State:
        """What the interface knows."""
        return self.app.store.state

    @property
    def pane_id(self) -> str:
        """Its name in the registry."""
        return VOLUME_FILES if self.files.backup is None else BACKUP_FILES

    @property
    def asks(self) -> Set[Ask]:
        """Names are looked for by their parts alone."""
        return frozenset()

    @property
    def subject(self) -> str:
        """The path under the cursor."""
        return self.node.shown_path if self.node else ""

    @property
    def on_project(self) -> bool:
        """There are no projects here."""
        return False

    @property
    def gone(self) -> bool:
        """Whether what is looked into is there no more."""
        files, inventory = self.files, self.state.inventory
        if files.backup is not None:
            return files.backup.id not in self.state.backup_by_id
        return files.volume is not None and inventory is not None and files.volume.name not in inventory.volumes

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one("#files-table", Table)

    @property
    def node(self) -> FileNode | None:
        """The entry under the cursor."""
        return self.browsing.rows.get(self.table.cursor_key)

    @property
    def shown_keys(self) -> Set[str]:
        """The paths of the list."""
        return self.browsing.rows.keys()

    @property
    def chosen(self) -> list[FileNode]:
        """What an action is for: all that is marked, else the entry under the cursor."""
        return self.browsing.marked_nodes or meant([self.node] if self.node else [])

    def _lines(self, identifier: str) -> Lines:
        return self.query_one(f"#{identifier}", Lines)

    # Reading.

    def read(self) -> None:
        """Open it and read all names, anew if need be."""
        self.opening = Opening(self.files, self._begun, self._loaded)
        self._stop_counting()
        self._counting = self.set_interval(_COUNT_EVERY, self.show_entries)
        self.run_worker(self._read(self.opening), exclusive=True, group="read", exit_on_error=False)

    async def _read(self, opening: Opening) -> None:
        """It stays open for previews until the screen is closed; where nothing can be read, the screen is."""
        try:
            with told(self.app, f"{self.files.title} can't be read"):
                await opening.run()
        finally:
            self._stop_counting()
        if self.browsing.folder is None:
            self.dismiss()
        else:
            self.show_entries()

    def _begun(self, tree: FileTree) -> None:
        if self.browsing.folder is None:
            self.browsing.tree = tree

    def _loaded(self, tree: FileTree) -> None:
        self._stop_counting()
        self.browsing.take(tree)
        self.show_list()
        if tree.cut:
            self.app.tell(f"Only the first {len(tree):,} entries were read.", warning=True)

    @on(JobEnded)
    def _job_ended(self, event: JobEnded) -> None:
        """Read anew what a job has changed."""
        outcome = event.job.outcome
        if outcome is not None and self.files.backup is None and outcome.result.get("target") == self.files.source.name:
            self.opening.again()

    @on(StateChanged)
    def _state_changed(self) -> None:
        if self.gone != self._told_gone:
            self._told_gone = self.gone
            self.show_entries()
        self._show_job()

    def _stop_counting(self) -> None:
        if self._counting is not None:
            self._counting.stop()
            self._counting = None

    # Showing.

    def show_entries(self, cursor_key: str | None = None) -> None:
        """Bring the screen in line with what is known; only what differs is painted."""
        if not self.is_attached:
            return
        width, browsing = self.size.width, self.browsing
        folder, found = browsing.folder, bool(browsing.words)
        if folder is None:
            message = f"   Reading{glyphs().ellipsis} {plural(len(browsing.tree), 'entry', 'entries')}"
        else:
            message = "   No name has these words." if found else "   This folder is empty."
        whole = folder.total if folder is not None else 0
        rows = Rows(
            FOUND_COLUMNS if found else COLUMNS,
            browsing.keys,
            lambda key: found_cells(browsing.rows[key]) if found else cells(browsing.rows[key], whole),
            browsing.marked,
            ((), line(message)),
        )
        self.table.show(rows, cursor_key)
        marked = browsing.marked_nodes
        self._lines("files-header").show(
            [header(self.files.title, browsing.words, folder, marked, browsing.orders.now, width, gone=self.gone)]
        )
        shown = footer(self.pane_id, read_only=self.state.read_only, keys=self.state.keys)
        self._lines("keys").show([frame.keys(shown, width)])
        self._show_detail()

    def _show_job(self) -> None:
        """The job that runs, on a line that is there only then."""
        jobs, widget = self.state.running_jobs, self._lines("job")
        widget.display = bool(jobs)
        self.set_class(bool(jobs), "-working")
        widget.show([job_line(jobs)])

    def _show_detail(self) -> None:
        widget, node = self._lines("files-detail"), self.node
        title = frame.detail_title(node.shown_name if node else "", self.table.position, widget.size.width)
        widget.show([title, *(detail(node) if node else ())])

    @on(Table.Moved)
    def _cursor_moved(self) -> None:
        self._show_detail()

    # Actions.

    def action_act(self, identifier: str) -> None:
        """Do an action of the registry, if this pane has it."""
        action = BY_ID[identifier]
        if action.changes and self.state.read_only:
            tell_read_only(self.app, action)
        elif self.pane_id not in action.panes:
            self.go_where(action)
        elif action.changes and self.gone:
            self.app.tell(f"{action.label}: {self.files.title} is gone.", warning=True)
        else:
            self._handlers.do(identifier)

    def go_where(self, action: Action) -> None:
        """Say that an action is not here."""
        where = "a volume's files" if self.files.backup is None else "a backup's files"
        self.app.tell(f"{self.state.key(action.id)} {action.label}: not in {where}.", warning=True)

    def open_node(self) -> None:
        """Into a folder; of a file, its beginning."""
        node = self.node
        if node is not None and node.folder:
            self._go(node)
        elif node is not None:
            self.app.push_screen(PreviewScreen(node, self.opening, self.files.root))

    def leave_folder(self) -> None:
        """One folder up, then out."""
        folder = self.browsing.folder
        if folder is None or folder.parent is None:
            self.dismiss()
        else:
            self._go(folder.parent, folder)

    def _go(self, folder: FileNode, cursor: FileNode | None = None) -> None:
        self.workers.cancel_group(self, "find")
        self.looking_for = ""
        self.browsing.go(folder)
        self.show_list(key_of(cursor) if cursor is not None else "")

    def show_list(self, cursor_key: str | None = None) -> None:
        """Show another list of entries: at once, or when a long one is made."""

        async def show() -> None:
            await self.browsing.prepared()
            self.show_entries(cursor_key)

        if self.browsing.long:
            self.run_worker(show(), exclusive=True, group="list")
        else:
            self.show_entries(cursor_key)

    def unmark(self) -> None:
        """Take all marks away."""
        self.browsing.unmark()
        self.show_entries()

    # Finding by name.

    def ask(self) -> None:
        """Open the line that part of a name is typed into."""
        self.query_one(FilterLine).ask(self.browsing.words)

    @on(FilterLine.Typed)
    def _typed(self, event: FilterLine.Typed) -> None:
        self.find(event.text.strip())

    def find(self, words: str) -> None:
        """Show what has these words in its name, in all folders; without any, the folder."""
        self.looking_for = words
        self.run_worker(self._look_for(words), exclusive=True, group="find", exit_on_error=False)

    async def _look_for(self, words: str) -> None:
        """Look through all names, in a thread, when no other key comes at once."""
        found: list[FileNode] = []
        if words:
            await asyncio.sleep(TYPING)
            found = await asyncio.to_thread(self.browsing.look_for, words)
        if words != self.browsing.words:
            self.browsing.show_found(words, found)
            self.show_entries()

    @on(FilterLine.Ended)
    def _end_find(self) -> None:
        """Back to the list; what was found stays."""
        self.table.focus()
