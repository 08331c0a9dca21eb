"""A source, opened through the bridge where that is proved, else through the engine's archive API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from voltui.archive.pack import ByteSource
from voltui.engine import helper, tools
from voltui.engine.archive_api import LOSSES, ROOT, ArchiveSource
from voltui.engine.bridge import Bridge, BridgeUnavailable, HelperDoesNotStart
from voltui.engine.helper import (
    CLIENT_LABEL,
    JOB_LABEL,
    READ_CAPABILITIES,
    TARGET,
    TRUSTED_CAPABILITIES,
    WRITE_CAPABILITIES,
    HelperSpec,
)
from voltui.engine.pool import settled
from voltui.engine.process import HelperProcess
from voltui.jobs.common import TransportChoice
from voltui.jobs.context import JobContext
from voltui.jobs.undo import HELPER
from voltui.model.backup import Loss
from voltui.model.errors import Refused, VoltuiError
from voltui.model.selection import Selection
from voltui.model.source import Source

_LISTING_PIECE = 1 << 18


class Reading(Protocol):
    """A tar stream on its way out of a source."""

    root: bytes
    """The prefix of every path in it."""

    @property
    def source(self) -> ByteSource:
        """The bytes, for one thread."""

    async def finish(self) -> list[Loss]:
        """Say that all was read; what could not be kept. Raises `Failed` where the producer failed."""

    def close(self) -> None:
        """Let go, finished or not."""


class BridgeAccess:
    """A source in a running helper with the host's tools."""

    transport = "bridge"

    def __init__(self, bridge: Bridge, source: Source) -> None:
        self.bridge = bridge
        self._source = source

    async def read(self, folder: str = TARGET, *, holes: bool = True) -> Reading:
        """Start reading the source, or another ``folder`` of what is mounted; without ``holes``, these as zeros."""
        only = self._source.only
        command = tools.create_file(folder, only) if only else tools.create_tree(folder, holes=holes)
        return _BridgeReading(await self.bridge.spawn(command, stream=True))

    async def read_some(self, selection: Selection) -> Reading:
        """Start reading a part of the source."""
        return _BridgeReading(await self.bridge.spawn(tools.create_some(TARGET, selection), stream=True))

    async def expected_bytes(self, context: JobContext) -> int | None:
        """About how many bytes of tar the source will be."""
        listing = await self.bridge.spawn(tools.list_sizes(TARGET, self._source.only), stream=True)
        try:
            return await context.in_thread(lambda: _sum(listing.source))
        finally:
            listing.close()


def _sum(source: ByteSource) -> int:
    """The expected bytes of a listing of any length."""
    total, rest = 0, b""
    buffer = memoryview(bytearray(_LISTING_PIECE))
    while count := source.readinto(buffer):
        lines, _, rest = (rest + buffer[:count]).rpartition(b"\n")
        total += tools.expected_bytes(lines)
    return total


class _BridgeReading:
    root = b"./"

    def __init__(self, process: HelperProcess) -> None:
        self._process = process

    @property
    def source(self) -> ByteSource:
        return self._process.source

    async def finish(self) -> list[Loss]:
        result = await self._process.wait()
        return tools.created(result.code, result.err)

    def close(self) -> None:
        self._process.close()


class ArchiveAccess:
    """A source mounted in a helper that never runs."""

    transport = "archive"

    def __init__(self, context: JobContext, helper_id: str) -> None:
        self._context = context
        self.helper_id = helper_id

    async def read(self, *, holes: bool = True) -> Reading:
        """Start reading the source. The engine's archive tells of no holes, wanted or not."""
        context = self._context
        connection, patience = context.engine.connection, context.common.idle_timeout
        return ArchiveReading(ArchiveSource(connection, self.helper_id, context.cancelled, patience))

    async def read_some(self, selection: Selection) -> Reading:
        """Start reading all of the source: the engine sends one path at a time, without the folders around it."""
        return await self.read()

    async def expected_bytes(self, context: JobContext) -> int | None:
        """The archive API does not tell beforehand."""
        return None


