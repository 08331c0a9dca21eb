"""Keeping the old content of a restore's target as a backup: after the swap, or before it where room is short."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from voltui.engine import swap, tools
from voltui.engine.helper import TARGET
from voltui.jobs.access import BridgeAccess
from voltui.jobs.backup import publish, take
from voltui.jobs.context import JobContext
from voltui.jobs.undo import REFILL, target_data
from voltui.jobs.users import stopped
from voltui.jobs.verify import verify
from voltui.model.backup import Consistency, Reason
from voltui.model.inventory import Inventory
from voltui.model.safe import safe_path
from voltui.model.source import Source


async def back_up_old(
    context: JobContext,
    access: BridgeAccess,
    inventory: Inventory,
    target: Source,
    folder: str,
    *,
    since: str | None = None,
) -> str | None:
    """Back up what is in ``folder``; the verified backup's id, ``None`` where it is empty.

    ``since`` is the moment (seconds since 1970) from which users could get at it again: a container that starts may
    change the owner of all that it finds, also of what waits to be backed up. That is looked for, and told.
    """
    if not (await access.bridge.check(tools.first_entry(folder), "Looking at the old content")).strip():
        return None
    async with AsyncExitStack() as publications:
        seal = await context.in_thread(context.keys.new_undo_seal)
        taken = await take(context, inventory, target, access, publications, seal, folder=folder)
        consistency = Consistency.STOPPED if inventory.writers(target) else Consistency.UNUSED
        altered = await access.bridge.check(tools.altered_since(folder, since), "Looking for changes") if since else b""
        if altered:
            consistency = Consistency.LIVE
            name = safe_path(altered)
            context.warn(f"A container altered the old content before it was backed up, beginning with {name}.")
        backup = await publish(context, inventory, taken, consistency, Reason.BEFORE_RESTORE, 0.0)
    await verify(context, backup)
    return backup.id


@asynccontextmanager
async def emptied(
    context: JobContext, access: BridgeAccess, inventory: Inventory, target: Source
) -> AsyncIterator[str | None]:
    """Make room for new content: stop the users, back the old content up, delete it. Gives that backup's id.

    Where the block fails, the old content comes back from the backup before the users start again.
    """
    context.begin("Stopping the users")
    async with stopped(context, inventory.running_users(target)):
        kept = await back_up_old(context, access, inventory, target, TARGET)
        data = {**target_data(context.directory.id, target), "store": context.common.store, "backup": kept}
        async with context.tentative(REFILL, data):
            context.begin("Deleting the old content")
            await access.bridge.change(
                swap.empty(TARGET, context.directory.id, target.only), "Deleting the old content"
            )
            yield kept
