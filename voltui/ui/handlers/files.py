"""What is done with files: the marked ones, or the one under the cursor."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from voltui.format import size
from voltui.jobs.file_plans import CopyOutPlan
from voltui.jobs.to_client import check_target
from voltui.model.errors import VoltuiError
from voltui.model.files import FileNode
from voltui.model.paths import absolute
from voltui.model.selection import Selection
from voltui.model.text import plural
from voltui.ui.screens.ask import AskScreen

if TYPE_CHECKING:
    from voltui.ui.screens.files import FilesScreen


class FileWork:
    """Handlers that start jobs of files."""

    def __init__(self, screen: FilesScreen) -> None:
        self._screen = screen

    def do_export(self) -> None:
        """Ask for a directory of this machine and copy there."""
        nodes = self._screen.chosen
        if nodes:
            self._ask_where(nodes, _free_directory(Path(f"./{self._screen.files.source.short.rpartition('/')[2]}")))

    def _ask_where(self, nodes: list[FileNode], proposed: str) -> None:
        screen = self._screen

        def named(text: str | None) -> None:
            if text:
                screen.app.run_worker(self._copy_out(nodes, text), exit_on_error=False)

        hint = "A directory of this machine, made where it is missing; what is there is never replaced."
        screen.app.push_screen(AskScreen(f"Copy {said(nodes)} to", hint, proposed), named)

    async def _copy_out(self, nodes: list[FileNode], text: str) -> None:
        app, files = self._screen.app, self._screen.files
        try:
            selection, target = Selection.of(paths(nodes)), absolute(text)
            await asyncio.to_thread(check_target, target, list(selection.names))
        except VoltuiError as error:
            app.tell_error(error)
            return
        backup = files.backup.id if files.backup else ""
        source = None if files.backup else files.source
        app.start_job(CopyOutPlan(app.live.common(), selection.paths, os.fsencode(target), source, backup))
        self._screen.unmark()


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
