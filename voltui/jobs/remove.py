"""The remove job: volumes that nothing uses are backed up, then deleted, each by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from voltui.jobs.apart import Apart
from voltui.jobs.backup import back_up
from voltui.jobs.common import Treatment
from voltui.jobs.context import JobContext
from voltui.jobs.holding import holding
from voltui.jobs.protection import refusal
from voltui.jobs.sources import known
from voltui.jobs.volume_plans import RemovePlan
from voltui.model.backup import Reason
from voltui.model.errors import Failed, NotFound, Refused
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed

_MOST_NAMES = 8


async def run(context: JobContext, plan: RemovePlan) -> dict[str, Any]:
    """Delete the plan's volumes. None is deleted before all others are backed up, verified; one that can't be stays.

    Raises `Failed` where some of several could not be removed, when all others are.
    """
    async with holding(context, lambda inventory: _sources(context, inventory, plan)) as (inventory, sources):
        apart = Apart(len(plan.volumes))
        doomed = _removable(inventory, plan, sources, apart)
        backups: list[str] = []
        if plan.backup and doomed:
            backups = await _backed_up(context, inventory, doomed, apart)
            doomed = [source for source in doomed if source.name not in apart.failures]
        hint = "What can't be backed up goes without a backup only." if plan.backup and apart.failures else ""
        removed: list[Source] = []
        for source in doomed:
            context.begin(f"Deleting {safe(source.name)}")
            context.raise_if_cancelled()
            with apart.each(source.name):
                if await _deleted(context, source.name):
                    removed.append(source)
                    context.partial = {"removed": [one.name for one in removed], "backups": backups}
                    context.left["removed"] = f"Deleted before: {_named(removed)}."
        if apart.failures and removed:
            context.left["removed"] = f"Deleted: {_named(removed)}."
        apart.check(context, "volume", "removed", hint)
        return context.commit({"removed": [one.name for one in removed], "backups": backups})


def _named(sources: Sequence[Source]) -> str:
    return listed([safe(source.short) for source in sources], most=_MOST_NAMES)


def _sources(context: JobContext, inventory: Inventory, plan: RemovePlan) -> list[Source]:
    """The volumes that are there: of several, one may have been removed meanwhile."""
    there = [name for name in plan.volumes if name in inventory.volumes] or plan.volumes
    return [known(context, inventory, Source("volume", name)) for name in there]


def _removable(inventory: Inventory, plan: RemovePlan, sources: Sequence[Source], apart: Apart) -> list[Source]:
    found = []
    for source in sources:
        with apart.each(source.name):
            if refusal := refusal_to_remove(inventory, source.name, named=source.name in plan.protected):
                raise refusal
            found.append(source)
    return found


async def _backed_up(context: JobContext, inventory: Inventory, sources: Sequence[Source], apart: Apart) -> list[str]:
    try:
        made, _ = await back_up(context, inventory, sources, Treatment.PAUSE, Reason.MANUAL, apart)
    except Failed as error:
        raise Failed(
            f"No volume was removed, since it could not be backed up: {error.sentence}",
            "Without a backup (--no-backup) it can be removed.",
        ) from error
    return [backup.id for backup in made]


async def _deleted(context: JobContext, name: str) -> bool:
    """Whether it was there to be deleted."""
    try:
        await context.engine.remove_volume(name)
    except NotFound:
        return False
    return True


def refusal_to_remove(inventory: Inventory, name: str, *, named: bool) -> Refused | None:
    """Why a volume must not be deleted, if so. ``named`` says that its name was typed for just that."""
    if inventory.uses(name):
        return Refused(f"{safe(name)} is {_used(inventory, name)}.", "Remove the containers first, running or not.")
    way = f"`voltui remove {safe(name)} --force {safe(name)}` removes it all the same."
    return None if named else refusal(inventory.volumes[name], way)


def why_it_stays(inventory: Inventory, name: str) -> str:
    """Why a volume must not be deleted, in a few words; empty where it may be."""
    if inventory.uses(name):
        return _used(inventory, name)
    return "protected" if inventory.volumes[name].protected else ""


def _used(inventory: Inventory, name: str) -> str:
    users = dict.fromkeys(safe(use.container.name) for use in inventory.uses(name))
    return f"used by {listed(list(users))}"
