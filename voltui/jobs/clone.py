"""The clone job: a volume's content, driver, options and labels in a new volume, every byte read back."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from voltui.jobs.access import BridgeAccess, opened
from voltui.jobs.context import JobContext
from voltui.jobs.copying import Original, copied_by_reflink, created_volume, fill_volume
from voltui.jobs.holding import holding
from voltui.jobs.hooks import hooked
from voltui.jobs.reflink import can_share
from voltui.jobs.sources import known
from voltui.jobs.users import Stillness, still
from voltui.jobs.volume_plans import ClonePlan
from voltui.model.errors import Refused
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.volume import MADE_LABEL, Volume


async def run(context: JobContext, plan: ClonePlan) -> dict[str, Any]:
    """Copy the plan's volume. Its writers are treated as in a backup."""
    new = Source("volume", plan.new)

    def sources_of(inventory: Inventory) -> list[Source]:
        return [known(context, inventory, Source("volume", plan.volume)), new]

    async with holding(context, sources_of) as (inventory, (source, _)):
        volume = inventory.volumes[plan.volume]
        if refusal := refusal_to_clone(volume):
            raise refusal
        labels = {name: value for name, value in volume.labels.items() if name != MADE_LABEL}
        async with (
            created_volume(context, plan.new, volume.driver, volume.options, labels),
            hooked(context, inventory.running_users(source), "backup"),
        ):
            stillness = await _by_reflink(context, plan, inventory, source) or await _by_stream(
                context, plan, inventory, source
            )
            return context.commit(
                {
                    "volume": plan.new,
                    "consistency": stillness.of(inventory, source).value,
                    "paused_seconds": round(stillness.seconds, 2),
                }
            )


async def _by_reflink(context: JobContext, plan: ClonePlan, inventory: Inventory, source: Source) -> Stillness | None:
    """Copy by sharing blocks, which takes moments; ``None`` where the file system can't."""
    target = Source("volume", plan.new)
    async with opened(context, target, writable=True, beside=source) as access:
        if not isinstance(access, BridgeAccess) or not await can_share(access.bridge):
            return None
        async with still(context, inventory, [source], plan.treatment) as stillness:
            done = await copied_by_reflink(context, access.bridge, safe(source.short))
        return stillness if done else None


async def _by_stream(context: JobContext, plan: ClonePlan, inventory: Inventory, source: Source) -> Stillness:
    """Copy every byte; writers go on as soon as all is read."""
    async with opened(context, source) as access:
        total = await access.expected_bytes(context)
        async with AsyncExitStack() as held:
            stillness = await held.enter_async_context(still(context, inventory, [source], plan.treatment))
            reading = await access.read()
            held.callback(reading.close)
            await fill_volume(context, plan.new, Original(reading, safe(source.short), total, held.aclose))
        return stillness


def refusal_to_clone(volume: Volume) -> Refused | None:
    """Why a volume must not be cloned, if so: another with the same options would be the very same storage."""
    if volume.options.get("device") and volume.options.get("type") != "tmpfs":
        return Refused(
            f"{safe(volume.name)} is storage elsewhere ({safe(volume.options['device'])}): a volume with the same "
            "options would be the same data, not a copy.",
            "Make a volume with options of its own (voltui create), then voltui restore a backup into it.",
        )
    if volume.options.get("type") == "tmpfs":
        return Refused(
            f"{safe(volume.name)} is a tmpfs, in memory: what nothing holds is gone at once.",
            "Back it up, then restore into a plain volume.",
        )
    return None
