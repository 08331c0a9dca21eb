"""The export of backups: out of the store, to a place of the user's, verified while they are read."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from voltui.archive.unpack import copied, unpack
from voltui.format import size
from voltui.jobs.context import JobContext
from voltui.jobs.export import write_all
from voltui.jobs.plan import STDOUT, BackupExportPlan
from voltui.jobs.undo import PUBLICATION
from voltui.jobs.undo_client import FILES
from voltui.jobs.verify import noting_damage
from voltui.model.backup import Backup, Part
from voltui.model.errors import Failed, Refused, Usage
from voltui.model.safe import safe
from voltui.model.text import listed
from voltui.store.client_files import check_new_file, taken
from voltui.store.files import create_file, sync_directory
from voltui.store.local import LocalStore
from voltui.store.names import ARCHIVE, ENCRYPTED

if TYPE_CHECKING:
    from voltui.archive.seal import Key

T = TypeVar("T")

TAR = ".tar"
DECRYPTED = (TAR, ARCHIVE)
"""The endings of files to which an encrypted backup goes opened."""
ENDINGS = (*DECRYPTED, ARCHIVE + ENCRYPTED)
"""A path that ends so is a file: the content as plain tar, the archive decrypted, the archive as it is."""
_OTHER_ENDINGS = (TAR, ".tgz", ".tbz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".zst", ".zip", ".7z", ".age")
"""Of a file, too, and of none that is made: a directory of that name would surprise."""


class _File:
    """A sink of bytes that goes to a descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, data: bytes) -> None:
        """Write all of it. Raises `Failed`."""
        write_all(self._descriptor, memoryview(data))


async def run(context: JobContext, plan: BackupExportPlan, output: int) -> dict[str, Any]:
    """Write the plan's backups where it says; ``output`` is the open file that it was given, if any."""
    backups = [context.store.find(identifier) for identifier in plan.backups]
    if plan.to == STDOUT or plan.to.endswith(ENDINGS):
        _refuse_several(len(backups))
        if plan.to == STDOUT:
            await _read(
                context, backups[0], backups[0].content.stored, lambda: _tar(context, backups[0], _File(output))
            )
            return {"backups": [backups[0].id]}
        await _to_file(context, backups[0], Path(plan.to))
        return context.commit({"backups": [backups[0].id], "to": plan.to})
    target = LocalStore(Path(plan.to))
    if target.root.resolve() == context.store.root.resolve():
        raise Refused(f"{safe(plan.to)} is the store itself.", "Name another directory.")
    with _written(target.root):
        _refuse_without_room(target.root, sum(one.archive.size + one.index.size for one in backups))
    exported: list[str] = []
    for backup in backups:
        await _to_directory(context, backup, target, decrypt=plan.decrypt)
        exported.append(backup.id)
        context.left["exported"] = f"Exported before: {', '.join(map(safe, exported))}."
    return context.commit({"backups": exported, "to": plan.to})


def check_place(to: str, count: int) -> None:
    """Raise `Usage`, `Refused`, `NotFound` or `Failed` for a place, directory or file, to which so many backups can't
    go."""
    place, instead = Path(to), f"Name a directory, or a new file that ends in {listed(list(ENDINGS))}."
    if to.endswith(ENDINGS):
        _refuse_several(count)
        check_new_file(place)
        _check_writable(place.parent)
    elif to.lower().endswith(_OTHER_ENDINGS) and not place.is_dir():
        raise Usage(f"{safe(place.name)} ends as no file that a backup can be exported to.", instead)
    else:
        there = next(one for one in (place, *place.parents) if os.path.lexists(one))
        if not there.is_dir():
            raise Refused(f"{safe(str(there))} is no directory.", instead)
        _check_writable(there)


