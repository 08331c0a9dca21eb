"""Restoring through the engine's archive API: upload, then read back and compare.

There is no rename, so the target must be a volume that nobody uses and that is empty: a failed upload leaves a part
of the files, and only a volume of nobody can be made anew.
"""

from __future__ import annotations

from collections.abc import Callable

from voltui.archive.deep import parts
from voltui.archive.entry import Entry
from voltui.archive.pack import fill
from voltui.archive.reader import TarReader
from voltui.archive.tally import Tally
from voltui.engine.archive_api import ROOT, ArchiveSink, ArchiveSource
from voltui.jobs.access import ArchiveAccess
from voltui.jobs.context import JobContext
from voltui.jobs.origin import Origin
from voltui.jobs.undo import RECREATE_VOLUME
from voltui.model.errors import Failed, Refused
from voltui.model.inventory import Inventory
from voltui.model.kinds import FILE, LINK
from voltui.model.source import Source

_PIECE = 1 << 20
_SECOND = 1_000_000_000


async def restore_by_archive(
    context: JobContext, access: ArchiveAccess, inventory: Inventory, target: Source, origin: Origin
) -> None:
    """Restore into an empty volume that nobody uses. Raises `Refused` for any other target."""
    _refuse_unless_unused(inventory, target)
    context.begin("Looking into the target")
    if not await context.in_thread(lambda: _is_empty(context, access)):
        raise Refused(
            f"The {target.words} is not empty, and through the engine's archive API nothing can be exchanged.",
            "Restore into a new volume, or run VolTUI on the engine's own host.",
        )
    volume = inventory.volumes.get(target.name)
    if volume is None:
        await upload_and_compare(context, access, origin)
        return
    data = {
        "name": volume.name,
        "driver": volume.driver,
        "options": dict(volume.options),
        "labels": dict(volume.labels),
        "helper": access.helper_id,
    }
    async with context.tentative(RECREATE_VOLUME, data):
        await upload_and_compare(context, access, origin)


def _refuse_unless_unused(inventory: Inventory, target: Source) -> None:
    if target.kind != "volume":
        raise Refused(
            f"The {target.words} can only be restored through the bridge transport.",
            "Run VolTUI on the engine's own host, or restore into a new volume.",
        )
    users = inventory.uses(target.name)
    if users:
        raise Refused(
            f"The {target.words} is used by {users[0].container.name}, and this engine is only reached through its "
            "archive API, which can't exchange contents.",
            "Restore into a new volume, or run VolTUI on the engine's own host.",
        )


async def upload_and_compare(context: JobContext, access: ArchiveAccess, origin: Origin) -> None:
    """Upload all of the origin and read it back. Raises `Failed` where the two differ."""
    expected = _Expected(origin.linked)
    context.begin(f"Uploading {origin.words}", origin.total)
    sink = ArchiveSink(context.engine.connection, access.helper_id, context.cancelled, context.common.idle_timeout)
    try:
        await context.in_thread(lambda: origin.feed(sink, ROOT, parts(origin.bases)[0], context.count, expected.see))
        await context.in_thread(sink.finish)
    finally:
        sink.abort()
    context.begin("Reading back", origin.total)
    found = await context.in_thread(lambda: _read_back(context, access, expected))
    if not expected.tree.equals(found):
        raise Failed("What the engine made of the archive is not what it holds.", "The volume was put back as it was.")
    if expected.attributes:
        context.warn("ACLs and attributes other than user.* were not restored: the archive API drops them.")
    if expected.holes:
        context.warn("Holes in files were restored as zeros, which take their full size on disk.")


class _Expected:
    """What the volume must hold, as far as the archive API can keep it."""

    def __init__(self, linked: frozenset[bytes]) -> None:
        self.tree = _Tree(linked)
        self.holes: set[bytes] = set()
        """The sparse files: their hash is of map and data, not of what a reader sees."""
        self.attributes = False

    def see(self, entry: Entry) -> None:
        self.attributes = self.attributes or bool(entry.xattrs)
        if entry.sparse:
            self.holes.add(entry.path)
        self.tree.add(entry, self.holes)


class _Tree:
    """A tree as it is compared: hard links by their group, since engines walk in an order of their own.

    ``linked`` are all paths that may be the first of a group.
    """

    def __init__(self, linked: frozenset[bytes]) -> None:
        self._linked = linked
        self._tally = Tally()
        self._groups: dict[bytes, tuple[bytes, set[bytes]]] = {}

    def add(self, entry: Entry, holes: set[bytes]) -> None:
        if entry.type == LINK and entry.link in self._groups:
            self._groups[entry.link][1].add(entry.path)
            return
        digest = entry.hash if entry.type == FILE and entry.path not in holes else ""
        seconds = max(entry.mtime // _SECOND, 0)
        fields = (entry.type, entry.size, entry.mode, entry.uid, entry.gid, seconds, entry.device, digest)
        line = repr(fields).encode() + entry.link
        if entry.path in self._linked:
            self._groups[entry.path] = (line, {entry.path})
        else:
            self._tally.add(entry.path, line)

    def names(self) -> frozenset[bytes]:
        """All names of all groups."""
        return frozenset(name for _, names in self._groups.values() for name in names)

    def names_of_groups_with(self, paths: set[bytes]) -> frozenset[bytes]:
        """All names of the groups that one of the paths is in."""
        return frozenset(name for _, names in self._groups.values() if names & paths for name in names)

    def equals(self, other: _Tree) -> bool:
        groups, others = ({(line, frozenset(names)) for line, names in one._groups.values()} for one in (self, other))
        return groups == others and not self._tally.differing(other._tally)


def _read_back(context: JobContext, access: ArchiveAccess, expected: _Expected) -> _Tree:
    found = _Tree(expected.tree.names())
    holes = expected.holes | expected.tree.names_of_groups_with(expected.holes)
    _read(context, access, lambda entry: found.add(entry, holes))
    return found


def _is_empty(context: JobContext, access: ArchiveAccess) -> bool:
    """Whether the mount holds nothing but its root. Reads no further than to the second entry."""
    count = 0

    def see(entry: Entry) -> None:
        nonlocal count
        count += 1
        if count > 1:
            raise _More

    try:
        _read(context, access, see)
    except _More:
        return False
    return True


class _More(Exception):
    """The mount holds more than its root."""


def _read(context: JobContext, access: ArchiveAccess, see: Callable[[Entry], object]) -> None:
    connection, patience = context.engine.connection, context.common.idle_timeout
    source = ArchiveSource(connection, access.helper_id, context.cancelled, patience)
    reader = TarReader(see, root=ROOT)
    buffer = memoryview(bytearray(_PIECE))
    try:
        while count := fill(source, buffer):
            reader.feed(buffer[:count])
            context.count(reader.position, 0)
        reader.close()
    finally:
        source.close()
