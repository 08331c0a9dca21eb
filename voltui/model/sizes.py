"""How much volumes hold: what was measured, how old that is, and which to measure next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from voltui.model.inventory import Inventory
from voltui.model.volume import Volume

_QUIET, _BUSY, TOUCHED = timedelta(days=1), timedelta(minutes=10), timedelta(seconds=30)
"""How long a size is good: of a volume that nobody writes to, of one with a running writer, of one that was changed."""
_COST = 20
"""Measuring again waits for so many times what it took: it never takes more than a twentieth of the disk's time."""
_GUESS = 1 << 30
"""What a volume that was never measured is taken for, in the order of work."""


class VolumeSize(Struct, frozen=True):
    """What one volume held when it was measured."""

    size: int
    """Bytes on disk; by the engine's own count, bytes of content."""
    measured: datetime
    took: float
    """Seconds that measuring took."""
    created: datetime | None = None
    """When the volume was made: another of the same name is not this one. ``None`` where the engine does not tell."""
    counted: bool = False
    """Whether it is the engine's own count, which is of another kind than what else is measured: it is not kept."""


class Sizes(Struct, frozen=True, dict=True):
    """What is known of an engine's volumes."""

    volumes: Mapping[str, VolumeSize] = field(default_factory=dict)
    free: int | None = None
    """Bytes that the engine's file system has left, where that could be looked up."""

    def of(self, volume: Volume) -> VolumeSize | None:
        """The size of a volume, if it was ever measured."""
        known = self.volumes.get(volume.name)
        return known if known is not None and known.created in (None, volume.created) else None

    def with_measured(self, found: Mapping[str, VolumeSize]) -> Sizes:
        """These sizes and some more."""
        return replace(self, volumes={**self.volumes, **found})

    @cached_property
    def total(self) -> int:
        """Bytes of all that was measured."""
        return sum(known.size for known in self.volumes.values())

    def of_all(self, volumes: Iterable[Volume]) -> Sizes:
        """The sizes of these volumes only: what is gone, or was made anew, is forgotten."""
        kept = {volume.name: known for volume in volumes if (known := self.of(volume)) is not None}
        return self if len(kept) == len(self.volumes) else replace(self, volumes=kept)


def aged(inventory: Inventory, known: VolumeSize, name: str, moment: datetime) -> bool:
    """Whether a size may no longer be true: it was taken long ago, while others write, or before a change."""
    return moment - known.measured > _patience(inventory, known, name) or _changed(inventory, known, name)


def due(inventory: Inventory, sizes: Sizes, touched: Collection[str], moment: datetime, *, all_: bool) -> list[str]:
    """The volumes to measure, the cheap ones first.

    ``touched`` are known to have changed since. With ``all_`` every volume is wanted, whatever its age.
    """
    wanted = []
    for name, volume in inventory.volumes.items():
        known = sizes.of(volume)
        if known is not None and not all_:
            changed = name in touched or _changed(inventory, known, name)
            patience = TOUCHED if changed else _patience(inventory, known, name)
            if moment - known.measured <= max(patience, timedelta(seconds=known.took * _COST)):
                continue
        if known is not None or measurable(inventory, volume):
            wanted.append((known.size if known else _GUESS, name))
    return [name for _, name in sorted(wanted)]


def measurable(inventory: Inventory, volume: Volume) -> bool:
    """Whether its files can be reached: the engine mounts a volume with options only while a container runs with it."""
    if volume.driver != "local":
        return False
    return not volume.options or any(use.container.running for use in inventory.uses(volume.name))


def changed_between(before: Inventory | None, after: Inventory) -> set[str]:
    """The volumes that are new, or that somebody has stopped writing to."""
    if before is None:
        return set()
    found = {name for name in after.volumes if name not in before.volumes}
    for key, container in before.containers.items():
        if container.running and container is not (now := after.containers.get(key)) and not (now and now.running):
            found |= {mount.source for mount in container.mounts if not mount.read_only}
    return found


def unused(inventory: Inventory, sizes: Sizes) -> tuple[int, int]:
    """How many volumes no container mounts, and the bytes of those that were measured."""
    names = inventory.unused_names
    return len(names), sum(sizes.volumes[name].size for name in names if name in sizes.volumes)


def _changed(inventory: Inventory, known: VolumeSize, name: str) -> bool:
    """Whether the engine tells that the volume's root was changed after it was measured."""
    time = inventory.volumes[name].created
    return inventory.engine.volume_time == "changed" and time is not None and time > known.measured


def _patience(inventory: Inventory, known: VolumeSize, name: str) -> timedelta:
    busy = any(use.writer for use in inventory.uses(name))
    return max(_BUSY if busy else _QUIET, timedelta(seconds=known.took * _COST))
