"""The prune job: delete backups, each as a whole."""

from __future__ import annotations

from typing import Any

from voltui.jobs.context import JobContext
from voltui.jobs.locks import locked
from voltui.jobs.plan import PrunePlan
from voltui.jobs.undo import PUBLICATION
from voltui.model.backup import Backup
from voltui.model.errors import NotFound, Refused
from voltui.model.retention import last_verified
from voltui.model.safe import safe
from voltui.model.text import listed


async def run(context: JobContext, plan: PrunePlan) -> dict[str, Any]:
    """Delete the plan's backups. One that is gone already is no error."""
    removed, freed = [], 0
    context.begin("Deleting backups")
    for backup_id in plan.backups:
        try:
            backup = context.store.find(backup_id)
        except NotFound:
            continue
        with locked(context.state, backup.engine.id, [backup.source], context.directory.id):
            if not await _may_go_whole(context, plan, backup):
                _refuse_last(context, backup)
            await _remove(context, backup)
        removed.append(backup.id)
        context.left["pruned"] = f"Deleted before: {listed([safe(one) for one in removed])}."
        freed += backup.archive.size + backup.index.size
    return {"removed": removed, "bytes": freed}


async def _may_go_whole(context: JobContext, plan: PrunePlan, backup: Backup) -> bool:
    """Whether the volume is gone, and the user knows that nothing of it will be left."""
    named = backup.source.kind == "volume" and backup.source.name == plan.gone
    return named and not await context.engine.volume_exists(plan.gone)


def _refuse_last(context: JobContext, backup: Backup) -> None:
    """Raise `Refused` for the only verified backup of its source."""
    if last_verified(context.store.listing(backup.source).backups, {backup.id}):
        raise Refused(
            f"{safe(backup.id)} is the only verified backup of the {backup.source.words}.", "Back it up again first."
        )


async def _remove(context: JobContext, backup: Backup) -> None:
    """The manifest goes first: whatever happens then, what is left of the backup is deleted as never published."""
    store = context.store
    paths = [str(store.archive_path(backup)), str(store.index_path(backup))]
    async with context.scoped(PUBLICATION, {"paths": paths, "manifest": str(store.manifest_path(backup))}):
        await context.in_thread(lambda: store.remove(backup))
    context.keys.forget(backup.id)
