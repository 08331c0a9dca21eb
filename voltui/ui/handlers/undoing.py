"""Restoring a backup, and putting back what a restore or a change of files replaced: shown first, done by Enter."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from voltui.format import ago
from voltui.jobs.kept_files import ChangedFiles
from voltui.jobs.locks import last_holder
from voltui.jobs.plan import Plan, RestorePlan
from voltui.jobs.preview import preview_restore
from voltui.jobs.undoable import Undoable, files_plan, refuse_gone, undoables, undoables_of
from voltui.model.backup import Backup
from voltui.model.errors import VoltuiError
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import middle_cut
from voltui.ui.handlers.permission import may_change
from voltui.ui.handlers.unlocking import unlocked
from voltui.ui.host import Host
from voltui.ui.screens.confirm import ConfirmScreen
from voltui.ui.screens.menu import Choice, MenuScreen
from voltui.ui.screens.restore import RestoreScreen
from voltui.ui.told import told

_MOST_LABEL = 44
"""Cells of what was done, in a menu."""


def undo_last(app: Host, source: Source) -> None:
    """Show what undoing the last restore or change of a source would do; Enter there does it. Where there were several,
    which one is asked first."""
    app.plan(_undo(app, source))


async def _undo(app: Host, source: Source) -> None:
    state, live = app.store.state, app.live
    if state.inventory is None:
        app.tell("The engine does not answer.", warning=True)
        return
    engine_id, name = state.inventory.engine.id, safe(source.short)
    with told(app, f"What was changed in {name} can't be read"):
        holder = await asyncio.to_thread(last_holder, live.state_directory, engine_id, source)
        job = app.store.state.job_by_id.get(holder)
        if job is not None and job.running:
            app.tell(f"The {job.kind} of {job.subject} is at work on {name}: undo when it has ended.", warning=True)
            return
        known = await asyncio.to_thread(lambda: undoables(state.backups, live.jobs, engine_id))
        refuse_gone(known, source, state.inventory)
        found = undoables_of(known, source)
        if len(found) == 1:
            _ask(app, found[0])
        else:
            _choose(app, found)


def _choose(app: Host, found: Sequence[Undoable]) -> None:
    """Ask which of several changes is to be undone; the newest first."""

    def chosen(number: str | None) -> None:
        if number is not None:
            _ask(app, found[int(number)])

    choices = [
        Choice(str(number), middle_cut(one.done.rstrip("."), _MOST_LABEL), "", _moment(one))
        for number, one in enumerate(found)
    ]
    app.push_screen(MenuScreen(f"Undo which change of {safe(found[0].source.short)}?", choices), chosen)


def _moment(one: Undoable) -> str:
    return f"{ago(one.replaced)}{', redoes it' if one.redoes else ''}"


def _ask(app: Host, one: Undoable) -> None:
    """Show what undoing one change would do."""
    name = safe(one.source.short)
    if one.backup is not None:
        plan_restore(app, (one.backup,), one.backup)
    elif not may_change(app, one.source, "voltui undo {name}"):
        return
    elif one.files is not None:
        verb = "Redo" if one.redoes else "Undo"
        question = f"{verb} the change of files in {name}?"
        _confirm(app, question, _facts(one, one.files), files_plan(app.live.common(), one), verb)
    else:
        facts = [f"What was replaced {ago(one.replaced)} is still in the volume.", "Its users are stopped meanwhile."]
        plan = RestorePlan(app.live.common(), one.source, kept_tree=one.kept_tree)
        _confirm(app, f"Undo the restore of {name}?", facts, plan, "Undo")


def _confirm(app: Host, question: str, facts: Sequence[str], plan: Plan, yes: str) -> None:
    def decided(sure: bool | None) -> None:
        if sure:
            app.start_job(plan)

    app.push_screen(ConfirmScreen(question, facts, yes), decided)


def _facts(one: Undoable, change: ChangedFiles) -> list[str]:
    told = [f"{one.done.rstrip('.')}, {ago(one.replaced)}.", *change.facts]
    return [*told, "Its users are stopped meanwhile."] if change.stops else told


def plan_restore(app: Host, backups: tuple[Backup, ...], meant: Backup) -> None:
    """Show the plan of a restore of one of a source's backups, first of the one that is meant; Enter there does it."""
    unlocked(app, [meant], lambda: app.plan(_plan_restore(app, backups, meant)))


def _restore(app: Host, backup: Backup) -> None:
    app.start_job(RestorePlan(app.common_of(backup), backup.source, backup.id))


async def _plan_restore(app: Host, backups: tuple[Backup, ...], meant: Backup) -> None:
    inventory, target = app.store.state.inventory, meant.source
    if inventory is None:
        app.tell("The engine does not answer.", warning=True)
        return
    try:
        preview = await preview_restore(app.live.engine, inventory, meant, target)
    except VoltuiError as error:
        app.tell_error(error)
        return

    def decided(backup_id: str | None) -> None:
        for backup in backups:
            if backup.id == backup_id:
                unlocked(app, [backup], partial(_restore, app, backup))

    app.push_screen(RestoreScreen(preview, backups, meant), decided)
