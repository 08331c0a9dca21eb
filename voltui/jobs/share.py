"""The jobs that give containers volumes and take them away again. All of it comes about, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from voltui.engine import data_container, images
from voltui.engine.recreate import MountChange
from voltui.jobs.context import JobContext
from voltui.jobs.copy_out import filled, split
from voltui.jobs.locks import locked
from voltui.jobs.recreate import Recreation, recreate, stop_old, wait_until_well
from voltui.jobs.sharing import Taker, check, takers_of
from voltui.jobs.sources import known, take_inventory
from voltui.jobs.undo_containers import MAKE, REPLACED, START
from voltui.jobs.unsharing import Leaving, leaving
from voltui.jobs.volume_plans import SharePlan, UnsharePlan
from voltui.model.container import Container
from voltui.model.errors import Refused
from voltui.model.inventory import Inventory
from voltui.model.mount import MountKind
from voltui.model.names import check_new_name
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.volume import MADE_LABEL


async def run(context: JobContext, plan: SharePlan) -> dict[str, Any]:
    """Share the plan's volumes. The result names the data container, the takers and the new container, if any."""
    inventory = await take_inventory(context)
    sources = [Source("volume", share.volume) for share in plan.shares]
    if not plan.copy_from:
        sources = [known(context, inventory, source) for source in sources]
    takers = await takers_of(context.engine, inventory, plan)
    check(takers, lose=plan.lose)
    for name in filter(None, (plan.data, plan.name)):
        check_new_name("container", name)
    with locked(context.state, inventory.engine.id, _data(inventory, sources, takers), context.directory.id):
        async with AsyncExitStack() as stack:
            held = await _copy(context, stack, inventory, plan, takers) if plan.copy_from else ""
            if plan.data:
                await _data_container(context, stack, inventory, plan)
            change = _change(plan)
            for taker in takers:
                gains = {share.at: share.volume for share in taker.gains}
                stopped = taker.detail.container.id == held
                await recreate(context, stack, Recreation(taker.detail, change, gains, held=stopped))
            new = await _new_container(context, stack, plan) if plan.image else ""
            return context.commit(
                {
                    "data": plan.data or None,
                    "volumes": [share.volume for share in plan.shares],
                    "takers": [taker.detail.container.name for taker in takers],
                    "new": new or None,
                    REPLACED: [taker.detail.container.id for taker in takers],
                }
            )


async def _copy(
    context: JobContext, stack: AsyncExitStack, inventory: Inventory, plan: SharePlan, takers: Sequence[Taker]
) -> str:
    """Fill the new volume. A container that is to work on with the copy is stopped first, so that it holds all that it
    wrote; its id then, else empty."""
    container, _ = split(plan.copy_from)
    writer = next((taker.detail for taker in takers if taker.detail.container.name == container), None)
    held = writer is not None and writer.container.running
    if writer is not None and held:
        await stop_old(context, stack, writer)
    await filled(context, stack, inventory, plan.copy_from, plan.shares[0].volume)
    return writer.container.id if writer is not None and held else ""


async def take_back(context: JobContext, plan: UnsharePlan) -> dict[str, Any]:
    """Make containers anew without the data, or remove a data container. Volumes stay, whatever is removed."""
    inventory = await take_inventory(context)
    found = await leaving(context.engine, inventory, plan.name, plan.takers)
    check(found.takers, lose=plan.lose)
    with locked(context.state, inventory.engine.id, _data(inventory, [], found.takers), context.directory.id):
        if not found.takers:
            return await _remove_data_container(context, found)
        async with AsyncExitStack() as stack:
            for taker in found.takers:
                await recreate(context, stack, Recreation(taker.detail, found.change, gives_up=found.gives_up))
            return context.commit(
                {
                    "data": plan.name,
                    "takers": [taker.detail.container.name for taker in found.takers],
                    REPLACED: [taker.detail.container.id for taker in found.takers],
                }
            )


async def _remove_data_container(context: JobContext, found: Leaving) -> dict[str, Any]:
    if found.data is None:
        raise Refused(f"{safe(found.name)} is a volume, which is not removed.", "Name the containers with --from.")
    await context.engine.remove_container(found.data.id)
    return context.commit({"data": found.name, "takers": [], REPLACED: []})


def _data(inventory: Inventory, sources: Sequence[Source], takers: Sequence[Taker]) -> list[Source]:
    """All data that is touched: of the takers too, whose other jobs must not meet them half exchanged."""
    return [*sources, *inventory.data_of(taker.detail.container for taker in takers)]


def _change(plan: SharePlan) -> MountChange:
    ending = ":ro" if plan.read_only else ""
    if plan.data:
        return MountChange(take_from=(f"{plan.data}{ending}",))
    return MountChange(mounts=tuple(f"{share.volume}:{share.at}{ending}" for share in plan.shares))


async def _data_container(context: JobContext, stack: AsyncExitStack, inventory: Inventory, plan: SharePlan) -> None:
    """Make the data container, or find that it holds just this already."""
    there = next((one for one in inventory.containers.values() if one.name == plan.data), None)
    if there is not None:
        _refuse_other(there, plan)
        return
    context.begin(f"Making the data container {safe(plan.data)}")
    await stack.enter_async_context(context.tentative(MAKE, {"name": plan.data, "labelled": True}))
    mounts = {share.at: share.volume for share in plan.shares}
    await data_container.create(context.engine.connection, plan.data, mounts, {MADE_LABEL: context.directory.id})


def _refuse_other(there: Container, plan: SharePlan) -> None:
    held = {(mount.destination, mount.source) for mount in there.mounts if mount.kind is MountKind.VOLUME}
    missing = [share for share in plan.shares if (share.at, share.volume) not in held]
    if missing:
        raise Refused(
            f"A container {safe(there.name)} exists already and does not hold {safe(missing[0].volume)} at "
            f"{safe(missing[0].at)}.",
            "Name the data container otherwise with --name.",
        )


async def _new_container(context: JobContext, stack: AsyncExitStack, plan: SharePlan) -> str:
    """Make and start a container of the plan's image with the data; its name."""
    await images.inspect(context.engine.connection, plan.image)
    name = plan.name or f"{plan.data}-user-{context.directory.id[-4:]}"
    ending = ":ro" if plan.read_only else ""
    context.begin(f"Starting {safe(name)} of {safe(plan.image)}")
    await stack.enter_async_context(context.tentative(MAKE, {"name": name, "labelled": True}))
    made = await data_container.create_taker(
        context.engine.connection,
        name,
        plan.image,
        f"{plan.data}{ending}",
        plan.command,
        {MADE_LABEL: context.directory.id},
    )
    await stack.enter_async_context(context.tentative(START, {"container": made, "old": ""}))
    await context.engine.start(made)
    await wait_until_well(context, made)
    return name
