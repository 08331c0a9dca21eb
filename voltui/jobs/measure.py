"""Measuring volumes: by a helper with the host's own ``du``, one at a time, else by the engine's own count."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from msgspec.structs import replace

from voltui.engine import tools
from voltui.engine.adapter import Engine
from voltui.engine.bridge import Bridge, BridgeUnavailable
from voltui.engine.helper import TARGET
from voltui.engine.pool import DaemonPool
from voltui.engine.process import HelperProcess
from voltui.jobs.explorer import Explorer
from voltui.model.errors import Failed
from voltui.model.inventory import Inventory
from voltui.model.sizes import Sizes, VolumeSize
from voltui.model.volume import Volume
from voltui.model.when import now

_QUICK = 2
"""Seconds that each volume gets at first; those that need more come last."""
_UNLIMITED = 0
_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse", "afs", "glusterfs", "lustre")
"""Kinds of file system on other machines: walking through them costs somebody else, and may never end."""
_COUNT_DEADLINE = 900.0
_ATTEMPTS, _PAUSE = 4, 1.0
"""How often the engine is asked to count, and with how many seconds between: it refuses while it counts already."""
_PIECE = 1 << 16

Found = Callable[[Mapping[str, VolumeSize]], object]
Free = Callable[[int], object]


class Measuring:
    """Measures volumes of an engine. ``found`` is called with each size, ``free`` with what its file system has left.

    ``go_on`` is asked before each volume; where it says no, the rest is left.
    """

    def __init__(self, engine: Engine, explorer: Explorer, found: Found, free: Free, go_on: Callable[[], bool]) -> None:
        self._engine = engine
        self._explorer = explorer
        self._found = found
        self._free = free
        self._go_on = go_on
        self._pool = DaemonPool("sizes", 1)

    async def measure(self, inventory: Inventory, names: Sequence[str]) -> None:
        """Measure the named volumes in their order, slow ones last; those that can't be reached are left out.

        Raises `VoltuiError` where neither way is open.
        """
        try:
            async with self._explorer.opened(await self._explorer.everything()) as bridge:
                await self._through(bridge, inventory, names)
        except BridgeUnavailable:
            await self._by_the_engine(inventory, names)

    async def _through(self, bridge: Bridge, inventory: Inventory, names: Sequence[str]) -> None:
        block_free, _, block, *_ = (await bridge.check(tools.free_space(TARGET), "Looking at free space")).split()
        self._free(int(block_free) * int(block))
        kinds = tools.mount_kinds(await bridge.check(tools.mounted(), "Looking at what is mounted"))
        around = (await self._explorer.everything()).name
        folders = await self._pool.run(lambda: _folders(inventory, names, around, kinds))
        process = await bridge.spawn(tools.measure(), stream=True, feed=True)
        try:
            slow = await self._pass(process, inventory, folders, _QUICK)
            await self._pass(process, inventory, slow, _UNLIMITED)
            process.sink.close()
        finally:
            process.close()

    async def _pass(
        self, process: HelperProcess, inventory: Inventory, folders: Mapping[str, str], seconds: int
    ) -> dict[str, str]:
        """Measure the folders by name; those that took too long."""
        slow = {}
        for name, folder in folders.items():
            if not self._go_on():
                return {}
            began = time.monotonic()
            order = f"{seconds} {folder}\n".encode()
            answer = await self._pool.run(lambda order=order: _asked(process, order))  # type: ignore[misc]
            took = time.monotonic() - began
            if answer:
                born = inventory.birthday(inventory.volumes[name])
                self._found({name: VolumeSize(int(answer.split(b"\t")[0]), now(), round(took, 3), born)})
            elif took >= seconds:
                slow[name] = folder
        return slow

    async def _by_the_engine(self, inventory: Inventory, names: Sequence[str]) -> None:
        """Have the engine count, which it does of all volumes at once."""
        began = time.monotonic()
        sizes = await self._counted()
        took = round(time.monotonic() - began, 3)
        moment = now()
        found = {
            name: VolumeSize(sizes[name], moment, took, inventory.birthday(inventory.volumes[name]), counted=True)
            for name in names
            if name in sizes
        }
        self._found(found)

    async def _counted(self) -> dict[str, int]:
        for _ in range(_ATTEMPTS - 1):
            with suppress(Failed):
                return await self._engine.volume_sizes(_COUNT_DEADLINE)
            await asyncio.sleep(_PAUSE)
        return await self._engine.volume_sizes(_COUNT_DEADLINE)

    def close(self) -> None:
        """Let its thread end."""
        self._pool.close()


async def measured(
    engine: Engine, explorer: Explorer, inventory: Inventory, names: Sequence[str], before: Sizes
) -> Sizes:
    """The sizes of the named volumes as they are now; those that can't be reached stay as they were before."""
    found: dict[str, VolumeSize] = {}
    left: list[int] = []
    measuring = Measuring(engine, explorer, found.update, left.append, lambda: True)
    try:
        await measuring.measure(inventory, names)
    finally:
        measuring.close()
    return replace(before, free=left[0] if left else None).with_measured(found)


def _folders(inventory: Inventory, names: Sequence[str], around: str, kinds: Mapping[str, str]) -> dict[str, str]:
    """Where the volumes' files are in the helper, of those that are in reach."""
    folders = ((name, _folder(inventory.volumes[name], around, kinds)) for name in names)
    return {name: folder for name, folder in folders if folder}


def _folder(volume: Volume, around: str, kinds: Mapping[str, str]) -> str:
    """Where a volume's files are in the helper; empty where they are not."""
    if volume.driver != "local" or not volume.mountpoint.startswith(f"{around}/"):
        return ""
    folder = TARGET + volume.mountpoint.removeprefix(around)
    kind = kinds.get(folder, "" if volume.options else "plain")
    return "" if kind.partition(".")[0] in ("", *_NETWORK) else folder


def _asked(process: HelperProcess, order: bytes) -> bytes:
    """The answer to one order. Runs in the thread that has the process."""
    process.sink.write(order)
    buffer, answer = memoryview(bytearray(_PIECE)), b""
    while not answer.endswith(b"\n"):
        count = process.source.readinto(buffer)
        if not count:
            raise Failed("The helper that measures ended.")
        answer += bytes(buffer[:count])
    return answer.strip()
