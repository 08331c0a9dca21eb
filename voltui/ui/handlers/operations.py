"""What is done to data: each starts a job, after a plan where something is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.jobs.plan import BackupPlan, VerifyPlan
from voltui.model.backup import Backup, last_whole, latest
from voltui.model.errors import VoltuiError
from voltui.model.graph import NodeKind
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.ui.actions import BACKUPS, GRAPH, VOLUMES
from voltui.ui.handlers.undoing import plan_restore, undo_last
from voltui.ui.handlers.unlocking import unlocked
from voltui.ui.screens.confirm import ConfirmScreen
from voltui.ui.views.graph import GraphView
from voltui.ui.views.jobs import find as find_job

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen


class Operations:
    """Handlers that act on what is under the cursor, or on all that is marked."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_backup(self) -> None:
        """Back up at once: of one moment what is written together, or all of a group of the graph."""
        sources = self._sources()
        if not sources:
            self._screen.app.tell("There is nothing here to back up.", warning=True)
            return
        apart = len(sources) > 1 and self._screen.pane.view.id != GRAPH
        self._screen.app.start_job(BackupPlan(self._screen.app.live.common(), tuple(sources), apart=apart))
        self._screen.unmark_chosen()

    def do_verify(self) -> None:
        """Read backups back."""
        screen, app = self._screen, self._screen.app
        chosen = [screen.state.backup_by_id[key] for key in screen.chosen]

        def verify() -> None:
            app.start_job(VerifyPlan(app.common_of(*chosen), tuple(backup.id for backup in chosen)))
            screen.unmark_chosen()

        if chosen:
            unlocked(app, chosen, verify)

    def do_restore(self) -> None:
        """Show the plan of a restore; Enter there does it."""
        backups, state = self._backups(), self._screen.state
        if not backups and state.store_unread:
            self._screen.app.tell_error(state.problems[0].error)
            return
        if not backups:
            self._screen.app.tell(f"There is no backup of it yet. {state.key('backup')} makes one.", warning=True)
            return
        plan_restore(self._screen.app, backups, self._meant(backups))

    def do_undo(self) -> None:
        """Show what undoing the last restore or change of files would do; Enter there does it."""
        node = self._screen.node
        if node is None or node.source is None:
            self._screen.app.tell("There is nothing here to undo.", warning=True)
        else:
            undo_last(self._screen.app, node.source)

    def do_cancel(self) -> None:
        """Ask a running job to stop, after asking the user."""
        key = self._screen.cursor_key
        job = find_job(self._screen.state, key) if key else None
        if job is None or not job.running:
            self._screen.app.tell("This job has ended already.", warning=True)
            return

        def decided(yes: bool | None) -> None:
            if yes:
                self._cancel(key)

        question = f"Cancel the {job.kind} of {job.subject}?"
        facts = ["What it has begun is undone."]
        self._screen.app.push_screen(ConfirmScreen(question, facts, "Cancel the job"), decided)

    def _cancel(self, job_id: str) -> None:
        app = self._screen.app
        try:
            app.live.jobs.find(job_id).ask_to_cancel()
        except VoltuiError as error:
            app.tell_error(error)

    def do_copy(self) -> None:
        """Copy the name by OSC 52: it reaches the clipboard of the terminal, through SSH too."""
        name = self._name()
        if name:
            self._screen.app.copy_to_clipboard(name)
            self._screen.app.tell(f"Copied {safe(name)}")

    def _name(self) -> str:
        """What the commands call what is under the cursor."""
        screen, node = self._screen, self._screen.node
        if node is not None and node.source is not None:
            return node.name
        if node is not None and screen.drawing.walk.group is not None and screen.walking:
            return screen.drawing.walk.group.nodes[node].name
        return screen.subject if node is not None or screen.on_project else screen.cursor_key

    def _sources(self) -> list[Source]:
        """What the chosen rows stand for, or the node that one walks on: volumes, or all data of containers."""
        screen, inventory = self._screen, self._screen.state.inventory
        if inventory is None:
            return []
        if screen.pane.view.id != GRAPH:
            chosen = screen.chosen
            if screen.pane.view.id == VOLUMES:
                return [Source("volume", key) for key in chosen]
            return list(inventory.data_of(inventory.containers[key] for key in chosen))
        node = screen.node
        if node is None:
            return self._of_group(inventory)
        if node.source is not None:
            return [node.source]
        container = inventory.containers.get(node.name)
        return list(inventory.data_of([container])) if container is not None else []

    def _of_group(self, inventory: Inventory) -> list[Source]:
        """All data of the group under the cursor: what its containers mount, and its volumes."""
        screen, view = self._screen, self._screen.pane.view
        if not isinstance(view, GraphView) or not screen.cursor_key:
            return []
        group = view.graph(screen.state, screen.cursor_key)
        members = (inventory.containers.get(node.key.name) for node in group.containers)  # the groups may be older
        volumes = {Source("volume", node.key.name) for node in group.sources if node.key.kind is NodeKind.VOLUME}
        return sorted(volumes.union(inventory.data_of(filter(None, members))))

    def _backups(self) -> tuple[Backup, ...]:
        """The backups that may be restored here, newest first."""
        key, state = self._screen.cursor_key, self._screen.state
        if self._screen.pane.view.id == BACKUPS and key:
            chosen = state.backup_by_id[key]
            return tuple(backup for backup in state.backups if backup.source == chosen.source)
        node = self._screen.node
        return state.backups_of(node.name) if node is not None and node.source is not None else ()

    def _meant(self, backups: tuple[Backup, ...]) -> Backup:
        """The one under the cursor; else the last that is whole."""
        key, state = self._screen.cursor_key, self._screen.state
        if self._screen.pane.view.id == BACKUPS and key:
            return state.backup_by_id[key]
        return last_whole(backups) or latest(backups)
