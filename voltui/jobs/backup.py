"""The backup job: hold the writers, read each source into the store, let them go on, publish, read back."""

from __future__ import annotations

import os
import resource
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

import voltui
from voltui.archive import manifest
from voltui.archive.index import IndexWriter
from voltui.archive.pack import Packed, pack
from voltui.engine.helper import TARGET
from voltui.jobs.access import Access, BridgeAccess, Reading, opened
from voltui.jobs.apart import Apart
from voltui.jobs.changes import changed_since
from voltui.jobs.common import Treatment
from voltui.jobs.context import JobContext
from voltui.jobs.holding import holding
from voltui.jobs.hooks import hooked
from voltui.jobs.moments import moments
from voltui.jobs.plan import BackupPlan
from voltui.jobs.reflink import copied, copier
from voltui.jobs.sources import known, take_inventory
from voltui.jobs.undo import PUBLICATION
from voltui.jobs.users import Stillness, still
from voltui.jobs.verify import verify
from voltui.model.backup import Backup, Consistency, Loss, Origin, Reason, UserAtBackup
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed
from voltui.model.volume import MADE_LABEL, Volume
from voltui.model.when import now
from voltui.store.files import told
from voltui.store.publication import Publication

if TYPE_CHECKING:
    from voltui.archive.seal import Seal
    from voltui.engine.bridge import Bridge

_MOST_NAMES = 4
_FILES, _FILES_OF_SOURCE = 256, 16
"""Open files that a job needs in any case, and for each source whose helper it holds; both are more than were seen."""


class Taken(Struct, frozen=True):
    """A source that was read: all that its manifest will say but the consistency."""

    source: Source
    volume: Volume | None
    publication: Publication
    packed: Packed
    losses: tuple[Loss, ...]
    transport: str
    started: datetime
    seal: Seal | None


class _Way(Struct, frozen=True):
    """How one source is read."""

    source: Source
    access: Access
    copier: Bridge | None
    """Takes a copy that shares its blocks first, so that writers go on meanwhile."""
    seal: Seal | None


async def run(context: JobContext, plan: BackupPlan) -> dict[str, Any]:
    """Back the plan's sources up. The result names the backups made.

    Raises `Failed` where some of several could not be backed up, when all others are.
    """
    groups = moments(await take_inventory(context), plan.sources) if plan.apart else [list(plan.sources)]
    _make_room_for(max(map(len, groups)))
    apart, made, held = Apart(len(plan.sources)), list[str](), 0.0
    for number, group in enumerate(groups, 1):
        context.meter.at(number, len(groups))
        with apart.each(*(source.name for source in group)):
            backups, seconds = await _back_up_group(context, plan, group, apart)
            made += [backup.id for backup in backups]
            held += seconds
            context.partial = {"backups": made, "paused_seconds": round(held, 2)}
        if made and (number < len(groups) or apart.failures):
            context.left["made"] = f"Backed up and verified: {listed([safe(one) for one in made], most=_MOST_NAMES)}."
    apart.check(context, "source", "backed up")
    context.left.pop("made", None)
    return context.commit(context.partial)


async def _back_up_group(
    context: JobContext, plan: BackupPlan, group: Sequence[Source], apart: Apart
) -> tuple[list[Backup], float]:
    async with holding(context, lambda inventory: [known(context, inventory, one) for one in group]) as held:
        inventory, sources = held
        return await back_up(context, inventory, sources, plan.treatment, plan.reason, apart)


def _make_room_for(sources: int) -> None:
    """Let this process have as many files open as sources that are read at one moment need, if it may."""
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(_FILES + sources * _FILES_OF_SOURCE, most)
    if wanted > least:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


