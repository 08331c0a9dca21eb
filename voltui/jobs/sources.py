"""What a job works on: sources and users as they really are, whatever names they were given.

One directory may be reached by a symlink, a bind mount, a volume's own path or a volume that binds it. Whoever looks
for its writers, or locks it, must not be deceived by the name. Paths are followed where they are this host's.
"""

from __future__ import annotations

import os
from pathlib import Path

from msgspec.structs import replace

from voltui.jobs.context import JobContext
from voltui.model.container import Container
from voltui.model.errors import NotFound, Refused
from voltui.model.inventory import Inventory, of_the_kernel, of_the_system
from voltui.model.mount import MountKind
from voltui.model.safe import safe
from voltui.model.source import Source


async def take_inventory(context: JobContext) -> Inventory:
    """What the engine has, the sources of its bind mounts followed to where they lead."""
    inventory = await context.engine.inventory()
    if not _local(context):
        return inventory
    return replace(inventory, containers={key: _followed(one) for key, one in inventory.containers.items()})


def _followed(container: Container) -> Container:
    mounts = tuple(
        replace(mount, source=os.path.realpath(mount.source)) if mount.kind is MountKind.BIND else mount
        for mount in container.mounts
    )
    return replace(container, mounts=mounts)


def known(context: JobContext, inventory: Inventory, source: Source) -> Source:
    """The source as it really is. Raises `NotFound`, or `Refused` for what is no data."""
    if source.kind == "volume":
        if source.name not in inventory.volumes:
            raise NotFound(f"There is no volume {safe(source.name)}.", "`voltui volumes` lists what there is.")
        return source
    real = _real(context, inventory, source)
    if real.kind == "volume":
        return real
    _refuse_everything(context, real)
    if not _local(context):
        return real
    path = Path(real.name)
    if not path.exists():
        raise NotFound(f"There is no {safe(real.name)} on this host.", "Check the path.")
    if not path.is_dir() and not path.is_file():
        raise Refused(f"{safe(real.name)} is neither a directory nor a file.", "Name the directory of the data.")
    return replace(real, kind="file") if path.is_file() else real


def known_target(context: JobContext, inventory: Inventory, target: Source) -> Source:
    """Where to restore to, as it really is. Raises `Refused` for what must not be replaced."""
    if target.kind == "volume":
        return target
    real = _real(context, inventory, target)
    if real.kind == "path" and of_the_system(real.name):
        raise Refused(f"{safe(real.name)} is the system's: it is not replaced.", "Name a directory of data.")
    if real.kind == "path" and _local(context) and Path(real.name).exists() and not Path(real.name).is_dir():
        raise Refused(f"{safe(real.name)} is no directory.", "Name the directory to restore into.")
    return real


def _real(context: JobContext, inventory: Inventory, source: Source) -> Source:
    """The volume whose directory a path is, or the path with its symlinks followed."""
    path = os.path.realpath(source.name) if _local(context) else source.name
    for volume in inventory.volumes.values():
        if volume.mountpoint and path == (
            os.path.realpath(volume.mountpoint) if _local(context) else volume.mountpoint
        ):
            return Source("volume", volume.name)
    return replace(source, name=path)


def _refuse_everything(context: JobContext, source: Source) -> None:
    """Raise `Refused` for a path that is the whole system, made up by the kernel, or holds the backup to be written."""
    if of_the_kernel(source.name):
        raise Refused(f"{safe(source.name)} is the system, not data to back up.", "Name the directory of the data.")
    store = os.path.realpath(context.store.root)
    if store == source.name or store.startswith(source.name.rstrip("/") + "/"):
        raise Refused(
            f"{safe(source.name)} holds the store {safe(store)}: the backup would be read while it is written.",
            "Name another store with --store, or a directory that does not hold it.",
        )


def _local(context: JobContext) -> bool:
    """Whether the engine's paths are this host's, as far as the address tells."""
    return context.engine.endpoint.host.startswith("unix://")
