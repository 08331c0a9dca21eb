"""Filling a new volume from something that is read at the same time: extracted, compared, and every byte read back."""

from __future__ import annotations

import collections
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from msgspec import Struct

from voltui.archive.entry import Entry, index_line
from voltui.archive.listing import Expectation, read_listing
from voltui.archive.pack import ByteSource
from voltui.archive.pump import pump
from voltui.archive.tally import Tally
from voltui.archive.unpack import ByteSink
from voltui.engine import tools
from voltui.engine.archive_api import LOSSES, LOST
from voltui.engine.bridge import Bridge
from voltui.engine.helper import BESIDE, TARGET
from voltui.jobs.access import BridgeAccess, Reading, opened
from voltui.jobs.archive_restore import upload_and_compare
from voltui.jobs.context import JobContext
from voltui.jobs.extract import extract
from voltui.jobs.origin import live_origin
from voltui.jobs.undo import CREATE_VOLUME
from voltui.model.backup import Loss
from voltui.model.errors import Failed, Refused
from voltui.model.kinds import FILE, LINK
from voltui.model.names import check_new_name
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.volume import MADE_LABEL

T = TypeVar("T")
_ROOT = b"./"


@asynccontextmanager
async def created_volume(
    context: JobContext,
    name: str,
    driver: str = "local",
    options: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> AsyncIterator[None]:
    """Make a volume, which goes again where the block fails. Raises `Refused` where one of that name exists."""
    check_new_name("volume", name)
    if await context.engine.volume_exists(name):
        raise Refused(f"A volume {safe(name)} exists already.", "Choose another name.")
    async with context.tentative(CREATE_VOLUME, {"name": name}):
        made = {**(labels or {}), MADE_LABEL: context.directory.id}
        await context.engine.create_volume(name, driver, options or {}, made)
        yield


class Original(Struct, frozen=True):
    """What a new volume is filled with."""

    reading: Reading
    words: str
    """What to call it in a sentence."""
    total: int | None = None
    """About how many bytes of tar it is, where that is known."""
    let_go: Callable[[], Awaitable[object]] | None = None
    """Called when all is read: those who were held may go on."""

    async def read(self) -> list[Loss]:
        """Say that all was read; what could not be kept."""
        losses = await self.reading.finish()
        if self.let_go is not None:
            await self.let_go()
        return losses


async def fill_volume(context: JobContext, name: str, original: Original) -> None:
    """Fill a new volume, which must be empty. What could not be kept is a warning.

    Raises `Failed` where the volume is not what was read.
    """
    target = Source("volume", name)
    async with opened(context, target, writable=True, trusted=True) as access:
        if isinstance(access, BridgeAccess):
            losses = await _extract_and_compare(context, access, original)
        else:
            origin = live_origin(original.reading, original.words, original.total)
            await upload_and_compare(context, access, origin)
            losses = await original.read()
    warn_of_losses(context, original.words, losses)


def warn_of_losses(context: JobContext, words: str, losses: list[Loss]) -> None:
    """Tell in one warning what could not be kept."""
    if losses == list(LOSSES):
        context.warn(f"What there was of these was not kept of {words}: {LOST}.")
    elif losses:
        context.warn(f"Not everything of {words} was kept: {' '.join(loss.sentence for loss in losses)}")


async def _extract_and_compare(context: JobContext, access: BridgeAccess, original: Original) -> list[Loss]:
    bridge, read = access.bridge, _Contents()
    if await bridge.check(tools.first_entry(TARGET), "Looking into the new volume"):
        raise Refused(
            "The new volume is not empty: its driver options lead to storage that is in use.", "Choose another."
        )
    context.begin(f"Copying {original.words}", original.total)
    said = await extract(bridge, TARGET, lambda sink: _feed(context, original.reading, sink, read), context.in_thread)
    losses = await original.read()
    if said:
        context.warn(f"The new volume could not take everything: {said[0]}.")
    context.begin("Reading the copy back", original.total)
    await _compare_tree(context, bridge, read.tree)
    await _compare_contents(context, access, read)
    context.begin("Writing to disk")
    await bridge.check(tools.sync_tree(TARGET), "Writing to disk")
    return losses


def _feed(context: JobContext, reading: Reading, sink: ByteSink, read: _Contents) -> None:
    pump(
        reading.source,
        lambda piece: sink.write(bytes(piece)),
        root=reading.root,
        progress=context.count,
        seen=read.see,
    )


async def copied_by_reflink(context: JobContext, bridge: Bridge, words: str) -> bool:
    """Fill a new volume from the source beside it by sharing blocks, and compare; whether the file system could.

    Where it could not, the volume is empty again.
    """
    context.begin(f"Copying {words} by reflink")
    try:
        await bridge.change(tools.clone_tree(BESIDE, TARGET), "Copying by reflink")
    except Failed as error:
        context.directory.log(f"no copy by reflink: {error.sentence}")
        await bridge.change(tools.empty_tree(TARGET), "Cleaning up")
        return False
    expected = Expectation()
    await _listed(context, bridge, BESIDE, lambda entries: collections.deque(map(expected.see, entries), 0))
    await _compare_tree(context, bridge, expected)
    await bridge.check(tools.sync_tree(TARGET), "Writing to disk")
    return True


async def _listed(context: JobContext, bridge: Bridge, folder: str, take: Callable[[Iterator[Entry]], T]) -> T:
    """What ``take``, in a thread, makes of a tree's listing."""
    listing = await bridge.spawn(tools.list_tree(folder), stream=True)
    try:
        found = await context.in_thread(lambda: take(read_listing(listing.source)))
        await listing.wait()
        return found
    finally:
        listing.close()


async def _compare_tree(context: JobContext, bridge: Bridge, expected: Expectation) -> None:
    differences = await _listed(context, bridge, TARGET, expected.differences)
    if differences.content:
        raise Failed("The copy is not what was read.", "The new volume's storage may not keep owners or modes.")
    if differences.times:
        context.warn("The new volume's file system keeps coarser times.")


async def _compare_contents(context: JobContext, access: BridgeAccess, read: _Contents) -> None:
    found = _Contents(read.holes)
    reading = await access.read(holes=False)
    try:
        await context.in_thread(lambda: _look(context, reading.source, found))
        await reading.finish()
    finally:
        reading.close()
    if read.files.differing(found.files):
        raise Failed("The copy was read back and is not what was read.", "The new volume's disk may be failing.")


def _look(context: JobContext, source: ByteSource, found: _Contents) -> None:
    pump(source, lambda piece: None, root=_ROOT, progress=context.count, seen=found.see)


class _Contents:
    """What was seen of a tree: its shape, and the bytes of its files.

    Files are summed up without their paths, which the shape tells: of several names of one file, which one comes first
    depends on the directory's order. Those with holes, read as a map and data, have no hash to compare.
    """

    def __init__(self, holes: set[bytes] | None = None) -> None:
        self.tree = Expectation()
        self.files = Tally()
        self.holes: set[bytes] = set() if holes is None else holes
        self._given = holes is not None

    def see(self, entry: Entry) -> None:
        """Take an entry in."""
        self.tree.see(entry)
        if entry.sparse and not self._given:
            self.holes.add(entry.path)
        if entry.type == LINK and entry.link in self.holes:
            self.holes.add(entry.path)
        if entry.type == FILE and entry.path not in self.holes:
            plain = entry._replace(path=b"", mtime=0)
            self.files.add(b"", index_line(plain).encode())
