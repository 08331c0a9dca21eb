"""Editing a file of a volume in the user's own editor."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from voltui.format import size
from voltui.jobs.edit import MOST_BYTES, digest, forget_copy, private_copy
from voltui.jobs.file_plans import EditPlan
from voltui.model.errors import Failed, Refused
from voltui.model.files import FileNode
from voltui.model.kinds import FILE, LINK
from voltui.model.safe import safe
from voltui.store.files import locked_directory
from voltui.ui.handlers.permission import may_change
from voltui.ui.suspended import suspended
from voltui.ui.told import told

if TYPE_CHECKING:
    from voltui.jobs.look import Opened
    from voltui.ui.opening import Opening
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
        node = screen.node
        if node is not None and may_change(screen.app, screen.files.source, "voltui shell {name} --write"):
            work = self._edit(screen.opening, node)
            screen.app.run_worker(work, exclusive=True, group="edit", exit_on_error=False)

    async def _edit(self, opening: Opening, node: FileNode) -> None:
        app = self._screen.app
        with told(app, f"{node.shown_name} can't be edited"):
            content = await _read(await opening.opened(), node)
            file = await asyncio.to_thread(private_copy, app.live.state_directory / "edit", node.name, content)
            with locked_directory(file.parent):
                failed = self._open_editor(file)
            written = await asyncio.to_thread(file.read_bytes)
            if written == content:
                await asyncio.to_thread(forget_copy, file)
                if failed:
                    raise Failed(f"{failed}: {node.shown_name} was not changed.")
                app.tell(f"{node.shown_name} was not changed.")
                return
            if failed:
                raise Failed(f"{failed}: nothing is written back.", f"What it left is in {safe(str(file))}.")
            source = self._screen.files.source
            app.start_job(EditPlan(app.live.common(), source, node.path, os.fsencode(file), digest(content)))

    def _open_editor(self, file: Path) -> str:
        """Leave the terminal to the editor until it ends; how it ended where that was not well.

        Raises `Failed` where it does not start.
        """
        chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or _EDITOR
        try:
            command = [*shlex.split(chosen), str(file)]
            code = suspended(self._screen.app, lambda: subprocess.run(command, check=False).returncode)
        except SuspendNotSupported as error:
            forget_copy(file)
            raise Failed("There is no terminal for an editor here.") from error
        except (ValueError, OSError) as error:
            forget_copy(file)
            why = f": {error.strerror.lower()}" if isinstance(error, OSError) and error.strerror else ""
            raise Failed(f"The editor {safe(chosen)} does not start{why}.", "Set VISUAL or EDITOR to yours.") from error
        return f"The editor {safe(chosen)} {_end(code)}" if code else ""


def _end(code: int) -> str:
    """How a program ended that did not end well."""
    if code > 0:
        return f"ended with status {code}"
    return (
        f"was ended by {signal.Signals(-code).name}" if -code in set(signal.Signals) else f"was ended by signal {-code}"
    )


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
