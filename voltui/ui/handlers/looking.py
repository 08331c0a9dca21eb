"""Looking into what is under the cursor. What that needs is loaded then: it would delay the first screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.model.backup import Backup, latest
from voltui.model.safe import safe

if TYPE_CHECKING:
    from voltui.jobs.look import Files
    from voltui.ui.screens.main import MainScreen


class Looking:
    """Handlers that open the files of a volume or a backup."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_files(self) -> None:
        """The files of what is under the cursor."""
        from voltui.ui.screens.files import FilesScreen

        files = self._files()
        if files is not None:
            self._screen.app.push_screen(FilesScreen(files))

    def _files(self) -> Files | None:
        screen = self._screen
        key, state = screen.cursor_key, screen.state
        if not key:
            return None
        if screen.pane.view.id == "backups":
            return self._of_backup(state.backup_by_id[key])
        return self._of_volume(key)

    def do_diff(self) -> None:
        """What differs between the last backup and the volume now, or between two backups that are marked."""
        from voltui.ui.screens.differences import DifferencesScreen

        screen, key = self._screen, self._screen.cursor_key
        state = screen.state
        if not key:
            return
        if screen.pane.view.id == "volumes":
            backups = state.backups_of(key)
            backup = latest(backups) if backups else None
        else:
            chosen = sorted(screen.chosen, key=lambda one: state.backup_by_id[one].started)
            if len(chosen) == 2:
                older, newer = (self._of_backup(state.backup_by_id[one]) for one in chosen)
                screen.app.push_screen(DifferencesScreen(older, newer))
                return
            backup = state.backup_by_id[key]
        volume = self._of_volume(backup.source.name) if backup else None
        if backup is None:
            screen.app.tell(f"There is no backup of it yet. {state.key('backup')} makes one.", warning=True)
        elif volume is None:
            screen.app.tell("This engine has no such volume. Mark two backups to compare these.", warning=True)
        else:
            screen.app.push_screen(DifferencesScreen(self._of_backup(backup), volume))

    def _of_backup(self, backup: Backup) -> Files:
        from voltui.jobs.keys import Keyring
        from voltui.jobs.look import BackupFiles

        live = self._screen.app.live
        return BackupFiles(live.backups, Keyring.of(live.common(), live.state_directory), backup)

    def _of_volume(self, name: str) -> Files | None:
        """The volume's files; ``None`` where there is none of the name."""
        from voltui.jobs.look import VolumeFiles

        inventory = self._screen.state.inventory
        volume = inventory.volumes.get(name) if inventory else None
        if inventory is None or volume is None:
            return None
        return VolumeFiles(self._screen.app.live.explorer, volume, safe(inventory.display_name(volume)))
