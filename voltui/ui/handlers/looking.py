"""Looking into what is under the cursor. What that needs is loaded then: it would delay the first screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.format import ago
from voltui.model.backup import Backup, latest
from voltui.model.safe import safe
from voltui.model.text import clock_time
from voltui.ui.screens.menu import Choice, MenuScreen

_NOW = "now"
"""No backup's id."""

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
        """What differs between the last backup and the volume now; of a backup, what to compare it with is chosen."""
        screen, key = self._screen, self._screen.cursor_key
        state = screen.state
        if not key:
            return
        if screen.pane.view.id == "volumes":
            backups = state.backups_of(key)
            if backups:
                self._compare(latest(backups), None)
            else:
                screen.app.tell("There is no backup of it yet. b makes one.", warning=True)
            return
        chosen = [state.backup_by_id[one] for one in screen.pane.chosen(state, key)]
        if len(chosen) == 2:
            older, newer = sorted(chosen, key=lambda one: one.started)
            self._compare(older, newer)
        else:
            self._choose(state.backup_by_id[key])

    def _choose(self, backup: Backup) -> None:
        """Ask what to compare a backup with: its volume as it is now, or another backup."""
        screen, state = self._screen, self._screen.state
        others = {one.id: one for one in state.backups if one.source == backup.source and one.id != backup.id}
        choices = [Choice(one.id, clock_time(one.started), "", _age(one)) for one in others.values()]
        choices.insert(0, Choice(_NOW, "Its volume now", "", "what was done since"))

        def chosen(identifier: str | None) -> None:
            if identifier is None:
                return
            other = others.get(identifier)
            older, newer = (other, backup) if other is not None and other.started < backup.started else (backup, other)
            self._compare(older, newer)

        title = f"Compare {safe(backup.source.short)} {clock_time(backup.started)} with"
        screen.app.push_screen(MenuScreen(title, choices), chosen)

    def _compare(self, older: Backup, newer: Backup | None) -> None:
        """Show what differs between two backups, or between one and its volume now."""
        from voltui.ui.screens.differences import DifferencesScreen

        app = self._screen.app
        after = self._of_backup(newer) if newer is not None else self._of_volume(older.source.name)
        if after is None:
            app.tell("This engine has no such volume. Another backup can be compared.", warning=True)
        else:
            app.push_screen(DifferencesScreen(self._of_backup(older), after))

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


def _age(backup: Backup) -> str:
    return f"{ago(backup.started)}, {backup.writers}"