def _check_writable(folder: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Failed(f"Nothing can be written to {safe(str(folder))}.", "Choose another place, or see to its rights.")


def _refuse_several(count: int) -> None:
    if count != 1:
        raise Usage("One file holds one backup.", "Name a directory for several.")


async def _to_directory(context: JobContext, backup: Backup, target: LocalStore, *, decrypt: bool) -> None:
    """Archive, index and manifest, as in a store. The copy was not read back yet: it does not claim to be verified."""
    whole, key = _opened(context, backup) if decrypt and backup.encrypted else (backup, None)
    publication = target.begin_copy(backup, context.directory.id, encrypted=backup.encrypted and key is None)
    data = {"paths": [str(path) for path in publication.paths], "manifest": str(publication.manifest)}
    async with context.tentative(PUBLICATION, data):
        with _written(target.root):
            archive_fd, index_fd = publication.open()
        try:
            total = backup.archive.size + backup.index.size
            parts = await _read(context, backup, total, lambda: _copy(context, backup, archive_fd, index_fd, key))
            manifest = replace(whole, verified=None)
            if key is not None:
                manifest = replace(manifest, sealed="", wrapped_key="", archive=parts[0], index=parts[1])
            with _written(target.root):
                await context.in_thread(lambda: publication.publish(manifest))
        finally:
            publication.close()


def _copy(context: JobContext, backup: Backup, archive_fd: int, index_fd: int, key: Key | None) -> tuple[Part, Part]:
    store = context.store
    archive = copied(
        store.archive_path(backup),
        backup.archive,
        _File(archive_fd).write,
        key=key,
        progress=lambda done: context.count(done, 0),
    )
    index = copied(
        store.index_path(backup),
        backup.index,
        _File(index_fd).write,
        key=key,
        progress=lambda done: context.count(backup.archive.size + done, 0),
    )
    return archive, index


async def _to_file(context: JobContext, backup: Backup, file: Path) -> None:
    """A file that appears whole or not at all, and takes no other's place."""
    check_new_file(file)
    encrypted = file.name.endswith(ENCRYPTED)
    if encrypted and not backup.encrypted:
        raise Usage(f"{safe(backup.id)} is not encrypted.", f"Name a file that ends in {ARCHIVE}.")
    plain = file.name.endswith(TAR)
    needed = backup.content.stored if plain else backup.archive.size
    with _written(file):
        _refuse_without_room(file.parent, needed)
    part = file.with_name(f".{context.directory.id}.part")
    async with context.tentative(FILES, {"paths": [str(part)]}):
        with _written(file):
            descriptor = create_file(part)
            try:
                sink = _File(descriptor)
                if plain:
                    await _read(context, backup, needed, lambda: _tar(context, backup, sink))
                else:
                    await _read(context, backup, needed, lambda: _archive(context, backup, sink, decrypt=not encrypted))
                await context.in_thread(lambda: os.fsync(descriptor))
            finally:
                os.close(descriptor)
            _give_name(part, file)


async def _read(context: JobContext, backup: Backup, total: int, work: Callable[[], T]) -> T:
    """What ``work`` makes of the backup in a thread, reading ``total`` bytes; where it is found damaged, its manifest
    says so from then on."""
    context.begin(f"Exporting {safe(backup.id)}", total)
    with noting_damage(context, backup):
        return await context.in_thread(work)


def _tar(context: JobContext, backup: Backup, sink: _File) -> None:
    """The content, each file held against the index."""
    store, (_, key) = context.store, _opened(context, backup)
    parts = (backup.archive, backup.index)
    unpack(store.archive_path(backup), store.index_path(backup), parts, sink=sink, key=key, progress=context.count)


def _archive(context: JobContext, backup: Backup, sink: _File, *, decrypt: bool) -> None:
    key = _opened(context, backup)[1] if decrypt else None
    path = context.store.archive_path(backup)
    copied(path, backup.archive, sink.write, key=key, progress=lambda done: context.count(done, 0))


def _opened(context: JobContext, backup: Backup) -> tuple[Backup, Key | None]:
    return context.keys.opened(backup, accept_plain=True)


def _give_name(part: Path, file: Path) -> None:
    """Name a finished file. A link never replaces what is there; a file system without links must do without."""
    try:
        os.link(part, file)
    except FileExistsError:
        raise taken(file) from None
    except OSError:
        if os.path.lexists(file):
            raise taken(file) from None
        part.rename(file)
    part.unlink(missing_ok=True)
    sync_directory(file.parent)


def _refuse_without_room(folder: Path, needed: int) -> None:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    state = os.statvfs(existing)
    free = state.f_bavail * state.f_frsize
    if needed > free:
        raise Failed(f"{safe(str(folder))} has {size(free)} free, {size(needed)} are needed.", "Free space there.")


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """Tell an error of the target's file system."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        hint = "Free space there." if error.errno in (errno.ENOSPC, errno.EDQUOT) else "Write it elsewhere."
        raise Failed(f"{safe(str(path))} can't be written: {reason}.", hint) from error
