"""Restoring a backup, and putting back what a restore or a change of files replaced: shown first, done by Enter."""

from __future__ import annotations

from collections.abc import Sequence

from voltui.format import ago
from voltui.jobs.file_plans import UndoFilesPlan
from voltui.jobs.plan import Plan, RestorePlan
from voltui.jobs.preview import preview_restore
from voltui.jobs.undoable import Undoable, last_undoable, undoables
from voltui.model.backup import Backup
from voltui.model.errors import VoltuiError
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.ui.handlers.permission import may_change
from voltui.ui.host import Host
from voltui.ui.screens.confirm import ConfirmScreen
from voltui.ui.screens.restore import RestoreScreen


def undo_last(app: Host, source: Source) -> None:
    """Show what undoing the last restore or change of a source would do; Enter there does it."""
    state = app.store.state
    if state.inventory is None:
        app.tell("The engine does not answer.", warning=True)
        return
    try:
        last = last_undoable(undoables(state.backups, app.live.jobs, state.inventory.engine.id), source)
    except VoltuiError as error:
        app.tell_error(error)
        return
    if not last.backup and not may_change(app, source, "voltui undo {name}"):
        return
    if last.backup is not None:
        plan_restore(app, (last.backup,))
    elif last.files is not None:
        change = last.files
        plan = UndoFilesPlan(
            app.live.common(), last.source, change.job, change.replaced, change.new, stops=change.stops
        )
        _confirm(app, f"Undo the last change of files in {safe(source.short)}?", _facts(last), plan)
    else:
        facts = [f"What was replaced {ago(last.replaced)} is still in the volume.", "Its users are stopped meanwhile."]
        plan_whole = RestorePlan(app.live.common(), last.source, kept_tree=last.kept_tree)
        _confirm(app, f"Undo the restore of {safe(source.short)}?", facts, plan_whole)


def _confirm(app: Host, question: str, facts: Sequence[str], plan: Plan) -> None:
    def decided(yes: bool | None) -> None:
        if yes:
            app.start_job(plan)

    app.push_screen(ConfirmScreen(question, facts, "Undo"), decided)


def _facts(last: Undoable) -> list[str]:
    assert last.files is not None
    told = [f"It was made {ago(last.replaced)}.", *last.files.facts]
    return [*told, "Its users are stopped meanwhile."] if last.files.stops else told


def plan_restore(app: Host, backups: tuple[Backup, ...]) -> None:
    """Show the plan of a restore of one of the backups; Enter there does it."""
    app.plan(_plan_restore(app, backups))


async def _plan_restore(app: Host, backups: tuple[Backup, ...]) -> None:
    inventory, target = app.store.state.inventory, backups[0].source
    if inventory is None:
        app.tell("The engine does not answer.", warning=True)
        return
    try:
        preview = await preview_restore(app.live.engine, inventory, backups[0], target)
    except VoltuiError as error:
        app.tell_error(error)
        return

    def decided(backup_id: str | None) -> None:
        if backup_id is not None:
            app.start_job(RestorePlan(app.live.common(), target, backup_id))

    app.push_screen(RestoreScreen(preview, backups), decided)
