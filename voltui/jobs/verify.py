"""The verify job: read backups back from disk, every byte, and say so in their manifests."""

from __future__ import annotations

import os
from typing import Any

from voltui.archive.unpack import unpack
from voltui.jobs.context import JobContext
from voltui.jobs.plan import VerifyPlan
from voltui.model.backup import Backup
from voltui.model.safe import safe
from voltui.model.when import now


async def run(context: JobContext, plan: VerifyPlan) -> dict[str, Any]:
    """Verify the plan's backups, one after the other. Raises `Damaged` at the first that is not whole."""
    for backup_id in plan.backups:
        await verify(context, context.store.find(backup_id))
    return {"backups": list(plan.backups)}


async def verify(context: JobContext, backup: Backup) -> Backup:
    """Read one backup back and mark it verified."""
    archive, index = context.store.archive_path(backup), context.store.index_path(backup)
    context.begin(f"Verifying {safe(backup.source.name)}", backup.content.stored)

    def read() -> Backup:
        for path in (archive, index):
            _forget_cached(str(path))
        unpack(archive, index, (backup.archive, backup.index), progress=context.count)
        return context.store.mark_verified(backup, now())

    return await context.in_thread(read)


def _forget_cached(path: str) -> None:
    """Drop a file from the page cache, so that what is read is what is on disk."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