class ArchiveReading:
    """A tar stream out of the engine's archive API."""

    def __init__(self, source: ArchiveSource, root: bytes = ROOT) -> None:
        self.source = source
        self.root = root

    async def finish(self) -> list[Loss]:
        """What this transport never keeps."""
        return list(LOSSES)

    def close(self) -> None:
        """Hang up."""
        self.source.close()


Access = BridgeAccess | ArchiveAccess


@asynccontextmanager
async def opened(
    context: JobContext,
    source: Source,
    *,
    writable: bool = False,
    trusted: bool = False,
    beside: Source | None = None,
) -> AsyncIterator[Access]:
    """Open a source; its helper is gone afterwards. Through the bridge ``beside`` can be read in it too.

    ``trusted`` gives a writing helper the right to set trusted.* attributes. Raises `Refused` where only the archive
    API is left and it would lose data (Podman), or where the bridge alone was asked for.
    """
    name = context.next_helper_name()
    async with context.scoped(HELPER, {"name": name}):
        bridge = await _bridge(context, source, name, writable=writable, trusted=trusted, beside=beside)
        if bridge is None:
            yield ArchiveAccess(context, await _created_helper(context, source, name, writable=writable))
            return
        if writable:
            context.bridges[source.folder.name] = bridge
        try:
            yield BridgeAccess(bridge, source)
        finally:
            context.bridges.pop(source.folder.name, None)
            await _close(context, bridge)


async def _close(context: JobContext, bridge: Bridge) -> None:
    """What was done in the helper is done: that it does not go is no failure of it. The step's undo tries again."""
    try:
        with suppress(asyncio.CancelledError):  # whoever goes on looks at `cancelled`
            await settled(bridge.close())
    except VoltuiError as error:
        context.directory.log(f"the helper does not go yet: {error.sentence}")


async def _bridge(
    context: JobContext, source: Source, name: str, *, writable: bool, trusted: bool, beside: Source | None
) -> Bridge | None:
    """A started bridge; ``None`` where the archive API is to be used."""
    choice = context.common.transport
    if choice is TransportChoice.ARCHIVE or context.no_bridge:
        return None
    writing = TRUSTED_CAPABILITIES if trusted else WRITE_CAPABILITIES
    capabilities: tuple[str, ...] = writing if writable else READ_CAPABILITIES
    if beside is not None:
        capabilities = (*capabilities, *READ_CAPABILITIES)
    io = context.directory.new_io()
    spec = HelperSpec(name, source.folder, writable, _labels(context), capabilities, io=io, beside=beside)
    bridge = Bridge(context.engine.connection, spec, context.cancelled, context.common.idle_timeout)
    try:
        await bridge.start()
    except BridgeUnavailable as why:
        if choice is TransportChoice.BRIDGE:
            raise Refused(f"The bridge transport can't be used: {why.sentence}", why.hint) from why
        context.directory.log(f"no bridge: {why.sentence}")
        context.no_bridge = not isinstance(why, HelperDoesNotStart)
        return None
    return bridge


async def _created_helper(context: JobContext, source: Source, name: str, *, writable: bool) -> str:
    info = await context.engine.info()
    if info.podman:
        raise Refused(
            "Podman's archive API would lose every owner and some directories, so it is not used.",
            "Run VolTUI on the engine's own host, where the bridge transport keeps everything.",
        )
    if source.kind == "file":
        raise Refused(
            f"The {source.words} is a single file, which needs the bridge transport.",
            "Run VolTUI on the engine's own host, or back up the directory it is in.",
        )
    spec = HelperSpec(name, source, writable, _labels(context))
    return await helper.create(context.engine.connection, spec)


def _labels(context: JobContext) -> dict[str, str]:
    return {JOB_LABEL: context.directory.id, CLIENT_LABEL: context.directory.client}
