"""The files of a volume or a backup as a tree, with what each folder holds summed up."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime
from itertools import islice
from operator import attrgetter

from voltui.model.kinds import BLOCK_DEVICE, CHAR, DIR, FIFO, FILE, LINK, SOCKET, SYMLINK
from voltui.model.safe import safe_path

_TYPES = {
    FILE: stat.S_IFREG, LINK: stat.S_IFREG, DIR: stat.S_IFDIR, SYMLINK: stat.S_IFLNK, FIFO: stat.S_IFIFO,
    CHAR: stat.S_IFCHR, BLOCK_DEVICE: stat.S_IFBLK, SOCKET: stat.S_IFSOCK,
}  # fmt: skip
MOST_ENTRIES = 500_000
"""Entries that a tree takes: more would need more memory than an interface may have."""


class FileNode:
    """One entry. Nodes are many: they are no dataclass, and only `FileTree` makes and changes them."""

    __slots__ = (
        "children", "count", "ctime", "gid", "hash", "kind", "link", "mode", "mtime", "name", "parent", "size", "total",
        "uid",
    )  # fmt: skip

    name: bytes
    """Its name in its folder; empty for the root."""
    kind: str
    """One of `voltui.model.kinds`."""
    size: int
    """Bytes of content."""
    total: int
    """Bytes that it, and all below it, takes."""
    count: int
    """Entries below it."""
    mode: int
    """The twelve permission bits."""
    uid: int
    gid: int
    mtime: int
    """Seconds since 1970, UTC."""
    ctime: int
    """Seconds since 1970 when its status last changed, which no program sets back; 0 where that is not known."""
    hash: bytes
    """BLAKE3 of its content, see `content_hash`; empty where that is not known."""
    link: bytes
    """A symlink's target; of a further name, the first."""
    parent: FileNode | None
    children: list[FileNode]

    def __init__(self, name: bytes, parent: FileNode | None, kind: str) -> None:
        self.name = name
        self.parent = parent
        self.kind = kind
        self.size = self.total = self.count = self.mode = self.uid = self.gid = self.mtime = self.ctime = 0
        self.link = self.hash = b""
        self.children = _NOBODY

    @property
    def folder(self) -> bool:
        """Whether it may have entries."""
        return self.kind == DIR

    @property
    def path(self) -> bytes:
        """Its path below the root; empty for the root."""
        names = []
        node: FileNode | None = self
        while node is not None and node.parent is not None:
            names.append(node.name)
            node = node.parent
        return b"/".join(reversed(names))

    @property
    def shown_name(self) -> str:
        """Its name, ready for a terminal."""
        return safe_path(self.name)

    @property
    def shown_path(self) -> str:
        """Its path, ready for a terminal."""
        return "/" + safe_path(self.path)

    @property
    def changed(self) -> datetime:
        """When its content was last changed; a time that no calendar has is the epoch."""
        try:
            return datetime.fromtimestamp(self.mtime, UTC)
        except (OverflowError, ValueError, OSError):
            return datetime.fromtimestamp(0, UTC)

    @property
    def rights(self) -> str:
        """``drwxr-xr-x``."""
        return stat.filemode(_TYPES.get(self.kind, 0) | self.mode)


class Folded(FileNode):
    """One row for several folders that stand side by side: it is no entry itself, and they keep their paths."""

    __slots__ = ()

    def __init__(self, name: bytes, folders: Sequence[FileNode]) -> None:
        newest = max(folders, key=attrgetter("mtime"))
        super().__init__(name, newest.parent, DIR)
        self.children = list(folders)
        self.total = sum(node.total for node in folders)
        self.count = sum(node.count + 1 for node in folders)
        self.mode, self.uid, self.gid, self.mtime = newest.mode, newest.uid, newest.gid, newest.mtime


_NOBODY: list[FileNode] = []
"""The children of whatever has none: never changed."""


