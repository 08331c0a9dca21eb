"""The remove job: volumes that nothing uses are backed up, then deleted, each by itself."""

from __future__ import annotations

from typing import Any

from voltui.jobs.backup import back_up
from voltui.jobs.common import Treatment
from voltui.jobs.context import JobContext
from voltui.jobs.locks import locked
from voltui.jobs.protection import refusal
from voltui.jobs.sources import known, take_inventory
from voltui.jobs.volume_plans import RemovePlan
from voltui.model.backup import Reason
from voltui.model.errors import Failed, NotFound, Refused
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed


async def run(context: JobContext, plan: RemovePlan) -> dict[str, Any]:
    """Delete the plan's volumes. None is deleted unless all that were to be backed up are, verified."""
    inventory = await take_inventory(context)
    sources = [known(context, inventory, Source("volume", name)) for name in plan.volumes]
    for name in plan.volumes:
        if refusal := refusal_to_remove(inventory, name, named=name in plan.protected):
            raise refusal
    with locked(context.state, inventory.engine.id, sources, context.directory.id):
        backups: list[str] = []
        if plan.backup:
            try:
                made, _ = await back_up(context, inventory, sources, Treatment.PAUSE, Reason.MANUAL)
            except Failed as error:
                raise Failed(
                    f"No volume was removed, since not all could be backed up: {error.sentence}",
                    "Leave that one out, or say --no-backup.",
                ) from error
            backups = [backup.id for backup in made]
        removed: list[str] = []
        for name in plan.volumes:
            context.begin(f"Deleting {safe(name)}")
            context.raise_if_cancelled()
            try:
                await context.engine.remove_volume(name)
            except NotFound:
                continue
            removed.append(name)
            context.left["removed"] = f"Deleted before: {listed([safe(one) for one in removed])}."
        return context.commit({"removed": removed, "backups": backups})


def refusal_to_remove(inventory: Inventory, name: str, *, named: bool) -> Refused | None:
    """Why a volume must not be deleted, if so. ``named`` says that its name was typed for just that."""
    uses = inventory.uses(name)
    if uses:
        users = listed(list(dict.fromkeys(safe(use.container.name) for use in uses)))
        return Refused(f"{safe(name)} is used by {users}.", "Remove the containers first, running or not.")
    return None if named else refusal(inventory.volumes[name], f"Say --force {safe(name)}.")