async def back_up(
    context: JobContext,
    inventory: Inventory,
    sources: Sequence[Source],
    treatment: Treatment,
    reason: Reason,
    apart: Apart,
) -> tuple[list[Backup], float]:
    """Back up sources that are locked; the verified backups, and for how many seconds writers were held.

    One that can't be read is left out, and ``apart`` remembers why.
    """
    async with AsyncExitStack() as publications:
        taken, stillness = await _take_all(context, treatment, inventory, sources, publications, apart)
        context.raise_if_cancelled()
        context.begin("Publishing")
        backups = []
        for item in taken:
            consistency = stillness.of(inventory, item.source)
            held = 0.0 if consistency is Consistency.UNUSED else stillness.seconds
            backups.append(await publish(context, inventory, item, consistency, reason, held))
    verified = []
    for backup in backups:
        with apart.each(backup.source.name):
            await verify(context, backup)
            verified.append(backup)
    return verified, stillness.seconds


async def _take_all(
    context: JobContext,
    treatment: Treatment,
    inventory: Inventory,
    sources: Sequence[Source],
    publications: AsyncExitStack,
    apart: Apart,
) -> tuple[list[Taken], Stillness]:
    """Read all sources at one standstill of their writers. The helpers start before it, to keep it short."""
    async with AsyncExitStack() as stack:
        ways: list[_Way] = []
        for source in sources:
            with apart.each(source.name):
                ways.append(await _way(context, stack, treatment, inventory, source, sources))
        readable = [way.source for way in ways]
        users = {user.id: user for source in readable for user in inventory.running_users(source)}
        taken: list[Taken] = []
        later: list[tuple[_Way, str]] = []
        async with (
            hooked(context, users.values(), "backup"),
            still(context, inventory, readable, treatment) as stillness,
        ):
            folders = [await copied(context, stack, way.copier, way.source) for way in ways]
            for way, folder in zip(ways, folders, strict=True):
                if folder != TARGET:
                    later.append((way, folder))
                    continue
                with apart.each(way.source.name):
                    live = stillness.consistency is Consistency.LIVE
                    taken.append(await _take_whole(context, inventory, way, publications, live=live))
        for way, folder in later:
            with apart.each(way.source.name):
                taken.append(await _take_whole(context, inventory, way, publications, folder))
    return taken, stillness


async def _way(
    context: JobContext,
    stack: AsyncExitStack,
    treatment: Treatment,
    inventory: Inventory,
    source: Source,
    sources: Sequence[Source],
) -> _Way:
    access = await stack.enter_async_context(opened(context, source))
    worth = _worth_a_copy(treatment, inventory, source, sources)
    bridge = await stack.enter_async_context(copier(context, source, access)) if worth else None
    return _Way(source, access, bridge, await context.in_thread(context.keys.new_seal))


async def _take_whole(
    context: JobContext,
    inventory: Inventory,
    way: _Way,
    publications: AsyncExitStack,
    folder: str = TARGET,
    *,
    live: bool = False,
) -> Taken:
    """Read one source; where that fails nothing of it stays, and what was read of the others does.

    Where its writers went on (``live``) what they changed meanwhile is looked for.
    """
    async with AsyncExitStack() as own:
        taken = await take(context, inventory, way.source, way.access, own, way.seal, folder)
        if live:
            taken = await _with_changes(context, taken, way.access)
        publications.push_async_exit(own.pop_all())
    return taken


def _worth_a_copy(treatment: Treatment, inventory: Inventory, source: Source, sources: Sequence[Source]) -> bool:
    """Whether a copy by reflink would shorten a standstill, and surely lies in no other of the sources."""
    apart = all(one.kind == "volume" and not inventory.volumes[one.name].options for one in sources)
    moving = any(writer.state != "paused" for writer in inventory.writers(source))
    return moving and treatment is not Treatment.LIVE and (apart or len(sources) == 1)


async def _with_changes(context: JobContext, taken: Taken, access: Access) -> Taken:
    """What was taken, with what has changed meanwhile named among its losses."""
    if not isinstance(access, BridgeAccess) or taken.source.only:
        return taken
    key = taken.seal.key if taken.seal else None
    changed = await changed_since(context, access, taken.publication.index, key)
    return replace(taken, losses=(*taken.losses, changed)) if changed else taken


