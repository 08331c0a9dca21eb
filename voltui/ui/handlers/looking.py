"""Looking into what is under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.jobs.keys import Keyring
from voltui.jobs.look import BackupFiles, Files, VolumeFiles
from voltui.ui.screens.files import FilesScreen

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen


class Looking:
    """Handlers that open the files of a volume or a backup."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_files(self) -> None:
        """The files of what is under the cursor."""
        files = self._files()
        if files is not None:
            self._screen.app.push_screen(FilesScreen(files))

    def _files(self) -> Files | None:
        screen = self._screen
        key, state, live = screen.cursor_key, screen.state, screen.app.live
        if not key:
            return None
        if screen.pane.view.id == "backups":
            return BackupFiles(live.backups, Keyring.of(live.common(), live.state_directory), state.backup_by_id[key])
        if state.inventory is None:
            return None
        return VolumeFiles(live.explorer, state.inventory.volumes[key], screen.pane.view.name(state, key))
