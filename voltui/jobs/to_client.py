"""The copy-out job: entries of a volume or a backup become files of this machine, of whoever asked.

They come into a folder beside the place they are for, and go there by renames when all of it has held. Nothing that is
there already is replaced.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from voltui.archive.entry import Entry
from voltui.archive.local import LocalWriter
from voltui.archive.pick import Picker
from voltui.archive.pump import pump
from voltui.archive.scan import choose, not_there
from voltui.archive.unpack import unpack
from voltui.jobs.access import ArchiveAccess, BridgeAccess, opened
from voltui.jobs.context import JobContext
from voltui.jobs.copying import warn_of_losses
from voltui.jobs.exchange import SOCKET, kinds
from voltui.jobs.file_plans import CopyOutPlan
from voltui.jobs.sources import known, take_inventory
from voltui.jobs.undo_client import CLIENT_FILES, CLIENT_FOLDER
from voltui.jobs.verify import noting_damage
from voltui.model.errors import Failed, Refused
from voltui.model.safe import safe, safe_path
from voltui.model.selection import Selection
from voltui.store.client_files import missing_parents, moved_in, taken_names


async def run(context: JobContext, plan: CopyOutPlan) -> dict[str, Any]:
    """Copy the plan's entries. The result names where they are and how many."""
    selection = Selection.of(plan.paths)
    target = Path(os.fsdecode(plan.directory))
    await context.in_thread(lambda: check_target(target, list(selection.names)))
    folder = target / f".voltui-copy-{context.directory.id}"
    made = await context.in_thread(lambda: missing_parents(folder))
    async with context.scoped(CLIENT_FOLDER, {"folder": str(folder), "made": [str(path) for path in made]}):
        await context.in_thread(lambda: _make(folder))
        writer, count = await _fetch(context, plan, selection, folder)
        for loss in writer.losses:
            context.warn(loss)
        context.begin("Putting it in place")
        places = {selection.numbered(path): name for name, path in selection.names.items()}
        moves = await context.in_thread(lambda: _moves(folder, target, places))
        async with context.tentative(CLIENT_FILES, {"moves": moves}):
            await context.in_thread(lambda: _place(target, moves))
            await context.in_thread(lambda: writer.settle(lambda place: target / os.fsdecode(places[place])))
            return context.commit({"directory": safe(str(target)), "entries": count})


async def _fetch(context: JobContext, plan: CopyOutPlan, selection: Selection, folder: Path) -> tuple[LocalWriter, int]:
    """Make the entries in a folder; what has made them, and how many there are."""
    if plan.backup:
        return await _from_backup(context, plan, selection, folder)
    assert plan.source is not None
    source = known(context, await take_inventory(context), plan.source)
    missing, count = set(selection.paths), 0

    def see(entry: Entry) -> None:
        nonlocal count
        missing.discard(entry.path)
        count += selection.holds(entry.path)

    async with opened(context, source) as access:
        context.begin(f"Reading {safe(source.short)}")
        reading = await access.read_some(selection)
        writer = LocalWriter(folder, selection.numbered)
        try:
            members = Picker(writer, selection.takes)
            read = partial(pump, reading.source, lambda piece: None, root=reading.root, members=members)
            await context.in_thread(lambda: _written(writer, partial(read, progress=context.count, seen=see)))
            if gone := missing - await _sockets(access, missing):
                raise not_there(gone)
            warn_of_losses(context, source.words, await reading.finish())
        finally:
            reading.close()
    return writer, count


async def _sockets(access: BridgeAccess | ArchiveAccess, paths: set[bytes]) -> set[bytes]:
    """Those of the paths that are sockets, which no archive holds: they are left out, and told as a loss."""
    if not paths or not isinstance(access, BridgeAccess):
        return set()
    return {path for path, kind in (await kinds(access.bridge, paths)).items() if kind == SOCKET}


async def _from_backup(
    context: JobContext, plan: CopyOutPlan, selection: Selection, folder: Path
) -> tuple[LocalWriter, int]:
    """All of the archive is read, and held against its index, on the way."""
    found = context.store.find_whole(plan.backup)
    archive, index = context.store.archive_path(found), context.store.index_path(found)
    parts = (found.archive, found.index)
    backup, key = await context.in_thread(lambda: context.keys.opened(found, accept_plain=plan.accept_plain))
    chosen = await context.in_thread(lambda: choose(index, found.index, key, selection))
    context.begin(f"Reading {safe(backup.id)}", backup.content.stored)
    writer = LocalWriter(folder, chosen.selection.numbered)
    members = Picker(writer, chosen.selection.takes)
    read = partial(unpack, archive, index, parts, members=members, key=key, progress=context.count)
    with noting_damage(context, backup):
        await context.in_thread(lambda: _written(writer, read))
    return writer, chosen.entries


def _written(writer: LocalWriter, read: Callable[[], None]) -> None:
    """Let the writer take all that is read, and end it."""
    try:
        read()
        writer.finish()
    finally:
        writer.close()


def check_target(target: Path, names: list[bytes]) -> None:
    """Raise `Refused` where the directory can't take entries of these names."""
    if target.exists() and not target.is_dir():
        raise Refused(f"{safe(str(target))} is no directory.", "Name one, or one that is to be made.")
    if taken := taken_names(target, names):
        more = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
        raise Refused(
            f"{safe_path(taken[0])}{more} is in {safe(str(target))} already, and is not replaced.",
            "Name another directory; a new one is made.",
        )


def _make(folder: Path) -> None:
    with _told(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)


def _moves(folder: Path, target: Path, places: Mapping[bytes, bytes]) -> list[tuple[str, str]]:
    """From where to where what was made goes. Raises `Refused` where nothing could be made."""
    moves = [(str(folder / os.fsdecode(old)), str(target / os.fsdecode(new))) for old, new in places.items()]
    made = [(old, new) for old, new in moves if os.path.lexists(old)]
    if not made:
        raise Refused("Sockets and devices can't be copied out, and there is nothing else.", "Choose files or folders.")
    return made


def _place(target: Path, moves: list[tuple[str, str]]) -> None:
    with _told(target):
        for old, new in moves:
            moved_in(Path(old), Path(new))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise Refused(f"{safe(str(error.filename2 or path))} was made meanwhile, and is not replaced.") from error
    except OSError as error:
        raise Failed(f"{safe(str(path))} can't be written to: {(error.strerror or str(error)).lower()}.") from error
