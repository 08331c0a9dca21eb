"""Editing a file of a volume in the user's own editor."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from voltui.format import size
from voltui.jobs.edit import MOST_BYTES, digest, forget_copy
from voltui.jobs.file_plans import EditPlan
from voltui.model.errors import Failed, Refused, VoltuiError
from voltui.model.files import FileNode
from voltui.model.kinds import FILE, LINK
from voltui.model.safe import safe
from voltui.ui.handlers.permission import may_change

if TYPE_CHECKING:
    from voltui.jobs.look import Opened
    from voltui.ui.screens.files import FilesScreen

_EDITOR = "vi"
"""What POSIX has, where the user has said nothing."""


class Editing:
    """The handler that opens an editor."""

    def __init__(self, screen: FilesScreen) -> None:
        self._screen = screen

    def do_edit(self) -> None:
        """Edit the file under the cursor; a job writes it back if it has changed."""
        screen = self._screen
        node, opened = screen.node, screen.opened
        if node is None or opened is None:
            return
        if may_change(screen.app, screen.files.source, "voltui shell {name} --write"):
            screen.app.run_worker(self._edit(opened, node), exclusive=True, group="edit", exit_on_error=False)

    async def _edit(self, opened: Opened, node: FileNode) -> None:
        app = self._screen.app
        try:
            content = await _read(opened, node)
            file = await asyncio.to_thread(_copied, app.live.state_directory / "edit", node.name, content)
            self._open_editor(file)
            written = await asyncio.to_thread(file.read_bytes)
        except VoltuiError as error:
            app.tell_error(error)
            return
        except OSError as error:
            app.tell(f"{node.shown_name} can't be edited: {(error.strerror or str(error)).lower()}.", warning=True)
            return
        if written == content:
            await asyncio.to_thread(forget_copy, file)
            app.tell(f"{node.shown_name} was not changed.")
            return
        plan = EditPlan(app.live.common(), self._screen.files.source, node.path, os.fsencode(file), digest(content))
        app.start_job(plan)

    def _open_editor(self, file: Path) -> None:
        """Leave the terminal to the editor until it ends. Raises `Failed` where it does not start or says it failed."""
        chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or _EDITOR
        try:
            command = [*shlex.split(chosen), str(file)]
            with self._screen.app.suspend():
                code = subprocess.run(command, check=False).returncode
        except (ValueError, OSError, SuspendNotSupported) as error:
            forget_copy(file)
            raise Failed(f"The editor {safe(chosen)} does not start here.", "Set VISUAL or EDITOR.") from error
        if code:
            raise Failed(f"{safe(chosen)} ended with status {code}: nothing is written back.", f"{safe(str(file))}")


async def _read(opened: Opened, node: FileNode) -> bytes:
    """All of a file. Raises `Refused` for what can't be edited."""
    if node.kind not in (FILE, LINK):
        raise Refused(f"{node.shown_path} is no regular file: there is nothing to edit.")
    content = await opened.content(node, MOST_BYTES + 1) if node.size <= MOST_BYTES else b""
    if node.size > MOST_BYTES or len(content) > MOST_BYTES:
        raise Refused(
            f"{node.shown_name} has more than {size(MOST_BYTES)}: that is not edited here.", "e copies it out."
        )
    return content


def _copied(root: Path, name: bytes, content: bytes) -> Path:
    """A private copy for the editor, under the name that tells it what language it is in."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = Path(tempfile.mkdtemp(dir=root)) / os.fsdecode(name)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    return file
