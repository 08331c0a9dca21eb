"""The sizes of volumes that were measured, kept on disk for each engine: a cache, which may be lost."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
from blake3 import blake3

from voltui.model.inventory import Inventory
from voltui.model.sizes import Sizes, VolumeSize
from voltui.store.files import private_directory, write_file

_MOST_ENGINES = 20
_MOST_VOLUMES = 20_000


class SizeCache:
    """A file for each engine, replaced as a whole. What can't be read or written is as if it were not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, inventory: Inventory) -> Sizes:
        """What is known of the volumes that the engine has now."""
        try:
            sizes = msgspec.json.decode(self._path(inventory).read_bytes(), type=Sizes)
        except (OSError, msgspec.MsgspecError):
            return Sizes()
        return sizes.of_all(inventory.volumes.values())

    def write(self, inventory: Inventory, sizes: Sizes) -> None:
        """Keep what was measured, but for the engine's own counts; what another VolTUI has measured since stays."""
        on_disk = self.read(inventory).volumes
        mine = sizes.of_all(inventory.volumes.values()).volumes
        both = {**on_disk, **{name: known for name, known in mine.items() if not known.counted}}
        newest = {name: max(known, on_disk.get(name, known), key=_measured) for name, known in both.items()}
        kept = dict(sorted(newest.items(), key=lambda item: _measured(item[1]), reverse=True)[:_MOST_VOLUMES])
        with suppress(OSError):
            private_directory(self._folder)
            write_file(self._path(inventory), msgspec.json.encode(Sizes(kept, sizes.free)), durable=False)
            self._forget_old()

    def _path(self, inventory: Inventory) -> Path:
        return self._folder / f"{blake3(inventory.engine.id.encode()).hexdigest(length=8)}.json"

    def _forget_old(self) -> None:
        files: Mapping[Path, float] = {path: path.stat().st_mtime for path in self._folder.glob("*.json")}
        for path in sorted(files, key=files.__getitem__, reverse=True)[_MOST_ENGINES:]:
            path.unlink(missing_ok=True)


def _measured(known: VolumeSize) -> float:
    return known.measured.timestamp()
