"""What is done with files: the marked ones, or the one under the cursor."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from voltui.format import size
from voltui.jobs.file_plans import CopyOutPlan, DeleteFilesPlan, PutPlan, RestoreFilesPlan
from voltui.jobs.kept_files import job_of_kept, some_paths
from voltui.jobs.plan import Plan
from voltui.jobs.preview_files import FilesPreview, preview_files
from voltui.jobs.put import destinations
from voltui.jobs.to_client import check_target
from voltui.model.errors import NoEngine, NotFound, Refused
from voltui.model.files import FileNode, Folded
from voltui.model.paths import absolute
from voltui.model.safe import safe, safe_path
from voltui.model.selection import Selection
from voltui.model.source import Source
from voltui.model.text import clock_time, plural
from voltui.ui.glyphs import glyphs
from voltui.ui.handlers.permission import may_change
from voltui.ui.handlers.shells import ask_shell
from voltui.ui.handlers.undoing import undo_last
from voltui.ui.screens.ask import AskScreen
from voltui.ui.screens.confirm import ConfirmScreen
from voltui.ui.told import told

if TYPE_CHECKING:
    from voltui.ui.screens.files import FilesScreen

_MANY = 200
"""So many entries take a moment to look at."""


class Files:
    """Handlers that start jobs of files."""

    def __init__(self, screen: FilesScreen) -> None:
        self._screen = screen

    def do_export(self) -> None:
        """Ask for a directory of this machine and copy there."""
        nodes = self._screen.chosen
        if nodes:
            self._screen.app.plan(self._ask_where(nodes))

    async def _ask_where(self, nodes: list[FileNode]) -> None:
        screen = self._screen
        with told(screen.app, f"{said(nodes)} can't be copied out"):
            selection = await self._selection(nodes)
            proposed = _free_directory(Path(f"./{screen.files.source.short.rpartition('/')[2]}"))

            def named(text: str | None) -> None:
                if text:
                    self._copy_out(selection, absolute(text))

            hint = "A directory of this machine, made if need be; nothing there is replaced."
            check = lambda text: check_target(absolute(text), list(selection.names))  # noqa: E731
            screen.app.push_screen(AskScreen(f"Copy {said(nodes)} to", hint, proposed, check=check, path=True), named)

    def _copy_out(self, selection: Selection, target: Path) -> None:
        app, files = self._screen.app, self._screen.files
        backup = files.backup.id if files.backup else ""
        source = None if files.backup else files.source
        common = app.common_of(*([files.backup] if files.backup else []))
        app.start_job(CopyOutPlan(common, selection.paths, os.fsencode(target), source, backup))
        self._screen.unmark()

    def do_restore(self) -> None:
        """Show what putting the entries back into the live volume would do; yes does it."""
        self._screen.app.plan(self._restore(self._screen.chosen))

    def do_remove(self) -> None:
        """Show what would go, and who has it; yes deletes it."""
        self._screen.app.plan(self._delete(self._screen.chosen))

    def do_undo(self) -> None:
        """Show what undoing the last change would do; yes does it."""
        undo_last(self._screen.app, self._screen.files.source)

    def do_shell(self) -> None:
        """Ask whether it may write, then open it in the folder that is open."""
        folder = self._screen.browsing.folder
        within = folder.path if folder is not None and not isinstance(folder, Folded) else b""
        ask_shell(self._screen.app, self._screen.files.volume, within)

    async def _restore(self, nodes: list[FileNode]) -> None:
        app, backup = self._screen.app, self._screen.files.backup
        if backup is None or not nodes:
            return
        if not may_change(app, backup.source, f"voltui restore {safe(backup.id)} --only PATH"):
            return
        question = f"Put {said(nodes)} back into {safe(backup.source.short)}?"
        facts = [f"As of {clock_time(backup.started)}; a folder becomes what it was then."]
        with told(app, f"{said(nodes)} can't be put back"):
            selection = await self._selection(nodes)
            preview = await self._preview(backup.source, selection.paths, stops=True)
            plan = RestoreFilesPlan(app.common_of(backup), backup.source, backup.id, selection.paths)
            self._ask(question, [*facts, *preview.facts(brings=True)], plan, "Restore")

    async def _delete(self, nodes: list[FileNode]) -> None:
        app, source = self._screen.app, self._screen.files.source
        if not nodes or not may_change(app, source, "voltui delete-files {name} PATH"):
            return
        with told(app, f"{said(nodes)} can't be deleted"):
            chosen = (await self._selection(nodes)).paths
            aside = [path for path in chosen if job_of_kept(path)]
            facts = ["What was put aside before is deleted for good."] if aside else []
            preview = await self._preview(source, [path for path in chosen if path not in set(aside)], stops=False)
            there = (*aside, *preview.replaced)
            if preview.new:
                self._screen.opening.again()
            if not there:
                raise NotFound(f"{some_paths(preview.new)} is not there any more.", "The files are read anew.")
            plan = DeleteFilesPlan(app.live.common(), source, there)
            question = f"Delete {said(nodes)} from {safe(source.short)}?"
            self._ask(question, [*facts, *preview.facts(brings=False)], plan, "Delete")

    async def _selection(self, nodes: list[FileNode]) -> Selection:
        """The entries as a job wants them, found out in a thread. Raises `VoltuiError` for too many."""
        if len(nodes) > _MANY:
            self._screen.app.tell(f"Looking at {plural(len(nodes), 'entry', 'entries')}{glyphs().ellipsis}")
        return await asyncio.to_thread(lambda: Selection.of(paths(nodes)))

    async def _preview(self, target: Source, paths: Sequence[bytes], *, stops: bool) -> FilesPreview:
        """What a change at the paths does. Raises `VoltuiError` where it can't be done."""
        app, inventory = self._screen.app, self._screen.state.inventory
        if inventory is None:
            raise NoEngine("The engine does not answer.")
        preview = await preview_files(app.live.engine, app.live.explorer, inventory, target, paths, stops=stops)
        if preview.refusal:
            raise Refused(preview.refusal)
        return preview

    def _ask(self, question: str, facts: list[str], plan: Plan, yes: str) -> None:
        app = self._screen.app

        def decided(sure: bool | None) -> None:
            if sure:
                app.start_job(plan)
                self._screen.unmark()

        app.push_screen(ConfirmScreen(question, facts, yes), decided)

    def do_add(self) -> None:
        """Ask for a file or directory of this machine, and put it into the folder that is open."""
        screen = self._screen
        folder = screen.browsing.folder
        if isinstance(folder, Folded):
            screen.app.tell("These folders are VolTUI's own: nothing is put there.", warning=True)
            return
        if folder is None or not may_change(screen.app, screen.files.source, "voltui put {name} FILE"):
            return

        def named(text: str | None) -> None:
            if text:
                self._screen.app.plan(self._put(text, folder.path))

        hint = "A file or directory of this machine; it gets the owner of its new folder, or of the file it replaces."
        screen.app.push_screen(AskScreen(f"Put into {folder.shown_path}", hint, check=_mine, path=True), named)

    async def _put(self, text: str, into: bytes) -> None:
        """Put it there at once; where something of its name is there, ask whether that is to be replaced."""
        app, target = self._screen.app, self._screen.files.source
        with told(app, f"{safe(text)} can't be put there"):
            sources = (await asyncio.to_thread(_mine, text),)
            places = destinations(sources, into)
            preview = await self._preview(target, places, stops=False)
            plan = PutPlan(app.live.common(), target, sources, into, replace=bool(preview.replaced))
            if preview.replaced:
                self._ask(f"Replace /{safe_path(places[0])}?", preview.facts(brings=True), plan, "Replace")
            else:
                app.start_job(plan)


def _mine(text: str) -> bytes:
    """The whole path of a file or directory of this machine. Raises `NotFound`."""
    source = os.path.normpath(absolute(text))
    if not Path(source).exists():
        raise NotFound(f"There is no {safe(text)} on this machine.", "Check the path.")
    return os.fsencode(source)


def said(nodes: list[FileNode]) -> str:
    """``name``, or ``3 entries``, with how much that is."""
    what = nodes[0].shown_name if len(nodes) == 1 else plural(len(nodes), "entry", "entries")
    return f"{what} ({size(sum(node.total for node in nodes))})"


def paths(nodes: list[FileNode]) -> tuple[bytes, ...]:
    """The paths of entries."""
    return tuple(node.path for node in nodes)


def _free_directory(path: Path) -> str:
    """A name like this one for a directory that is not there yet."""
    candidate, number = path, 1
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return f"./{candidate}"
