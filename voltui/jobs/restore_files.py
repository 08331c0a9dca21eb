"""The job that puts entries of a backup back: staged and verified beside the live data, then exchanged by renames.

The users are stopped for the exchange, as for a whole restore; what is replaced is kept in the volume.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from voltui.archive.deep import TarPart
from voltui.archive.entry import Entry
from voltui.archive.pick import Picker
from voltui.archive.rewrite import Rewriter
from voltui.archive.scan import Chosen, choose
from voltui.archive.unpack import ByteSink, unpack
from voltui.engine import exchange as scripts
from voltui.engine.helper import TARGET
from voltui.jobs.context import JobContext
from voltui.jobs.exchange import changing
from voltui.jobs.file_plans import RestoreFilesPlan
from voltui.jobs.origin import Origin
from voltui.jobs.restore import extract_verified
from voltui.jobs.room import check_room
from voltui.jobs.users import check_can_stop
from voltui.jobs.verify import noting_damage
from voltui.model.safe import safe
from voltui.model.selection import Selection


async def run(context: JobContext, plan: RestoreFilesPlan) -> dict[str, Any]:
    """Put the plan's entries back. The result tells what was replaced and what is new."""
    selection = Selection.of(plan.paths)
    origin, chosen = await _origin(context, plan, selection)
    async with changing(context, plan.target, force=plan.force, trusted=chosen.trusted) as target:
        await check_can_stop(context, target.inventory.running_users(target.target))
        await check_room(target.bridge, safe(target.target.name), chosen.size, chosen.entries)
        async with target.staging() as folder:
            await extract_verified(context, target.bridge, origin, folder)
            if also := tuple(sorted(chosen.selection.also)):
                drop = scripts.drop(TARGET, context.directory.id, also)
                await target.bridge.change(drop, "Removing what was only needed to extract")
            places = await target.places(selection.paths)
            result = await target.exchange(places, (), {"backup": plan.backup}, stops=True)
        await target.forget_expired()
        return result


async def _origin(context: JobContext, plan: RestoreFilesPlan, selection: Selection) -> tuple[Origin, Chosen]:
    """The part of the backup as something to be extracted. All of the archive is read, and held against its index."""
    found = context.store.find_whole(plan.backup)
    archive, index = context.store.archive_path(found), context.store.index_path(found)
    parts = (found.archive, found.index)
    backup, key = await context.in_thread(lambda: context.keys.opened(found, accept_plain=plan.accept_plain))
    chosen = await context.in_thread(lambda: choose(index, found.index, key, selection))
    takes = chosen.selection.takes

    def feed(
        sink: ByteSink,
        root: bytes,
        _: TarPart | None,
        progress: Callable[[int, int], object],
        seen: Callable[[Entry], object],
    ) -> None:
        writer = Rewriter(sink.write, root=root)
        with noting_damage(context, backup):
            unpack(
                archive,
                index,
                parts,
                members=Picker(writer, takes),
                key=key,
                progress=progress,
                seen=lambda entry: seen(entry) if takes(entry.path) else None,
            )
        writer.close()

    origin = Origin(
        words=safe(backup.id),
        size=chosen.size,
        entries=chosen.entries,
        total=backup.content.stored,
        directories=True,
        root=True,
        trusted=chosen.trusted,
        linked=frozenset(),
        feed=feed,
        backup=backup,
    )
    return origin, chosen