class FileTree:
    """Entries are added, parents first where that is known, then `sum_up` makes the totals."""

    def __init__(self) -> None:
        self.root = FileNode(b"", None, DIR)
        self.nodes = [self.root]
        """All, parents before what is in them."""
        self.cut = False
        """Whether there were more than `MOST_ENTRIES`."""
        self.read: float | None = None
        """Seconds since 1970 when what it lists began to be read; ``None`` where that is as it is now."""
        self._folders = {b"": self.root}

    def __len__(self) -> int:
        return len(self.nodes) - 1

    def add(
        self,
        path: bytes,
        kind: str,
        size: int,
        takes: int,
        mode: int,
        uid: int,
        gid: int,
        mtime: int,
        link: bytes = b"",
        *,
        ctime: int = 0,
        hash: bytes = b"",  # noqa: A002 - what it is called everywhere
    ) -> None:
        """Add an entry: its path below the root (empty or ``.`` is the root itself) and what it takes by itself."""
        if kind == DIR:
            node = self._folder(b"" if path == b"." else path)
        else:
            above, _, name = path.rpartition(b"/")
            folder = self._folders.get(above) or self._folder(above)
            node = FileNode(name, folder, kind)
            self._hang(node, folder)
        node.size = size
        node.total = takes
        node.mode = mode
        node.uid = uid
        node.gid = gid
        node.mtime = mtime
        node.link = link
        node.ctime = ctime
        node.hash = hash

    def sum_up(self) -> None:
        """Add what each holds to what is around it, from the innermost outwards."""
        for node in reversed(self.nodes):
            parent = node.parent
            if parent is not None:
                parent.total += node.total
                parent.count += node.count + 1

    def learn(self, hashes: Mapping[bytes, bytes]) -> None:
        """Take in the hashes of contents, by path."""
        for node in self.nodes:
            if digest := hashes.get(node.path):
                node.hash = digest

    def find(self, path: bytes) -> FileNode | None:
        """The entry at a path."""
        if path in self._folders:
            return self._folders[path]
        above, _, name = path.rpartition(b"/")
        folder = self._folders.get(above)
        return next((node for node in folder.children if node.name == name), None) if folder else None

    def find_all(self, paths: Iterable[bytes]) -> list[FileNode]:
        """The entries at these paths, those that are there: each folder is looked through once."""
        wanted: dict[bytes, set[bytes]] = {}
        for path in paths:
            above, _, name = path.rpartition(b"/")
            wanted.setdefault(above, set()).add(name)
        folders = [(folder, names) for above, names in wanted.items() if (folder := self._folders.get(above))]
        return [node for folder, names in folders for node in folder.children if node.name in names]

    def matching(self, words: str, most: int, without: Iterable[FileNode] = ()) -> list[FileNode]:
        """The first entries whose names have all the words, upper and lower case alike; none of ``without``, or below
        such."""
        found = self.nodes[1:]
        for word in words.split():
            needle = word.encode("utf-8", "surrogateescape").lower()
            found = [node for node in found if needle in node.name.lower()]
        hidden = set(without)
        return list(islice((node for node in found if not hidden or not _in_one(node, hidden)), most))

    def _folder(self, path: bytes) -> FileNode:
        """The folder of a path; with those around it where an archive does not list them, in one loop: deep is deep."""
        missing = []
        above = path
        while above not in self._folders:
            missing.append(above)
            above = above.rpartition(b"/")[0]
        folder = self._folders[above]
        for one in reversed(missing):
            node = FileNode(one.rpartition(b"/")[2], folder, DIR)
            self._hang(node, folder)
            self._folders[one] = folder = node
        return folder

    def _hang(self, node: FileNode, folder: FileNode) -> None:
        if folder.children is _NOBODY:
            folder.children = []
        folder.children.append(node)
        self.nodes.append(node)


def outermost(nodes: list[FileNode]) -> list[FileNode]:
    """Those of the entries that are in none of the others: what is meant by a folder and what is in it."""
    folders = {node for node in nodes if node.folder}
    return [node for node in nodes if not _in_one(node.parent, folders)] if folders else nodes


def _in_one(node: FileNode | None, folders: Set[FileNode]) -> bool:
    """Whether an entry is one of the folders, or below one."""
    while node is not None and node not in folders:
        node = node.parent
    return node is not None


_WITH_HOLES = b"with holes "


def content_hash(digest: str, *, sparse: bool) -> bytes:
    """A hash as `FileNode` has it: that of a file with holes is of their map and the data, and tells so."""
    return _WITH_HOLES + bytes.fromhex(digest) if sparse else bytes.fromhex(digest)


def same_content(one: FileNode, other: FileNode) -> bool | None:
    """Whether two regular files hold the same, by size and hash; ``None`` where these don't tell."""
    if one.size != other.size:
        return False
    if not one.size:
        return True
    if not one.hash or not other.hash or one.hash.startswith(_WITH_HOLES) != other.hash.startswith(_WITH_HOLES):
        return None
    return one.hash == other.hash


ORDERS = ("size", "name", "entries", "newest")
"""What a folder's entries are sorted by."""


def ordered(nodes: Sequence[FileNode], order: str) -> list[FileNode]:
    """The entries in one of `ORDERS`; those that are alike by name."""
    by_name = sorted(nodes, key=attrgetter("name"))
    if order == "size":
        by_name.sort(key=attrgetter("total"), reverse=True)
    elif order == "entries":
        by_name.sort(key=attrgetter("count"), reverse=True)
    elif order == "newest":
        by_name.sort(key=attrgetter("mtime"), reverse=True)
    return by_name
