"""What a change of files will do, told before it is asked for: what is replaced, what is new, who is concerned."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from voltui.engine.adapter import Engine
from voltui.engine.helper import TARGET
from voltui.jobs.exchange import THERE, kinds
from voltui.jobs.explorer import Explorer
from voltui.jobs.kept_files import some_paths
from voltui.jobs.users import refusal_to_stop
from voltui.model.errors import NotFound
from voltui.model.inventory import Inventory
from voltui.model.retention import UNDO_DAYS
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed


class FilesPreview(Struct, frozen=True):
    """The answers."""

    target: Source
    replaced: tuple[bytes, ...]
    """The paths at which something is."""
    new: tuple[bytes, ...]
    """The paths at which nothing is."""
    stops: bool
    """Whether running users are stopped for the exchange."""
    users: tuple[str, ...]
    """The running containers that have it mounted, safe for a terminal."""
    refusal: str = ""
    """Why it can't be done, or empty."""

    def facts(self, *, brings: bool) -> list[str]:
        """What to show before it is done, in sentences; ``brings`` says that something comes into the places."""
        told = []
        if self.replaced:
            told.append(f"{'Replaces' if brings else 'Takes away'} {some_paths(self.replaced)}.")
        if self.new:
            told.append(f"{'New there' if brings else 'Not there any more'}: {some_paths(self.new)}.")
        users = listed(list(self.users))
        if users and self.stops:
            told.append(f"Stops {users} for the exchange, then starts again.")
        elif users:
            told.append(f"Mounted by {users}: not stopped.")
        else:
            told.append("No running container has it mounted.")
        if self.replaced:
            told.append(f"What is there now is kept in the volume for {UNDO_DAYS} days: undo brings it back.")
        return told


async def preview_files(
    engine: Engine, explorer: Explorer, inventory: Inventory, target: Source, paths: Sequence[bytes], *, stops: bool
) -> FilesPreview:
    """What a change at these paths would do now. Raises `NotFound` where there is no such volume."""
    volume = inventory.volumes.get(target.name) if target.kind == "volume" else None
    if target.kind == "volume" and volume is None:
        raise NotFound(f"There is no volume {safe(target.name)}.", "Restore the whole backup: that makes it anew.")
    place, folder = await explorer.place(volume) if volume else (target, TARGET)
    async with explorer.opened(place) as bridge:
        there = await kinds(bridge, paths, folder)
    users = inventory.running_users(target)
    refusals = [refusal_to_stop(await engine.container(user.id)) for user in users] if stops else []
    refusal = next((refused.sentence for refused in refusals if refused), "")
    return FilesPreview(
        target,
        tuple(path for path, kind in there.items() if kind in THERE),
        tuple(path for path, kind in there.items() if kind not in THERE),
        stops,
        tuple(safe(user.name) for user in users),
        refusal,
    )
