"""Looking into a volume, or into a backup: all its files as a tree, and the beginning of one."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from voltui.archive.index import read_index
from voltui.archive.pack import ByteSource
from voltui.engine import tools
from voltui.engine.bridge import Bridge
from voltui.engine.pool import DaemonPool
from voltui.jobs.explorer import Explorer
from voltui.jobs.keys import Keyring
from voltui.model.backup import Backup
from voltui.model.errors import Cancelled, Failed, Refused
from voltui.model.files import BLOCK, CHAR, DIR, FIFO, FILE, LINK, MOST_ENTRIES, SOCKET, SYMLINK, FileNode, FileTree
from voltui.model.safe import safe, safe_path
from voltui.model.source import Source
from voltui.model.text import clock_time
from voltui.model.volume import Volume
from voltui.store.local import LocalStore

_KINDS = {b"f": FILE, b"d": DIR, b"l": SYMLINK, b"p": FIFO, b"c": CHAR, b"b": BLOCK, b"s": SOCKET}
_READ = 1 << 18
_BLOCK = 512
_SECOND = 1_000_000_000
HEAD = 1 << 16
"""Bytes of a file that are shown."""


class Opened(Protocol):
    """Files that can be looked at now."""

    async def load(self, tree: FileTree) -> None:
        """Fill the tree, in a thread: its length grows meanwhile. Raises `VoltuiError`."""

    async def head(self, node: FileNode, most: int = HEAD) -> bytes:
        """The first bytes of a regular file. Raises `Refused` where there is no content to read."""


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

    def opened(self) -> AbstractAsyncContextManager[Opened]:
        """Open it for looking. Raises `VoltuiError`."""


class VolumeFiles:
    """The files of a volume, as they are when it is opened."""

    def __init__(self, explorer: Explorer, volume: Volume, name: str) -> None:
        self.title = name
        self.root = volume.mountpoint
        self.source = Source("volume", volume.name)
        self.backup: Backup | None = None
        self._explorer = explorer
        self._volume = volume

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Opened]:
        """Open it by a helper that reads only, which is there until it is closed."""
        source, folder = await self._explorer.place(self._volume)
        pool, ended = DaemonPool("files of a volume", 1), threading.Event()
        try:
            async with self._explorer.opened(source) as bridge:
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
        finally:
            process.close()

    async def head(self, node: FileNode, most: int = HEAD) -> bytes:
        if node.kind not in (FILE, LINK):
            raise Refused(f"{node.shown_path} is no regular file: there is nothing to read.")
        command = tools.read_head(self._folder, node.path, most)
        return await self._bridge.check(command, f"Reading {safe_path(node.name)}")


class BackupFiles:
    """The files of a backup, as its index lists them: the archive is not read."""

    def __init__(self, store: LocalStore, keys: Keyring, backup: Backup) -> None:
        self.title = f"{safe(backup.source.short)} {clock_time(backup.started)}"
        self.root = ""
        self.source = backup.source
        self.backup: Backup | None = backup
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
                tree.add(path, kind, size, takes, entry.mode, entry.uid, entry.gid, seconds, entry.link)
            tree.sum_up()

        await self._pool.run(read)

    async def head(self, node: FileNode, most: int = HEAD) -> bytes:
        raise Refused("A backup's index holds no contents.", "Restore it into a new volume to read them.")


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
            path, letter, size, blocks, mode, uid, gid, time, names, file, link = fields[at : at + width]
            kind, takes = _KINDS.get(letter, FILE), int(blocks) * _BLOCK
            if names != b"1" and kind != DIR:
                if file in seen:
                    kind, takes = LINK if kind == FILE else kind, 0
                seen.add(file)
            tree.add(path, kind, int(size), takes, int(mode, 8), int(uid), int(gid), int(time.split(b".", 1)[0]), link)
        rest = b"".join(field + b"\0" for field in fields[whole:]) + rest
    tree.sum_up()


def _full(tree: FileTree, ended: Callable[[], bool]) -> bool:
    """Whether to stop. Raises `Cancelled` where nobody waits for it any more."""
    if ended():
        raise Cancelled("Nobody looks any more.")
    tree.cut = len(tree) >= MOST_ENTRIES
    return tree.cut
