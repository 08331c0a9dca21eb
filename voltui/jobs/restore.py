"""The restore job: stage, verify, stop the users, swap, start them, keep the old content as a backup.

Before the swap nothing of the target has changed; a swap that fails is swapped back; after it the old content stays
beside the new until a backup of it is published.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from voltui.archive.deep import TarPart
from voltui.archive.listing import Expectation, read_listing
from voltui.archive.unpack import ByteSink
from voltui.engine import exchange, swap, tools
from voltui.engine.bridge import Bridge
from voltui.engine.helper import TARGET
from voltui.jobs import origin as origins
from voltui.jobs.access import ArchiveAccess, BridgeAccess, opened
from voltui.jobs.archive_restore import restore_by_archive
from voltui.jobs.context import JobContext
from voltui.jobs.exchange import FOLDER
from voltui.jobs.extract import extract_by_parts
from voltui.jobs.holding import holding
from voltui.jobs.hooks import hooked
from voltui.jobs.kept_files import KEPT_TREE, USED_TREE, gone
from voltui.jobs.origin import Origin
from voltui.jobs.plan import RestorePlan
from voltui.jobs.protection import refuse_protected
from voltui.jobs.room import ELSEWHERE, room_for_entries
from voltui.jobs.safety import back_up_old, emptied
from voltui.jobs.sources import known_target, take_inventory
from voltui.jobs.undo import ADOPT, CREATE_VOLUME, DISCARD, STAGE, SWAP, target_data
from voltui.jobs.users import check_can_stop, stopped
from voltui.model.errors import Failed, Refused, VoltuiError
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import plural
from voltui.model.volume import MADE_LABEL


async def run(context: JobContext, plan: RestorePlan, descriptor: int = -1) -> dict[str, Any]:
    """Restore the plan's backup or file into its target. The result names the backup of the old content, if any.

    ``descriptor`` is the open file that is meant where the plan's file is `STDIN`.
    """
    async with holding(context, lambda inventory: [known_target(context, inventory, plan.target)]) as held:
        inventory, (target,) = held
        way = f"Restore into another with --to, or say --force {safe(target.name)}."
        refuse_protected(inventory, target, way, force=plan.force)
        await check_can_stop(context, inventory.running_users(target))
        if plan.kept_tree:
            return await _put_back(context, inventory, target, plan.kept_tree)
        origin = await origins.find(context, plan, descriptor)
        _refuse_fleeting(inventory, target, origin)
        async with (
            _existing(context, inventory, target, origin) as created,
            opened(context, target, writable=True, trusted=origin.trusted) as access,
        ):
            if isinstance(access, ArchiveAccess):
                await restore_by_archive(context, access, inventory, target, origin)
                return _result(context, target)
            await _check_target(access.bridge, plan, target, created=created)
            roomy = await _has_room(context, access, plan, target, origin)
            if created:
                async with context.scoped(DISCARD, target_data(context.directory.id, target)):
                    return (await _stage_and_swap(context, access.bridge, target, origin, {})).result
            if not roomy:
                return await _replace_in_place(context, access, inventory, target, origin)
            facts = {KEPT_TREE: context.directory.id}
            swapped = await _stage_and_swap(context, access.bridge, target, origin, facts)
            return await _keep_old(context, access, inventory, target, swapped)


async def _replace_in_place(
    context: JobContext, access: BridgeAccess, inventory: Inventory, target: Source, origin: Origin
) -> dict[str, Any]:
    """The slow way: the old content is backed up and deleted before the new comes."""
    async with (
        emptied(context, access, inventory, target) as undo,
        context.scoped(DISCARD, target_data(context.directory.id, target)),
    ):
        return (await _stage_and_swap(context, access.bridge, target, origin, {"undo": undo})).result


def _result(context: JobContext, target: Source, **facts: Any) -> dict[str, Any]:
    """Say that the restore is done, whatever comes then; the job's result."""
    return context.commit({"target": target.name, "undo": None, **facts})


class _Swapped(NamedTuple):
    """An exchange that was made."""

    result: dict[str, Any]
    """The job's, as it stands now."""
    since: str
    """When it was made, in seconds since 1970: from then on users could get at the old content again."""


