"""Looking into a volume, or into a backup: all its files as a tree, and the beginning of one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import islice
from typing import Protocol

from voltui.archive.entry import Entry
from voltui.archive.index import read_index
from voltui.archive.pack import BUFFER, ByteSource, fill
from voltui.archive.read_one import read_one
from voltui.archive.reader import TarReader
from voltui.engine import tools
from voltui.engine.bridge import Bridge
from voltui.engine.helper import TARGET
from voltui.engine.pool import DaemonPool
from voltui.jobs.explorer import Explorer
from voltui.jobs.keys import Keyring
from voltui.model.backup import Backup
from voltui.model.errors import Cancelled, Damaged, Failed, Refused
from voltui.model.files import MOST_ENTRIES, FileNode, FileTree, content_hash
from voltui.model.kinds import DIR, FILE, LINK, OF_FIND
from voltui.model.safe import safe, safe_path
from voltui.model.source import Source
from voltui.model.text import clock_time
from voltui.model.volume import Volume
from voltui.store.local import LocalStore

_READ = 1 << 18
_BLOCK = 512
_SECOND = 1_000_000_000
HEAD = 1 << 16
"""Bytes of a file that are shown."""
_NAMES_AT_ONCE = 1_000
_THREADS = 2
"""One names the files that another one reads."""


class Opened(Protocol):
    """Files that can be looked at now."""

    async def load(self, tree: FileTree) -> None:
        """Fill the tree, in a thread: its length grows meanwhile. Raises `VoltuiError`."""

    async def content(self, node: FileNode, most: int = HEAD) -> bytes:
        """The first ``most`` bytes of a regular file, 4 MiB at most. Raises `Refused` for anything else."""

    async def hashes(self, nodes: Sequence[FileNode], count: Callable[[int], object]) -> Mapping[bytes, bytes]:
        """The hashes of the contents of regular files, by path, as far as they can be read and are not known already.

        ``count`` is called by a thread with the bytes read so far.
        """


class Files(Protocol):
    """A volume or a backup whose files can be looked at."""

    title: str
    """What it is, ready for a terminal."""
    root: str
    """What stands before a path to name the file elsewhere."""
    source: Source
    """What the files are of."""
    backup: Backup | None
    """The backup that holds them; ``None`` where they are the source's own, as they are now."""
    volume: Volume | None
    """The volume itself; ``None`` for anything else."""

    def opened(self) -> AbstractAsyncContextManager[Opened]:
        """Open it for looking. Raises `VoltuiError`."""


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

    async def content(self, node: FileNode, most: int = HEAD) -> bytes:
        _refuse_without_content(node)
        command = tools.read_head(self._folder, node.path, most)
        return await self._bridge.check(command, f"Reading {safe_path(node.name)}")

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


class BackupFiles:
    """The files of a backup, as its index lists them: the archive is not read."""

    def __init__(self, store: LocalStore, keys: Keyring, backup: Backup) -> None:
        self.title = f"{safe(backup.source.short)} {clock_time(backup.started)}"
        self.root = ""
        self.source = backup.source
        self.backup: Backup | None = backup
        self.volume: Volume | None = None
        self._store = store
        self._keys = keys
        self._backup = backup

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Opened]:
        """Open its index."""
        pool = DaemonPool("files of a backup", 1)
        ended = threading.Event()
        try:
            yield _OpenedBackup(self._store, self._keys, self._backup, pool, ended)
        finally:
            ended.set()
            pool.close()


class _OpenedBackup:
    def __init__(
        self, store: LocalStore, keys: Keyring, backup: Backup, pool: DaemonPool, ended: threading.Event
    ) -> None:
        self._store = store
        self._keys = keys
        self._backup = backup
        self._pool = pool
        self._ended = ended

    async def load(self, tree: FileTree) -> None:
        def read() -> None:
            _, key = self._keys.opened(self._backup, accept_plain=True)
            for entry in read_index(self._store.index_path(self._backup), key):
                if _full(tree, self._ended.is_set):
                    break
                first = tree.find(entry.link) if entry.type == LINK else None
                seconds = entry.mtime // _SECOND if entry.mtime >= 0 else -(-entry.mtime // _SECOND)
                path, kind, size = entry.path, entry.type, first.size if first else entry.size
                takes = 0 if first else size
                digest = content_hash(entry.hash, sparse=entry.sparse) if entry.hash else first.hash if first else b""
                tree.add(path, kind, size, takes, entry.mode, entry.uid, entry.gid, seconds, entry.link, hash=digest)
            tree.read = self._backup.started.timestamp()
            tree.sum_up()

        await self._pool.run(read)

    async def content(self, node: FileNode, most: int = HEAD) -> bytes:
        """Read from the archive as far as needed; what is read to the file's end is held against the index."""
        _refuse_without_content(node)
        path = node.link if node.kind == LINK else node.path
        stopped = threading.Event()

        def go_on(stored: int, entries: int) -> None:
            _raise_if(lambda: stopped.is_set() or self._ended.is_set())

        def read() -> bytes:
            _, key = self._keys.opened(self._backup, accept_plain=True)
            archive = self._store.archive_path(self._backup)
            data, digest = read_one(archive, self._backup.archive, path, most, key=key, progress=go_on)
            if digest and content_hash(digest, sparse=False) != node.hash:
                raise Damaged(f"{node.shown_path} in the archive is not what the index says.")
            return data

        try:
            return await self._pool.run(read)
        finally:
            stopped.set()

    async def hashes(self, nodes: Sequence[FileNode], count: Callable[[int], object]) -> Mapping[bytes, bytes]:
        """The index has them."""
        return {}


def _refuse_without_content(node: FileNode) -> None:
    if node.kind not in (FILE, LINK):
        raise Refused(f"{node.shown_path} is no regular file: there is nothing to read.")


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
        _raise_if(ended)
        reader.feed(buffer[:size])
        count(reader.position)
    reader.close()
    return found


def read_files(source: ByteSource, tree: FileTree, ended: Callable[[], bool]) -> None:
    """Fill a tree with what `tools.list_files` prints. Files of several names count once, at the first that comes."""
    rest, seen = b"", set()
    buffer = memoryview(bytearray(_READ))
    width = tools.FILE_FIELDS
    while (count := source.readinto(buffer)) and not _full(tree, ended):
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


def _full(tree: FileTree, ended: Callable[[], bool]) -> bool:
    """Whether to stop. Raises `Cancelled` where nobody waits for it any more."""
    _raise_if(ended)
    tree.cut = len(tree) >= MOST_ENTRIES
    return tree.cut


def _raise_if(ended: Callable[[], bool]) -> None:
    if ended():
        raise Cancelled("Nobody looks any more.")
