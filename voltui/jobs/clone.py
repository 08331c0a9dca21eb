"""The clone job: a volume's content, driver, options and labels in a new volume, every byte read back."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from voltui.jobs.access import opened
from voltui.jobs.context import JobContext
from voltui.jobs.copying import Original, created_volume, fill_volume
from voltui.jobs.hooks import hooked
from voltui.jobs.locks import locked
from voltui.jobs.plan import ClonePlan
from voltui.jobs.sources import known, take_inventory
from voltui.jobs.users import still
from voltui.model.errors import Refused
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.volume import MADE_LABEL, Volume


async def run(context: JobContext, plan: ClonePlan) -> dict[str, Any]:
    """Copy the plan's volume. Its writers are treated as in a backup."""
    inventory = await take_inventory(context)
    source, new = known(context, inventory, Source("volume", plan.volume)), Source("volume", plan.new)
    volume = inventory.volumes[plan.volume]
    _refuse_same_storage(volume)
    with locked(context.state, inventory.engine.id, [source, new], context.directory.id):
        labels = {name: value for name, value in volume.labels.items() if name != MADE_LABEL}
        async with (
            created_volume(context, plan.new, volume.driver, volume.options, labels),
            opened(context, source) as access,
            hooked(context, inventory.running_users(source), "backup"),
        ):
            total = await access.expected_bytes(context)
            async with AsyncExitStack() as held:
                stillness = await held.enter_async_context(still(context, inventory, [source], plan.treatment))
                reading = await access.read()
                held.callback(reading.close)
                await fill_volume(context, plan.new, Original(reading, safe(source.short), total, held.aclose))
            return context.commit(
                {
                    "volume": plan.new,
                    "consistency": stillness.of(inventory, source).value,
                    "paused_seconds": round(stillness.seconds, 2),
                }
            )


def _refuse_same_storage(volume: Volume) -> None:
    """Raise `Refused` where a volume with the same options would be the very same storage."""
    if volume.options.get("device") and volume.options.get("type") != "tmpfs":
        raise Refused(
            f"{safe(volume.name)} is storage elsewhere ({safe(volume.options['device'])}): a volume with the same "
            "options would be the same data, not a copy.",
            "Make a volume with options of its own (voltui create), then voltui restore a backup into it.",
        )
    if volume.options.get("type") == "tmpfs":
        raise Refused(
            f"{safe(volume.name)} is a tmpfs, in memory: what nothing holds is gone at once.",
            "Back it up, then restore into a plain volume.",
        )