@asynccontextmanager
async def _existing(context: JobContext, inventory: Inventory, target: Source, origin: Origin) -> AsyncIterator[bool]:
    """See that the target exists: a missing volume is created, and goes again where the restore fails."""
    if target.kind != "volume" or target.name in inventory.volumes:
        yield False
        return
    backup = origin.backup
    driver, options, labels = (backup.driver, backup.options, backup.labels) if backup else ("local", {}, {})
    made = {**labels, MADE_LABEL: context.directory.id}
    async with context.tentative(CREATE_VOLUME, {"name": target.name}):
        await context.engine.create_volume(target.name, driver or "local", options, made)
        yield True


def _refuse_fleeting(inventory: Inventory, target: Source, origin: Origin) -> None:
    """Raise `Refused` for a tmpfs volume that no running container holds: its content would go with the helper."""
    volume = inventory.volumes.get(target.name) if target.kind == "volume" else None
    recorded = origin.backup.options if origin.backup else {}
    options = volume.options if volume else recorded
    if options.get("type") == "tmpfs" and not inventory.running_users(target):
        raise Refused(
            f"The {target.words} is a tmpfs, in memory, and nothing holds it: what is restored would be gone at once.",
            "Start a container that mounts it, then restore; or make a plain volume and restore into that.",
        )


async def _check_target(bridge: Bridge, plan: RestorePlan, target: Source, *, created: bool) -> None:
    """Raise `Refused` where the target must be empty and is not."""
    name = safe(target.name)
    found = await bridge.check(tools.first_entry(TARGET), "Looking into the target")
    if created and found:
        raise Refused(
            f"The new volume {name} is not empty: its driver options lead to storage that is in use.",
            "Create a plain volume and restore into that.",
        )
    if plan.only_empty and found:
        raise Refused(
            f"The {target.words} is not empty.", "`voltui restore` replaces its content and keeps the old one."
        )


async def _has_room(
    context: JobContext, access: BridgeAccess, plan: RestorePlan, target: Source, origin: Origin
) -> bool:
    """Whether both contents fit in at once. Raises `Refused` where they don't and that is not to be borne."""
    name = safe(target.name)
    found = await room_for_entries(access.bridge, name, origin.entries)
    free, wanted = found.free, origin.size + found.spare
    if free >= wanted:
        return True
    freed = await access.expected_bytes(context) or 0
    if free + freed < wanted:
        raise Refused(
            f"{name} has no room for the new content: {wanted:,} bytes are needed, {free:,} are free, "
            f"and without the old content {free + freed:,}.",
            ELSEWHERE,
        )
    if not plan.in_place:
        raise Refused(
            f"{name} has no room for the old and the new content at once: "
            f"{wanted:,} bytes are needed, {free:,} are free.",
            f"{ELSEWHERE} Or say --in-place: its users are stopped while the old content is backed up and deleted and "
            "the new one extracted; the backup is put back should that fail.",
        )
    return False


async def _put_back(context: JobContext, inventory: Inventory, target: Source, kept_tree: str) -> dict[str, Any]:
    """Undo a restore whose old content is still in the target: put that back, and keep what is there now."""
    identifier = context.directory.id
    async with opened(context, target, writable=True) as access:
        if isinstance(access, ArchiveAccess):
            raise Refused(
                "Through the engine's archive API nothing can be exchanged.", "Run VolTUI on the engine's own host."
            )
        aside = exchange.look(TARGET, [(tools.OLD_PREFIX + kept_tree).encode()])
        if await access.bridge.check(aside, "Looking for what the restore replaced") != FOLDER.encode():
            raise gone(target)
        data = {**target_data(context.directory.id, target), "kept": kept_tree}
        async with context.tentative(ADOPT, data):
            await access.bridge.change(swap.adopt(TARGET, identifier, kept_tree), "Taking up what the restore replaced")
            facts = {KEPT_TREE: identifier, USED_TREE: kept_tree}
            swapped = await _swap(context, access.bridge, target, facts)
        return await _keep_old(context, access, inventory, target, swapped)


