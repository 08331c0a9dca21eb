"""What restores have replaced and can be put back: backups of the old content, or the old content itself.

The old content stays beside the new one until a backup of it is published. Where that could not be made, or the job
was killed before, it is still there, in a folder of the volume; what jobs of files put aside always is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from voltui.jobs.common import Common
from voltui.jobs.directory import JobsDirectory
from voltui.jobs.file_plans import ChangeFilesPlan, UndoFilesPlan
from voltui.jobs.kept_files import KEPT_TREE, USED_FILES, USED_TREE, ChangedFiles, changed_files, expired
from voltui.jobs.plan import RestorePlan, decode
from voltui.jobs.sentences import done
from voltui.jobs.state import Outcome
from voltui.model.backup import Backup, Reason
from voltui.model.errors import Gone, NotFound
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.when import parse_time


class Undoable(Struct, frozen=True):
    """One content that a restore replaced."""

    source: Source
    replaced: datetime
    """When the restore put other content in its place."""
    backup: Backup | None
    """The backup of it; ``None`` where it is still in the volume."""
    kept_tree: str = ""
    """The id of the restore whose folder in the volume holds it."""
    files: ChangedFiles | None = None
    """Or some files that were replaced, deleted or added."""
    done: str = ""
    """What was done then, in a sentence."""
    redoes: bool = False
    """Whether it was an undo: to undo it is to do it again."""

    @property
    def id(self) -> str:
        """The backup that holds it, or else the job that put it aside."""
        return self.backup.id if self.backup else self.files.job if self.files else self.kept_tree


def undoables(backups: Iterable[Backup], jobs: JobsDirectory, engine_id: str) -> list[Undoable]:
    """Everything that can be put back on this engine, newest first."""
    found = [
        Undoable(backup.source, backup.started, backup, done=f"Restored {safe(backup.source.short)}.")
        for backup in backups
        if backup.reason is Reason.BEFORE_RESTORE and backup.engine.id == engine_id
    ]
    found += _kept_in_volumes(jobs, engine_id)
    return sorted(found, key=lambda one: one.replaced, reverse=True)


def possible(found: Iterable[Undoable], inventory: Inventory) -> list[Undoable]:
    """Those of them whose content is still somewhere: what was kept in a volume has gone with it."""
    return [one for one in found if one.backup is not None or not is_gone(one.source, inventory)]


def is_gone(source: Source, inventory: Inventory) -> bool:
    """Whether it is a volume that there is no more."""
    return source.kind == "volume" and source.name not in inventory.volumes


def refuse_gone(found: Iterable[Undoable], source: Source, inventory: Inventory) -> None:
    """Raise `NotFound` where something of the volume could be undone if it were still there, with a way to get it."""
    if not is_gone(source, inventory):
        return
    of_it = [one for one in found if one.source.name == source.name]
    kept = next((one.backup for one in of_it if one.backup is not None), None)
    if of_it:
        raise NotFound(
            f"The volume {safe(source.name)} is not there any more: nothing of it can be undone.",
            f"Restoring {safe(kept.id)} makes it again as it was before its last restore."
            if kept
            else "Restoring a backup makes it again; what was kept in the volume is gone.",
        )


def last_undoable(found: Iterable[Undoable], source: Source) -> Undoable:
    """What the last restore of the source replaced. Raises `NotFound`."""
    return undoables_of(found, source)[0]


def undoables_of(found: Iterable[Undoable], source: Source) -> list[Undoable]:
    """What restores and changes of the source replaced, newest first. Raises `NotFound` where there is nothing."""
    if of_source := [one for one in found if one.source.name == source.name]:
        return of_source
    raise NotFound(
        f"No restore or change of the {source.kind} {safe(source.name)} is known that could be undone.",
        "`voltui undo` lists what can be; `voltui backups` lists all backups.",
    )


def change_named(found: Iterable[Undoable], source: Source, identifier: str) -> Undoable:
    """The change of the source with this id. Raises `NotFound`."""
    for one in found:
        if one.source.name == source.name and one.id == identifier:
            return one
    raise NotFound(
        f"The {source.words} has no change {safe(identifier)} that could be undone.", "`voltui undo` lists what can be."
    )


def files_plan(common: Common, one: Undoable, *, force: bool = False) -> UndoFilesPlan:
    """The plan that undoes a change of files."""
    assert one.files is not None
    change = one.files
    return UndoFilesPlan(
        common, one.source, change.job, change.replaced, change.new, change.stops, force, redoes=one.redoes
    )


def _kept_in_volumes(jobs: JobsDirectory, engine_id: str) -> list[Undoable]:
    found: dict[str, Undoable] = {}
    used = set()
    for job in jobs.all():
        outcome = job.outcome()
        if outcome is None:
            continue
        vain = isinstance(outcome.as_error(), Gone)
        if not (outcome.result or vain):
            continue
        plan = decode(job.description())
        used |= {outcome.result.get(USED_TREE), outcome.result.get(USED_FILES), _tried(plan) if vain else ""}
        undoable = _kept(job.id, outcome, plan, engine_id)
        if undoable is not None:
            found[job.id] = undoable
    return [undoable for job, undoable in found.items() if job not in used]


def _tried(plan: object) -> str:
    """The job that a plan was to undo."""
    if isinstance(plan, RestorePlan):
        return plan.kept_tree
    return plan.job if isinstance(plan, UndoFilesPlan) else ""


def _kept(job: str, outcome: Outcome, plan: object, engine_id: str) -> Undoable | None:
    ended = parse_time(outcome.ended)
    if ended is None:
        return None
    if isinstance(plan, RestorePlan):
        kept = outcome.result.get(KEPT_TREE)
        return Undoable(plan.target, ended, None, job, done=done(plan, {})) if kept else None
    changed = changed_files(outcome.result, engine_id)
    if changed is None or not isinstance(plan, ChangeFilesPlan) or expired(ended):
        return None
    redoes = isinstance(plan, UndoFilesPlan) and not plan.redoes
    return Undoable(plan.target, ended, None, files=changed, done=done(plan, {}), redoes=redoes)
