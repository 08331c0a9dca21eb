"""The create job: a volume that is only called good when a container could mount it."""

from __future__ import annotations

from typing import Any

from voltui.engine import tools
from voltui.engine.helper import TARGET
from voltui.jobs.access import Access, BridgeAccess, opened
from voltui.jobs.context import JobContext
from voltui.jobs.copying import created_volume
from voltui.jobs.locks import locked
from voltui.jobs.volume_plans import CreatePlan
from voltui.model.errors import Failed, NotFound
from voltui.model.safe import safe
from voltui.model.source import Source

_BLOCK = 512


async def run(context: JobContext, plan: CreatePlan) -> dict[str, Any]:
    """Make the plan's volume and mount it once; it goes again where that fails. The result tells what was found."""
    info = await context.engine.info()
    source = Source("volume", plan.name)
    with locked(context.state, info.id, [source], context.directory.id):
        context.begin(f"Making the volume {safe(plan.name)}")
        async with created_volume(context, plan.name, plan.driver, plan.options, plan.labels):
            context.begin("Mounting it")
            found = await mounted_once(context, source, "Check the driver's options; the volume is gone again.")
            return context.commit({"volume": plan.name, **found})


async def mounted_once(context: JobContext, source: Source, hint: str) -> dict[str, Any]:
    """What a container meets that mounts the volume. Raises `Failed`, with the engine's reason, where none can."""
    try:
        async with opened(context, source, writable=True) as access:
            return await _look(context, access)
    except (Failed, NotFound) as error:
        raise Failed(f"A container can't mount the {source.words}: {error.reason}", hint) from error


async def _look(context: JobContext, access: Access) -> dict[str, Any]:
    """What a container meets in the volume: the kind of file system, free bytes, whether it is empty."""
    if isinstance(access, BridgeAccess):
        kind = await access.bridge.check(tools.file_system(TARGET), "Looking at the volume")
        space = await access.bridge.check(tools.free_space(TARGET), "Looking for free space")
        first = await access.bridge.check(tools.first_entry(TARGET), "Looking into the volume")
        free, _, size, *_ = map(int, space.split())
        return {"file_system": kind.decode().strip(), "free": free * size, "empty": not first}
    reading = await access.read()
    try:
        await context.in_thread(lambda: reading.source.readinto(memoryview(bytearray(_BLOCK))))
    finally:
        reading.close()
    return {}
