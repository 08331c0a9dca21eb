"""Looking into a volume, or into a backup: all its files as a tree, and the beginning of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from voltui.model.backup import Backup
from voltui.model.errors import Cancelled, Refused
from voltui.model.files import MOST_ENTRIES, FileNode, FileTree
from voltui.model.kinds import FILE, LINK
from voltui.model.source import Source
from voltui.model.volume import Volume

HEAD = 1 << 16
"""Bytes of a file that are shown at once."""


class Opened(Protocol):
    """Files that can be looked at now."""

    async def load(self, tree: FileTree) -> None:
        """Fill the tree, in a thread: its length grows meanwhile. Raises `VoltuiError`."""

    async def content(self, node: FileNode, most: int = HEAD, start: int = 0) -> bytes:
        """``most`` bytes of a regular file from ``start`` on, 4 MiB at most. Raises `Refused` for anything else."""

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


def refuse_without_content(node: FileNode) -> None:
    """Raise `Refused` for what is no regular file."""
    if node.kind not in (FILE, LINK):
        raise Refused(f"{node.shown_path} is no regular file: there is nothing to read.")


def full(tree: FileTree, ended: Callable[[], bool]) -> bool:
    """Whether to stop. Raises `Cancelled` where nobody waits for it any more."""
    raise_if(ended)
    tree.cut = len(tree) >= MOST_ENTRIES
    return tree.cut


def raise_if(ended: Callable[[], bool]) -> None:
    """Raise `Cancelled` where nobody waits for it any more."""
    if ended():
        raise Cancelled("Nobody looks any more.")
