"""Removing: what goes is shown first, and No is the answer unless it is said otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from voltui.format import ago, size
from voltui.jobs.plan import PrunePlan
from voltui.jobs.remove import refusal_to_remove
from voltui.jobs.volume_plans import RemovePlan
from voltui.model.backup import Backup, counted
from voltui.model.graph import NodeKind
from voltui.model.retention import last_verified
from voltui.model.safe import safe
from voltui.ui.actions import BACKUPS, VOLUMES
from voltui.ui.screens.ask import AskScreen, only
from voltui.ui.screens.confirm import ConfirmScreen
from voltui.ui.screens.remove import RemoveScreen
from voltui.ui.views.timeline import disk_used

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen

_MOST = 8
"""Backups that are named one by one."""


class Removal:
    """Handlers that remove backups and volumes: the marked ones, or the one under the cursor."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_remove(self) -> None:
        """Show what would go; yes removes it."""
        if self._screen.pane.view.id == BACKUPS:
            self._remove_backups()
        else:
            self._remove_chosen_volumes()

    def _remove_backups(self) -> None:
        screen = self._screen
        state = screen.state
        doomed = [state.backup_by_id[key] for key in screen.chosen]
        if not doomed:
            screen.app.tell("There is nothing here to remove.", warning=True)
            return
        last = last_verified(state.backups, {backup.id for backup in doomed})
        if last is None:
            self._confirm(doomed)
        elif not self._gone(last):
            words = f"No verified backup of the {last.source.words} would be left. Back it up again first."
            screen.app.tell(words, warning=True)
        elif any(backup.source != last.source for backup in doomed):
            words = f"The last backup of the {last.source.words}, which is gone, is removed by itself only."
            screen.app.tell(words, warning=True)
        else:
            self._confirm_last(doomed, last)

    def _gone(self, backup: Backup) -> bool:
        """Whether it is of a volume that there is no more."""
        inventory, source = self._screen.state.inventory, backup.source
        return inventory is not None and source.kind == "volume" and source.name not in inventory.volumes

    def _confirm(self, doomed: Sequence[Backup]) -> None:
        def decided(yes: bool | None) -> None:
            if yes:
                self._start(doomed)

        what = safe(doomed[0].id) if len(doomed) == 1 else counted(doomed)
        self._screen.app.push_screen(ConfirmScreen(f"Remove {what}?", _facts(doomed), "Remove"), decided)

    def _confirm_last(self, doomed: Sequence[Backup], last: Backup) -> None:
        """Nothing of the data will be left: the name has to be typed."""
        app, name = self._screen.app, last.source.name

        def typed(text: str | None) -> None:
            if text:
                self._start(doomed, gone=name)

        title = f"Type {safe(name)}: this is all that is left of it"
        hint = f"The volume is gone, and with {safe(last.id)} its data will be."
        app.push_screen(AskScreen(title, hint, check=only(name, "its name")), typed)

    def _start(self, doomed: Sequence[Backup], gone: str = "") -> None:
        screen = self._screen
        plan = PrunePlan(screen.app.live.common(), tuple(backup.id for backup in doomed), gone)
        screen.app.start_job(plan)
        screen.unmark_chosen()

    def _remove_chosen_volumes(self) -> None:
        screen, node = self._screen, self._screen.node
        if screen.pane.view.id == VOLUMES:
            chosen: Sequence[str] = screen.chosen
        else:
            chosen = [node.name] if node is not None and node.kind is NodeKind.VOLUME else []
        if not chosen:
            screen.app.tell("There is no volume here to remove.", warning=True)
            return
        self._remove_volumes(chosen)

    def do_clean_up(self) -> None:
        """Offer all volumes that nothing uses; anonymous ones last."""
        inventory = self._screen.state.inventory
        unused = sorted(inventory.unused(), key=lambda one: (one.anonymous, one.name)) if inventory else []
        if not unused:
            self._screen.app.tell("No volume is unused.")
            return
        self._remove_volumes([one.name for one in unused], clean_up=True)

    def _remove_volumes(self, names: Sequence[str], *, clean_up: bool = False) -> None:
        """Show what would go and what stays. Where nothing may go, say why."""
        app, state, inventory = self._screen.app, self._screen.state, self._screen.state.inventory
        if inventory is None:
            return
        refusals = [refusal_to_remove(inventory, name, named=False) for name in names]
        if all(refusals) and (first := refusals[0]):
            app.tell_error(first)
            return

        def decided(plan: RemovePlan | None) -> None:
            if plan is not None:
                app.start_job(plan)
                self._screen.unmark_chosen()

        plan = RemovePlan(app.live.common(), tuple(names))
        app.push_screen(RemoveScreen(plan, state, inventory, clean_up=clean_up), decided)


def _facts(doomed: Sequence[Backup]) -> list[str]:
    facts = [
        f"{safe(one.id)}  {ago(one.started)}, {size(one.archive.size)}, {one.writers}, {one.standing}"
        for one in doomed[:_MOST]
    ]
    if len(doomed) > _MOST:
        facts.append(f"and {len(doomed) - _MOST:,} more")
    copies = [one for one in doomed if one.undo]
    if copies:
        facts.append(f"{counted(copies)} of what a restore replaced: that can't be undone after this.")
    return [*facts, f"{size(disk_used(doomed))} will be free again. It can't be undone."]
