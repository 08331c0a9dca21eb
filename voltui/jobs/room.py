"""Is there room in a target for what is to be extracted beside what it holds?"""

from __future__ import annotations

from typing import NamedTuple

from voltui.engine import tools
from voltui.engine.bridge import Bridge
from voltui.engine.helper import TARGET
from voltui.model.errors import Refused

_SPARE, _SPARE_SHARE = 64 << 20, 50
"""What must stay free beside what is extracted, since databases stop on the last bytes: so many bytes, or on small
file systems one part in so many."""

ELSEWHERE = "Free space on the engine's host, or restore into a new volume on other storage."


class Room(NamedTuple):
    """Bytes of a file system."""

    free: int
    spare: int
    """So many of them must stay free."""


async def room_for_entries(bridge: Bridge, name: str, entries: int) -> Room:
    """The room in a target. Raises `Refused`, with its safe ``name``, where it takes no so many more files."""
    numbers = (await bridge.check(tools.free_space(TARGET), "Looking for free space")).split()
    free_blocks, blocks, block_size, free_inodes, inodes = map(int, numbers)
    if inodes and free_inodes < entries:
        raise Refused(f"{name} has no room for {entries:,} more files: {free_inodes:,} inodes are free.", ELSEWHERE)
    return Room(free_blocks * block_size, min(_SPARE, blocks * block_size // _SPARE_SHARE))


async def check_room(bridge: Bridge, name: str, size: int, entries: int) -> None:
    """Raise `Refused` where so much more does not fit in."""
    room = await room_for_entries(bridge, name, entries)
    if room.free < size + room.spare:
        raise Refused(f"{name} has no room for it: {size + room.spare:,} bytes are needed, {room.free:,} are free.")
