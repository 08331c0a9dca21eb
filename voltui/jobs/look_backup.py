"""The files of a backup: its index lists them, and its archive holds their contents."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from voltui.archive.index import read_index
from voltui.archive.read_one import read_one
from voltui.engine.pool import DaemonPool
from voltui.jobs.keys import Keyring
from voltui.jobs.look import HEAD, Opened, full, raise_if, refuse_without_content
from voltui.model.backup import Backup
from voltui.model.errors import Damaged
from voltui.model.files import FileNode, FileTree, content_hash
from voltui.model.kinds import LINK, SYMLINK
from voltui.model.safe import safe
from voltui.model.text import clock_time
from voltui.model.volume import Volume
from voltui.store.local import LocalStore

_SECOND = 1_000_000_000


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
                if full(tree, self._ended.is_set):
                    break
                first = tree.find(entry.link) if entry.type == LINK else None
                seconds = entry.mtime // _SECOND if entry.mtime >= 0 else -(-entry.mtime // _SECOND)
                path, kind, size = entry.path, entry.type, first.size if first else entry.size
                takes = 0 if first else size
                if kind == SYMLINK:
                    size = len(entry.link)  # as a file system counts it
                digest = content_hash(entry.hash, sparse=entry.sparse) if entry.hash else first.hash if first else b""
                tree.add(path, kind, size, takes, entry.mode, entry.uid, entry.gid, seconds, entry.link, hash=digest)
            tree.read = self._backup.started.timestamp()
            tree.sum_up()

        await self._pool.run(read)

    async def content(self, node: FileNode, most: int = HEAD, start: int = 0) -> bytes:
        """Read from the archive as far as needed; what is read to the file's end is held against the index."""
        refuse_without_content(node)
        path = node.link if node.kind == LINK else node.path
        stopped = threading.Event()

        def go_on(stored: int, entries: int) -> None:
            raise_if(lambda: stopped.is_set() or self._ended.is_set())

        def read() -> bytes:
            _, key = self._keys.opened(self._backup, accept_plain=True)
            archive = self._store.archive_path(self._backup)
            data, digest = read_one(archive, self._backup.archive, path, most, start=start, key=key, progress=go_on)
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