async def take(
    context: JobContext,
    inventory: Inventory,
    source: Source,
    access: Access,
    publications: AsyncExitStack,
    seal: Seal | None,
    folder: str = TARGET,
) -> Taken:
    """Read one source into part files, which go when ``publications`` ends in an error."""
    started = now()
    publication = context.store.begin(source, context.directory.id, encrypted=seal is not None)
    data = {"paths": [str(path) for path in publication.paths], "manifest": str(publication.manifest)}
    await publications.enter_async_context(context.tentative(PUBLICATION, data))
    archive_fd, index_fd = publication.open()
    publications.callback(publication.close)
    context.begin(f"Reading {safe(source.short)}", _last_size(context, source))
    if folder == TARGET:
        context.background(_guess(context, access))
    reading = await (access.read(folder) if isinstance(access, BridgeAccess) else access.read())
    try:
        packed = await context.in_thread(lambda: _pack(context, reading, archive_fd, index_fd, seal))
        losses = await reading.finish()
    finally:
        reading.close()
    for loss in losses:
        context.directory.log(f"loss in {source.name!r}: {loss.sentence}")
    volume = inventory.volumes.get(source.name) if source.kind == "volume" else None
    return Taken(source, volume, publication, packed, tuple(losses), access.transport, started, seal)


def _pack(context: JobContext, reading: Reading, archive_fd: int, index_fd: int, seal: Seal | None) -> Packed:
    with told("write a backup", context.store.root), os.fdopen(index_fd, "wb", closefd=False) as index:
        return pack(
            reading.source,
            archive_fd,
            IndexWriter(index, seal),
            root=reading.root,
            level=context.common.level,
            seal=seal,
            progress=context.count,
        )


async def publish(
    context: JobContext,
    inventory: Inventory,
    taken: Taken,
    consistency: Consistency,
    reason: Reason,
    paused_seconds: float,
) -> Backup:
    """Complete a backup: from here on it is listed."""
    volume, engine = taken.volume, inventory.engine
    changed = any(loss.kind == "changed" for loss in taken.losses)
    backup = Backup(
        id=taken.publication.id,
        source=taken.source,
        started=taken.started,
        ended=now(),
        engine=Origin(engine.id, engine.name, engine.version),
        driver=volume.driver if volume else "",
        options=volume.options if volume else {},
        labels={name: value for name, value in volume.labels.items() if name != MADE_LABEL} if volume else {},
        users=tuple(
            UserAtBackup(
                use.container.name,
                use.container.image,
                use.mount.destination,
                use.mount.read_only,
                use.container.state,
            )
            for use in inventory.uses_of_source(taken.source)
        ),
        consistency=Consistency.LIVE if changed else consistency,
        transport=taken.transport,
        losses=taken.losses,
        content=taken.packed.content,
        archive=taken.packed.archive,
        index=taken.packed.index,
        reason=reason,
        tool_version=voltui.__version__,
        paused_seconds=paused_seconds,
    )
    if taken.seal is not None:
        context.keys.remember(backup.id, taken.seal, keep=backup.undo)
        for loss in taken.losses:  # the manifest that anybody may read does not name them
            context.warn(loss.sentence)
        backup = manifest.sealed(backup, taken.seal)
    await context.in_thread(lambda: taken.publication.publish(backup))
    context.left[backup.id] = f"{safe(backup.id)} is complete, but was not read back: `voltui verify` does it."
    return backup


async def _guess(context: JobContext, access: Access) -> None:
    """Better the expected size while the reading goes on."""
    expected = await access.expected_bytes(context)
    if expected is not None:
        context.meter.expect(expected)


def _last_size(context: JobContext, source: Source) -> int | None:
    """The tar bytes of the source's last backup: a guess for the bar until there is a better one."""
    last = context.store.listing(source).backups[:1]
    return last[0].content.stored if last else None