async def _stage_and_swap(
    context: JobContext, bridge: Bridge, target: Source, origin: Origin, facts: Mapping[str, Any]
) -> _Swapped:
    """Put the new content in the target's place. ``facts`` go into the job's result once it stands there."""
    identifier = context.directory.id
    async with context.tentative(STAGE, target_data(identifier, target)):
        await bridge.change(swap.stage(TARGET, identifier, inherit=not origin.root), "Making room for the new content")
        await extract_verified(context, bridge, origin, swap.staging_folder(TARGET, identifier))
        return await _swap(context, bridge, target, facts)


async def _swap(context: JobContext, bridge: Bridge, target: Source, facts: Mapping[str, Any]) -> _Swapped:
    """Stop the users, exchange the contents, start the users."""
    inventory = await take_inventory(context)
    context.begin("Swapping")
    users = inventory.running_users(target)
    async with (
        hooked(context, users, "restore"),
        stopped(context, users),
        context.tentative(SWAP, target_data(context.directory.id, target)),
    ):
        context.raise_if_cancelled()
        script = swap.swap(TARGET, context.directory.id, target.only)
        done = await bridge.change(script, "Swapping the contents")
        result = _result(context, target, **facts)
    return _Swapped(result, done.decode().strip())


async def extract_verified(context: JobContext, bridge: Bridge, origin: Origin, folder: str) -> None:
    """Extract everything into the staging folder, and see that it is there as the archive has it, and on disk."""
    expected = Expectation(directories=origin.directories)
    context.begin(f"Extracting {origin.words}", origin.total)

    def fill(sink: ByteSink, part: TarPart | None) -> None:
        first = part is None or not part.way  # each run sees all entries: they are counted once
        count, see = (context.count, expected.see) if first else (_ignored, _ignored)
        origin.feed(sink, b"./", part, count, see)

    said = await extract_by_parts(bridge, folder, fill, origin.bases, context.in_thread)
    await check_extracted(context, bridge, folder, expected, said)


def _ignored(*_: object) -> None:
    """Whoever counts has counted that already."""


async def check_extracted(
    context: JobContext, bridge: Bridge, folder: str, expected: Expectation, said: Sequence[str]
) -> None:
    """See that what was extracted is there as expected, and on disk; ``said`` is what tar had to say of it."""
    if said:
        context.warn(f"The target could not take everything of {plural(len(said), 'entry', 'entries')}: {said[0]}.")
    context.begin("Checking what was extracted")
    listing = await bridge.spawn(tools.list_tree(folder), stream=True)
    try:
        differences = await context.in_thread(lambda: expected.differences(read_listing(listing.source)))
        await listing.wait()
    finally:
        listing.close()
    if differences.content:
        raise Failed("What was extracted is not what the archive holds.", "The storage may not keep owners or modes.")
    if differences.times:
        context.warn("The target's file system keeps coarser times than the archive has.")
    context.begin("Writing to disk")
    await bridge.check(tools.sync_tree(folder), "Writing to disk")


async def _keep_old(
    context: JobContext, access: BridgeAccess, inventory: Inventory, target: Source, swapped: _Swapped
) -> dict[str, Any]:
    """Back the old content up, then delete it; the job's result, with the backup's id if there was old content.

    The restore is done by now: whatever fails here is a warning, and the old content stays where it is.
    """
    identifier = context.directory.id
    old = swap.old_folder(TARGET, identifier)
    try:
        undo = await back_up_old(context, access, inventory, target, old, since=swapped.since)
    except (VoltuiError, OSError, asyncio.CancelledError) as error:
        reason = error.sentence if isinstance(error, VoltuiError) else str(error) or "It was cancelled."
        where = f"{tools.OLD_PREFIX}{identifier}"
        context.warn(
            f"The old content could not be kept as a backup and stays in its folder {where}, from where "
            f"`voltui undo` puts it back: {reason}"
        )
        return swapped.result
    facts = {key: value for key, value in swapped.result.items() if key != KEPT_TREE}
    result = context.commit({**facts, "undo": undo})
    async with context.scoped(DISCARD, target_data(identifier, target)):
        context.begin("Deleting the old content")  # which the step's undo does: once begun it must be finished
    return result
