"""Looking into what is under the cursor. What that needs is loaded then: it would delay the first screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.format import ago
from voltui.model.backup import Backup, latest, order
from voltui.model.graph import NodeKind
from voltui.model.inventory import data_source
from voltui.model.mount import Mount
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import clock_time, middle_cut
from voltui.ui.actions import BACKUPS
from voltui.ui.handlers.unlocking import unlocked
from voltui.ui.screens.menu import Choice, MenuScreen
from voltui.ui.views.containers import data_mounts, mount_name

_NOW, _LAYER = "now", "layer"
"""Choices that are no backup's id, no mount's number."""
_MOST_LABEL = 36
"""Cells of a path in a menu."""
_TMPFS = "A tmpfs is in the memory of its container: there is nothing to look into from outside."

if TYPE_CHECKING:
    from voltui.jobs.look import Files
    from voltui.ui.screens.main import MainScreen


class Looking:
    """Handlers that open the files of a volume or a backup."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_files(self) -> None:
        """The files of what is under the cursor; of a container, of what is chosen among its mounts."""
        screen = self._screen
        key, node = screen.cursor_key, screen.node
        if node is None:
            if key and screen.pane.view.id == BACKUPS:
                backup = screen.state.backup_by_id[key]
                unlocked(screen.app, [backup], lambda: self._open(self._of_backup(backup)))
            return
        if node.kind is NodeKind.CONTAINER:
            self._choose_mount(node.name)
        elif node.source is not None:
            self._open(self._of_source(node.source))
        else:
            screen.app.tell(_TMPFS, warning=True)

    def _open(self, files: Files | None) -> None:
        from voltui.ui.screens.files import FilesScreen

        if files is None:
            self._screen.app.tell("It is gone.", warning=True)
        else:
            self._screen.app.push_screen(FilesScreen(files))

    def _choose_mount(self, container_id: str) -> None:
        """Ask which of a container's mounts to look into, or what it has written beside them."""
        screen, inventory = self._screen, self._screen.state.inventory
        container = inventory.containers.get(container_id) if inventory else None
        if inventory is None or container is None:
            return
        mounts = {str(number): mount for number, mount in enumerate(data_mounts(container))}
        choices = [
            Choice(number, middle_cut(mount_name(inventory, mount), _MOST_LABEL), "", _place(mount))
            for number, mount in mounts.items()
        ]
        choices.append(Choice(_LAYER, "its own files", "", "what it has changed outside of its mounts"))

        def chosen(identifier: str | None) -> None:
            if identifier == _LAYER:
                from voltui.ui.screens.changes import ChangesScreen

                screen.app.push_screen(ChangesScreen(container))
            elif identifier is not None:
                source = data_source(mounts[identifier])
                if source is None:
                    screen.app.tell(_TMPFS, warning=True)
                else:
                    self._open(self._of_source(source))

        screen.app.push_screen(MenuScreen(f"The files of {safe(container.name)}", choices), chosen)

    def _of_source(self, source: Source) -> Files | None:
        """The files of a volume, or of a directory of the engine's host."""
        from voltui.jobs.look_live import PathFiles

        if source.kind == "volume":
            return self._of_volume(source.name)
        return PathFiles(self._screen.app.live.explorer, source.name)

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
                screen.app.tell(f"There is no backup of it yet. {state.key('backup')} makes one.", warning=True)
            return
        chosen = [state.backup_by_id[one] for one in screen.pane.chosen(state, key)]
        if len(chosen) == 2:
            older, newer = sorted(chosen, key=order)
            self._compare(older, newer)
        else:
            self._choose(state.backup_by_id[key])

    def _choose(self, backup: Backup) -> None:
        """Ask what to compare a backup with: its volume as it is now, or another backup."""
        screen, state = self._screen, self._screen.state
        others = {one.id: one for one in state.backups if one.source == backup.source and one.id != backup.id}
        choices = [Choice(one.id, clock_time(one.started, seconds=True), "", _age(one)) for one in others.values()]
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

        def compare() -> None:
            after = self._of_backup(newer) if newer is not None else self._of_volume(older.source.name)
            if after is None:
                app.tell("This engine has no such volume. Another backup can be compared.", warning=True)
            else:
                app.push_screen(DifferencesScreen(self._of_backup(older), after))

        unlocked(app, [older] if newer is None else [older, newer], compare)

    def _of_backup(self, backup: Backup) -> Files:
        from voltui.jobs.keys import Keyring
        from voltui.jobs.look_backup import BackupFiles

        app = self._screen.app
        keys = Keyring.of(app.common_of(backup), app.live.state_directory)
        return BackupFiles(app.live.backups, keys, backup)

    def _of_volume(self, name: str) -> Files | None:
        """The volume's files; ``None`` where there is none of the name."""
        from voltui.jobs.look_live import VolumeFiles

        inventory = self._screen.state.inventory
        volume = inventory.volumes.get(name) if inventory else None
        if inventory is None or volume is None:
            return None
        return VolumeFiles(self._screen.app.live.explorer, volume, safe(inventory.display_name(volume)))


def _place(mount: Mount) -> str:
    return f"{safe(mount.destination)}  {mount.access}  {mount.kind}"


def _age(backup: Backup) -> str:
    return f"{ago(backup.started)}, {backup.writers}"
