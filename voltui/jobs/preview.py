"""What a restore will do, told before it is asked for: what, from when, who is stopped, what is kept, what is lost."""

from __future__ import annotations

from msgspec import Struct

from voltui.engine.adapter import Engine
from voltui.jobs.users import refusal_to_stop
from voltui.model.backup import Backup
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.source import Source


class RestorePreview(Struct, frozen=True):
    """The answers, ready to be shown."""

    backup: Backup | None
    """``None`` for an archive from elsewhere."""
    target: Source
    exists: bool
    """Whether the target is there, so that its content is replaced."""
    stops: tuple[str, ...]
    """The running containers that are stopped for the swap and started again."""
    losses: tuple[str, ...]
    """What the backup does not hold."""
    refusal: str = ""
    """Why it can't be done, or empty."""
    protected: bool = False
    """Whether the target's label asks that its name be typed first."""


async def preview_restore(
    engine: Engine, inventory: Inventory, backup: Backup | None, target: Source
) -> RestorePreview:
    """What restoring into ``target`` would do now."""
    users = inventory.running_users(target)
    refusals = [refusal_to_stop(await engine.container(user.id)) for user in users]
    refusal = next((refused.sentence for refused in refusals if refused), "")
    volume = inventory.volumes.get(target.name) if target.kind == "volume" else None
    return RestorePreview(
        backup=backup,
        target=target,
        exists=target.kind != "volume" or target.name in inventory.volumes,
        stops=tuple(safe(user.name) for user in users),
        losses=tuple(loss.sentence for loss in backup.losses) if backup else (),
        refusal=refusal,
        protected=volume is not None and volume.protected,
    )
