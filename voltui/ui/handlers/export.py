"""Writing the graph that is shown, or backups, to files of the user's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from voltui.jobs.export_backup import DECRYPTED, check_place
from voltui.jobs.plan import BackupExportPlan
from voltui.model.backup import Backup
from voltui.model.errors import Usage, VoltuiError
from voltui.model.graph import MountGraph
from voltui.model.graph_formats import FORMATS, format_of
from voltui.model.paths import absolute
from voltui.model.safe import safe
from voltui.model.text import listed, plural
from voltui.store.client_files import check_parent
from voltui.store.files import write_file
from voltui.ui.actions import BACKUPS
from voltui.ui.handlers.unlocking import unlocked
from voltui.ui.screens.ask import AskScreen
from voltui.ui.screens.confirm import ConfirmScreen
from voltui.ui.views.graph import GraphView

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_MOST_OF_NAME = 40


class Export:
    """The handler of the export."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_export(self) -> None:
        """Ask where to, and write what is drawn there, or the backups."""
        screen, view, key = self._screen, self._screen.pane.view, self._screen.cursor_key
        if view.id == BACKUPS:
            self._export_backups()
            return
        if not isinstance(view, GraphView) or not key:
            screen.app.tell("There is no graph here to write.", warning=True)
            return
        graph = screen.drawing.walk.shown if screen.walking else view.graph(screen.state, key)
        if graph is None or not graph.nodes:
            screen.app.tell("The filter leaves nothing to write.", warning=True)
            return
        drawn = graph
        name = view.name(screen.state, screen.drawing.key if screen.walking else key)

        def named(path: str | None) -> None:
            if path:
                screen.app.run_worker(self._write(drawn, path), exit_on_error=False)

        endings = listed([one.ending for one in FORMATS.values()], most=len(FORMATS))
        screen.app.push_screen(
            AskScreen(
                "Write this graph to a file",
                f"The ending is the format: {endings}.",
                _default(name),
                check=lambda path: (format_of(path), _found(path)),
                path=True,
            ),
            named,
        )

    def _export_backups(self) -> None:
        """Ask for the directory or the file, and start the job."""
        screen = self._screen
        backups = [screen.state.backup_by_id[key] for key in screen.pane.chosen(screen.state, screen.cursor_key)]
        chosen = tuple(backup.id for backup in backups)
        if not chosen:
            screen.app.tell("There is no backup here to export.", warning=True)
            return

        def named(place: str | None) -> None:
            if place:
                export = partial(self._start_export, backups, str(absolute(place)))
                unlocked(screen.app, backups, export) if place.endswith(DECRYPTED) else export()

        check = lambda place: check_place(str(absolute(place)), len(chosen))  # noqa: E731
        what = safe(chosen[0]) if len(chosen) == 1 else plural(len(chosen), "backup")
        hint = "A directory gets all of it. A file .tar or .tar.zst gets its content, decrypted."
        screen.app.push_screen(AskScreen(f"Export {what} to", hint, "./voltui-export/", check=check, path=True), named)

    def _start_export(self, backups: Sequence[Backup], place: str) -> None:
        app, chosen = self._screen.app, tuple(backup.id for backup in backups)
        app.start_job(BackupExportPlan(app.common_of(*backups), chosen, place))
        self._screen.unmark_chosen()

    async def _write(self, graph: MountGraph, name: str) -> None:
        """Write it, after asking where something would be replaced."""
        app, shown = self._screen.app, safe(name)
        try:
            text = await asyncio.to_thread(format_of(name).write, graph)
            path, stands = await asyncio.to_thread(_found, name)
            if stands:
                question, facts = f"Replace {safe(path.name)}?", [f"{shown} is there already."]
                if not await app.push_screen_wait(ConfirmScreen(question, facts, "Replace it")):
                    return
            await asyncio.to_thread(write_file, path, f"{text}\n".encode(), durable=False)
        except VoltuiError as error:
            app.tell_error(error)
        except OSError as error:
            app.tell(f"{shown} can't be written: {(error.strerror or str(error)).lower()}.", warning=True)
        else:
            app.tell(f"Written: {shown}")


def _found(name: str) -> tuple[Path, bool]:
    """The file of a name, and whether it is there already. Raises `Usage` or `NotFound` where it can be no file."""
    path = absolute(name)
    if path.is_dir():
        raise Usage(f"{safe(name)} is a directory.", "Name a file in it.")
    check_parent(path)
    return path, path.exists() or path.is_symlink()


def _default(group: str) -> str:
    words = _NOT_IN_NAMES.sub("-", group).strip("-.")[:_MOST_OF_NAME].strip("-.")
    return f"./voltui-graph-{words or 'group'}.svg"
