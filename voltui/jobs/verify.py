"""The verify job: read backups back from disk, every byte, and say so in their manifests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from voltui.archive.unpack import check_file, unpack
from voltui.jobs.context import JobContext
from voltui.jobs.plan import VerifyPlan
from voltui.model.backup import Backup
from voltui.model.errors import Cancelled, Damaged, Refused, VoltuiError
from voltui.model.safe import safe
from voltui.model.text import listed
from voltui.model.when import now


async def run(context: JobContext, plan: VerifyPlan) -> dict[str, Any]:
    """Verify the plan's backups, one after the other, to the last. Raises `Damaged` where some are not whole."""
    opened: dict[str, bool] = {}
    failed: dict[str, VoltuiError] = {}
    for number, backup_id in enumerate(plan.backups, 1):
        try:
            backup = context.store.find(backup_id)
            opened[backup_id] = await verify(context, backup, _place(number, len(plan.backups)))
        except Cancelled:
            raise
        except VoltuiError as error:
            failed[backup_id] = error
    if failed:
        raise _error(failed, len(plan.backups))
    return {
        "backups": [backup_id for backup_id, read in opened.items() if read],
        "hashes_only": [backup_id for backup_id, read in opened.items() if not read],
    }


def _place(number: int, count: int) -> str:
    return f" ({number} of {count})" if count > 1 else ""


def _error(failed: Mapping[str, VoltuiError], count: int) -> VoltuiError:
    """What to say where some could not be verified: of one alone its own error; damage stands before all else."""
    first = min(failed.values(), key=lambda error: not isinstance(error, Damaged))
    if count == 1:
        return first
    named = listed([safe(backup_id) for backup_id in failed])
    words = "not whole" if isinstance(first, Damaged) else "not verified"
    return type(first)(f"{len(failed):,} of {count:,} backups {words}: {named}. {first.sentence}", first.hint)


async def verify(context: JobContext, backup: Backup, place: str = "") -> bool:
    """Read one backup back and mark it verified; whether that was done. ``place`` tells which of several it is.

    An encrypted one whose key is not here is compared with its hashes alone; that is told, and is no verification.
    """
    archive, index = context.store.archive_path(backup), context.store.index_path(backup)
    context.begin(f"Verifying {safe(backup.source.short)}{place}", backup.content.stored)

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
        try:
            context.store.mark_verified(backup, now())
        except VoltuiError as error:  # a store may be read-only; it is whole all the same
            context.warn(f"That {safe(backup.id)} was verified can't be noted: {error.sentence}")
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
