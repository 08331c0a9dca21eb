"""The verify job: read backups back from disk, every byte, and say so in their manifests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from voltui.archive.unpack import check_file, unpack
from voltui.jobs.context import JobContext
from voltui.jobs.plan import VerifyPlan
from voltui.model.backup import Backup
from voltui.model.errors import Damaged, Refused, VoltuiError
from voltui.model.safe import safe
from voltui.model.when import now


async def run(context: JobContext, plan: VerifyPlan) -> dict[str, Any]:
    """Verify the plan's backups, one after the other. Raises `Damaged` at the first that is not whole."""
    opened = {backup_id: await verify(context, context.store.find(backup_id)) for backup_id in plan.backups}
    return {
        "backups": [backup_id for backup_id, read in opened.items() if read],
        "hashes_only": [backup_id for backup_id, read in opened.items() if not read],
    }


async def verify(context: JobContext, backup: Backup) -> bool:
    """Read one backup back and mark it verified; whether that was done.

    An encrypted one whose key is not here is compared with its hashes alone; that is told, and is no verification.
    """
    archive, index = context.store.archive_path(backup), context.store.index_path(backup)
    context.begin(f"Verifying {safe(backup.source.short)}", backup.content.stored)

    def read() -> bool:
        for path in (archive, index):
            _forget_cached(str(path))
        with noting_damage(context, backup):
            try:
                _, key = context.keys.opened(backup, accept_plain=True)
            except Refused:
                context.warn(f"{safe(backup.id)} was compared with its hashes only: no key that is here opens it.")
                check_file(archive, backup.archive)
                check_file(index, backup.index)
                return False
            else:
                unpack(archive, index, (backup.archive, backup.index), key=key, progress=context.count)
        context.store.mark_verified(backup, now())
        return True

    opened = await context.in_thread(read)
    context.left.pop(backup.id, None)
    return opened


@contextmanager
def noting_damage(context: JobContext, backup: Backup) -> Iterator[None]:
    """Where reading the backup shows that it is damaged, its manifest says so from then on."""
    try:
        yield
    except Damaged as damaged:
        try:
            context.store.mark_damaged(backup, damaged.sentence)
        except VoltuiError as error:
            context.warn(f"That it is damaged can't be noted: {error.sentence}")
        raise


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
