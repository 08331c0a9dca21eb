"""A copy that shares its blocks with the original: taken in moments, so that writers are held only for that long.

Where the file system can (btrfs, xfs), ``cp --reflink=always`` copies the tree beside itself while the writers stand
still; they go on, and the copy is read. What can't be copied so is read while they stand still.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from voltui.engine import swap, tools
from voltui.engine.bridge import Bridge
from voltui.engine.helper import TARGET
from voltui.jobs.access import Access, BridgeAccess, opened
from voltui.jobs.context import JobContext
from voltui.jobs.undo import REFLINK, target_data
from voltui.model.errors import Failed
from voltui.model.source import Source


@asynccontextmanager
async def copier(context: JobContext, source: Source, access: Access) -> AsyncIterator[Bridge | None]:
    """A bridge that may write the copy; ``None`` where the source's file system shares no blocks."""
    if not isinstance(access, BridgeAccess) or source.only or not await can_share(access.bridge):
        yield None
        return
    async with opened(context, source, writable=True, trusted=True) as writing:
        yield writing.bridge if isinstance(writing, BridgeAccess) else None


async def copied(context: JobContext, stack: AsyncExitStack, bridge: Bridge | None, source: Source) -> str:
    """The folder to read: a copy that goes when the stack ends, or the source itself where there is none."""
    if bridge is None:
        return TARGET
    identifier = context.directory.id
    async with AsyncExitStack() as undo:
        await undo.enter_async_context(context.scoped(REFLINK, target_data(identifier, source)))
        try:
            await bridge.change(swap.reflink(TARGET, identifier), "Copying by reflink")
        except Failed as error:
            context.directory.log(f"no copy by reflink: {error.sentence}")
            return TARGET
        await stack.enter_async_context(undo.pop_all())
    return swap.reflink_folder(TARGET, identifier)


async def can_share(bridge: Bridge) -> bool:
    """Whether the file system of what is mounted can share blocks between files."""
    found = await bridge.check(tools.file_system(TARGET), "Looking at the file system")
    return found.decode().strip() in tools.SHARING_FILE_SYSTEMS
