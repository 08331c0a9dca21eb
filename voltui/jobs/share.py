"""The jobs that give containers volumes and take them away again. All of it comes about, or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from msgspec.structs import replace

from voltui.engine import data_container
from voltui.engine.recreate import MountChange
from voltui.jobs.context import JobContext
from voltui.jobs.copy_out import filled, split
from voltui.jobs.create import mounted_once
from voltui.jobs.holding import holding
from voltui.jobs.recreate import Recreation, prepared, recreate, start_new, stop_old, wait_until_well
from voltui.jobs.sharing import Taker, check, takers_of
from voltui.jobs.undo_containers import MAKE, REPLACED, START
from voltui.jobs.unsharing import Leaving, leaving
from voltui.jobs.volume_plans import SharePlan, UnsharePlan
from voltui.model.container import Container
from voltui.model.errors import Refused
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.shared import SHARED_LABEL, Given, given, label_of
from voltui.model.source import Source
from voltui.model.volume import MADE_LABEL


async def run(context: JobContext, plan: SharePlan) -> dict[str, Any]:
    """Share the plan's volumes. The result names the data container, the takers and the new container, if any."""
    sources = [Source("volume", share.volume) for share in plan.shares]
    copied = split(plan.copy_from)[:1] if plan.copy_from else ()
    names = (*plan.takers, *copied, *filter(None, (plan.data, plan.name)))
    async with _holding(context, sources, plan.takers, names) as inventory:
        takers = await takers_of(context.engine, inventory, plan)
        check(takers, lose=plan.lose)
        if not plan.copy_from:
            await _check_mounts(context, inventory, sources)
        recreations = [await _gaining(context, taker, plan) for taker in takers]
        async with AsyncExitStack() as stack:
            held = await _copy(context, stack, inventory, plan, takers) if plan.copy_from else ""
            if plan.data:
                await _data_container(context, stack, inventory, plan)
            for recreation in recreations:
                stopped = recreation.detail.container.id == held
                await recreate(context, stack, replace(recreation, held=stopped))
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


async def _check_mounts(context: JobContext, inventory: Inventory, sources: Iterable[Source]) -> None:
    """Raise `Failed` for a volume that no container can mount: before any is stopped to get it."""
    for source in sources:
        volume = inventory.volumes[source.name]
        if volume.options or volume.driver != "local":
            await mounted_once(context, source, "Nothing was changed; see to the volume first.")


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
    async with _holding(context, [], plan.takers, (plan.name, *plan.takers)) as inventory:
        found = await leaving(context.engine, inventory, plan.name, plan.takers)
        check(found.takers, lose=plan.lose)
        if not found.takers:
            return await _remove_data_container(context, found)
        recreations = [
            await prepared(context, one.taker.detail, one.change, gives_up=one.gives_up) for one in found.departures
        ]
        async with AsyncExitStack() as stack:
            for recreation in recreations:
                await recreate(context, stack, recreation)
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


@asynccontextmanager
async def _holding(
    context: JobContext, sources: Sequence[Source], takers: Iterable[str], names: Iterable[str]
) -> AsyncIterator[Inventory]:
    """Lock the sources, the containers of these names, there or to be made, and all data of the takers: other jobs
    must not meet them half exchanged."""

    def named(inventory: Inventory, references: Iterable[str]) -> list[Container]:
        wanted = tuple(references)
        return [one for one in inventory.containers.values() if any(map(one.answers_to, wanted))]

    def containers_of(inventory: Inventory) -> list[str]:
        # While one is exchanged, its name is that of the new one, its id that of the old one.
        return [*names, *(key for one in named(inventory, names) for key in (one.id, one.name))]

    def sources_of(inventory: Inventory) -> list[Source]:
        return [*sources, *inventory.data_of(named(inventory, takers))]

    async with holding(context, sources_of, containers_of) as (inventory, _):
        yield inventory


async def _gaining(context: JobContext, taker: Taker, plan: SharePlan) -> Recreation:
    """What a taker is to be made anew from. Its label tells what it was given, for the day it is taken back."""
    ending = ":ro" if plan.read_only else ""
    new = [Given(share.at, share.volume, plan.data) for share in taker.gains]
    change = MountChange(
        take_from=(f"{plan.data}{ending}",) if plan.data else (),
        mounts=() if plan.data else tuple(f"{share.volume}:{share.at}{ending}" for share in plan.shares),
        labels={SHARED_LABEL: label_of([*given(taker.detail.container), *new])},
    )
    return await prepared(context, taker.detail, change, {share.at: share.volume for share in taker.gains})


async def _data_container(context: JobContext, stack: AsyncExitStack, inventory: Inventory, plan: SharePlan) -> None:
    """Make the data container, unless there is one, which holds just this then."""
    if any(one.name == plan.data for one in inventory.containers.values()):
        return
    context.begin(f"Making the data container {safe(plan.data)}")
    await stack.enter_async_context(context.tentative(MAKE, {"name": plan.data, "labelled": True}))
    mounts = {share.at: share.volume for share in plan.shares}
    await data_container.create(context.engine.connection, plan.data, mounts, {MADE_LABEL: context.directory.id})


async def _new_container(context: JobContext, stack: AsyncExitStack, plan: SharePlan) -> str:
    """Make and start a container of the plan's image with the data; its name."""
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
    await start_new(context, made, f"{safe(name)} does not start")
    await wait_until_well(context, made)
    return name
