"""What has changed while it was read: the backup's index held against the files as they are afterwards.

A first comparison needs constant memory; only where it finds a difference are names looked for, in the buckets that
differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from voltui.archive.entry import Entry
from voltui.archive.index import read_index
from voltui.archive.listing import read_listing
from voltui.archive.tally import Tally, bucket
from voltui.engine import tools
from voltui.engine.helper import TARGET
from voltui.jobs.access import BridgeAccess
from voltui.jobs.context import JobContext
from voltui.model.backup import Loss
from voltui.model.kinds import LINK
from voltui.model.safe import safe_path
from voltui.model.text import plural

if TYPE_CHECKING:
    from voltui.archive.seal import Key

_MOST_NAMES = 100
_SOCKET = "s"


async def changed_since(context: JobContext, access: BridgeAccess, index: Path, key: Key | None) -> Loss | None:
    """What differs between the index, just written, and the source now; ``None`` where nothing does.

    ``key`` opens an encrypted index.
    """
    context.begin("Looking for changes")
    links: set[bytes] = set()
    archived = await context.in_thread(lambda: _tally(read_index(index, key), links, lambda entry: None))
    present = await _listed(context, access, links, lambda entry: None)
    buckets = archived.differing(present)
    if not buckets:
        return None
    before: dict[bytes, bytes] = {}
    after: dict[bytes, bytes] = {}
    await context.in_thread(lambda: _tally(read_index(index, key), links, _collect(before, buckets, links)))
    await _listed(context, access, links, _collect(after, buckets, links))
    names = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    if not names:
        return None
    said = f"{plural(len(names), 'entry', 'entries')} changed while it was read: the writers went on."
    return Loss("changed", said, tuple(safe_path(name) for name in names[:_MOST_NAMES]))


async def _listed(
    context: JobContext, access: BridgeAccess, links: set[bytes], see: Callable[[Entry], object]
) -> Tally:
    process = await access.bridge.spawn(tools.list_tree(TARGET), stream=True)
    try:
        tally = await context.in_thread(lambda: _tally(read_listing(process.source), links, see))
        await process.wait()
    finally:
        process.close()
    return tally


def _tally(entries: Iterable[Entry], links: set[bytes], see: Callable[[Entry], object]) -> Tally:
    tally = Tally()
    for entry in entries:
        if entry.type == LINK:
            links.add(entry.path)
        if entry.type != _SOCKET and not tools.made_by_a_job(entry.path):
            tally.add(entry.path, _line(entry, links))
            see(entry)
    return tally


def _collect(found: dict[bytes, bytes], buckets: frozenset[int], links: set[bytes]) -> Callable[[Entry], object]:
    def see(entry: Entry) -> None:
        if bucket(entry.path) in buckets:
            found[entry.path] = _line(entry, links)

    return see


def _line(entry: Entry, links: set[bytes]) -> bytes:
    """What tells a change. A further name of a file is told by the first."""
    if entry.path in links:
        return b"link"
    return b"%s %d %d" % (entry.type.encode(), entry.size, max(entry.mtime, -1))
