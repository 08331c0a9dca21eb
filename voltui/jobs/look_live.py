"""The files of a volume, or of a directory on the engine's host, as they are now: a helper reads them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import islice

from voltui.archive.entry import Entry
from voltui.archive.pack import BUFFER, ByteSource, fill
from voltui.archive.reader import TarReader
from voltui.engine import tools
from voltui.engine.bridge import Bridge
from voltui.engine.helper import TARGET
from voltui.engine.pool import DaemonPool
from voltui.jobs.explorer import Explorer
from voltui.jobs.look import HEAD, Opened, full, raise_if, refuse_without_content
from voltui.model.backup import Backup
from voltui.model.errors import Failed, NotFound, Refused
from voltui.model.files import FileNode, FileTree, content_hash
from voltui.model.kinds import DIR, FILE, LINK, OF_FIND
from voltui.model.safe import safe, safe_path
from voltui.model.source import Source
from voltui.model.volume import Volume

_READ = 1 << 18
_BLOCK = 512
_NAMES_AT_ONCE = 1_000
_GONE = b"No such file or directory"
_THREADS = 2
"""One names the files that another one reads."""


class VolumeFiles:
    """The files of a volume, as they are when it is opened."""

    def __init__(self, explorer: Explorer, volume: Volume, name: str) -> None:
        self.title = name
        self.root = volume.mountpoint
        self.source = Source("volume", volume.name)
        self.backup: Backup | None = None
        self.volume: Volume | None = volume
        self._explorer = explorer
        self._place = volume

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Opened]:
        """Open it by a helper that reads only, which is there until it is closed."""
        source, folder = await self._explorer.place(self._place)
        async with _opened_live(self._explorer, source, folder) as opened:
            yield opened


class PathFiles:
    """The files of a directory on the engine's host, as they are when it is opened."""

    def __init__(self, explorer: Explorer, path: str) -> None:
        self.title = safe(path)
        self.root = path
        self.source = Source("path", path)
        self.backup: Backup | None = None
        self.volume: Volume | None = None
        self._explorer = explorer

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Opened]:
        """Open it as a volume is opened."""
        async with _opened_live(self._explorer, Source("path", self.root), TARGET) as opened:
            yield opened


@asynccontextmanager
async def _opened_live(explorer: Explorer, source: Source, folder: str) -> AsyncIterator[Opened]:
    pool, ended = DaemonPool("files of a volume", _THREADS), threading.Event()
    try:
        async with explorer.opened(source) as bridge:
            yield _OpenedVolume(bridge, folder, pool, ended)
    finally:
        ended.set()
        pool.close()


class _OpenedVolume:
    def __init__(self, bridge: Bridge, folder: str, pool: DaemonPool, ended: threading.Event) -> None:
        self._bridge = bridge
        self._folder = folder
        self._pool = pool
        self._ended = ended

    async def load(self, tree: FileTree) -> None:
        process = await self._bridge.spawn(tools.list_files(self._folder), stream=True)
        try:
            await self._pool.run(lambda: read_files(process.source, tree, self._ended.is_set))
            if not tree.cut and len(tree.nodes) == 1 and (result := await process.wait()).code:
                raise Failed(f"Listing failed: {result.words}.")
            if any(not node.name for node in tree.root.children):
                raise Refused("It is a single file, no directory: there are no files in it.")
        finally:
            process.close()

    async def content(self, node: FileNode, most: int = HEAD, start: int = 0) -> bytes:
        refuse_without_content(node)
        command = tools.read_piece(self._folder, node.path, most, start)
        result = await self._bridge.run(command)
        if result.code and _GONE in result.err:
            raise NotFound(f"{node.shown_path} is not there any more.", "The files have to be read anew.")
        if result.code:
            raise Failed(f"Reading {safe_path(node.name)} failed: {result.words}.")
        return result.out

    async def hashes(self, nodes: Sequence[FileNode], count: Callable[[int], object]) -> Mapping[bytes, bytes]:
        process = await self._bridge.spawn(tools.read_contents(self._folder), stream=True, feed=True)
        stopped = threading.Event()

        def name() -> None:
            try:
                for piece in _named(nodes):
                    process.sink.write(piece)
            finally:
                process.sink.close()

        def read() -> Mapping[bytes, bytes]:
            return _hashes(process.source, count, stopped.is_set)

        try:
            found, _ = await asyncio.gather(self._pool.run(read), self._pool.run(name))
            return found
        finally:
            stopped.set()
            process.close()


def _named(nodes: Iterable[FileNode]) -> Iterator[bytes]:
    """The paths as `tools.read_contents` wants them, some thousand at a time."""
    names = (b"./" + node.path + b"\0" for node in nodes)
    while some := b"".join(islice(names, _NAMES_AT_ONCE)):
        yield some


def _hashes(source: ByteSource, count: Callable[[int], object], ended: Callable[[], bool]) -> Mapping[bytes, bytes]:
    """The hashes of all files of a tar, by path; of a further name, its first one's."""
    found: dict[bytes, bytes] = {}

    def see(entry: Entry) -> None:
        if entry.type == FILE:
            found[entry.path] = content_hash(entry.hash, sparse=entry.sparse)
        elif entry.type == LINK and entry.link in found:
            found[entry.path] = found[entry.link]

    reader = TarReader(see)
    buffer = memoryview(bytearray(BUFFER))
    while size := fill(source, buffer):
        raise_if(ended)
        reader.feed(buffer[:size])
        count(reader.position)
    reader.close()
    return found


def read_files(source: ByteSource, tree: FileTree, ended: Callable[[], bool]) -> None:
    """Fill a tree with what `tools.list_files` prints. Files of several names count once, at the first that comes."""
    rest, seen = b"", set()
    buffer = memoryview(bytearray(_READ))
    width = tools.FILE_FIELDS
    while (count := source.readinto(buffer)) and not full(tree, ended):
        fields = (rest + buffer[:count]).split(b"\0")
        rest = fields.pop()
        whole = len(fields) - len(fields) % width
        for at in range(0, whole, width):
            path, letter, size, blocks, mode, uid, gid, time, ctime, names, file, link = fields[at : at + width]
            kind, takes = OF_FIND.get(letter, FILE), int(blocks) * _BLOCK
            if names != b"1" and kind != DIR:
                if file in seen:
                    kind, takes = LINK if kind == FILE else kind, 0
                seen.add(file)
            seconds, status = int(time.split(b".", 1)[0]), int(ctime.split(b".", 1)[0])
            tree.add(path, kind, int(size), takes, int(mode, 8), int(uid), int(gid), seconds, link, ctime=status)
        rest = b"".join(field + b"\0" for field in fields[whole:]) + rest
    tree.sum_up()
