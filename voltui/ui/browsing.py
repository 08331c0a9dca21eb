"""What is open of a tree of files: the folder, or what has a name; in which order; what is marked."""

from __future__ import annotations

from collections.abc import Iterable

from voltui.model.files import ORDERS, FileNode, FileTree, ordered, outermost

_MOST_FOUND = 1_000
"""Entries that are shown of what has a name: whoever looks for one types on."""


class Browsing:
    """Where one is in a tree. Entries are known by their paths, so that it can be read anew."""

    def __init__(self) -> None:
        self.tree = FileTree()
        self.folder: FileNode | None = None
        """The folder that is open; ``None`` until all is read."""
        self.words = ""
        """What is looked for by name; empty shows the folder."""
        self.order = ORDERS[0]
        self.marked: frozenset[str] = frozenset()
        """The paths that are marked, in whatever folder."""
        self.marked_nodes: list[FileNode] = []
        """What is marked; of a folder and what is in it, the folder."""
        self._found: list[FileNode] = []

    def take(self, tree: FileTree) -> None:
        """Show what was read, in the folder that was open, or what there still is of the way to it."""
        before = self.folder.path if self.folder is not None else b""
        self.tree = tree
        found = tree.find(before)
        while before and (found is None or not found.folder):
            before = before.rpartition(b"/")[0]
            found = tree.find(before)
        self.folder = found or tree.root
        self._mark(self.marked)
        self._found = self.look_for(self.words)

    @property
    def nodes(self) -> list[FileNode]:
        """What is shown, in order."""
        if self.folder is None:
            return []
        return ordered(self._found if self.words else self.folder.children, self.order)

    def go(self, folder: FileNode) -> None:
        """Open a folder."""
        self.words, self.folder = "", folder

    def sort_by_next(self) -> None:
        """In the next order."""
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]

    def toggle(self, keys: Iterable[str]) -> None:
        """Mark what of it is not marked, and the other way round."""
        self._mark(self.marked ^ frozenset(keys))

    def unmark(self) -> None:
        """Take all marks away."""
        self._mark(frozenset())

    def _mark(self, keys: frozenset[str]) -> None:
        """Mark those that are there."""
        found = self.tree.find_all(map(_path, keys))
        self.marked = frozenset(map(key_of, found))
        self.marked_nodes = outermost(found)

    def look_for(self, words: str) -> list[FileNode]:
        """What has these words in its name, in all folders; takes as long as reading all names."""
        return self.tree.matching(words, _MOST_FOUND) if words else []

    def show_found(self, words: str, found: list[FileNode]) -> None:
        """Show what was found by name."""
        self.words, self._found = words, found


def key_of(node: FileNode) -> str:
    """What the list knows an entry by: its path."""
    return node.path.decode("utf-8", "surrogateescape")


def _path(key: str) -> bytes:
    return key.encode("utf-8", "surrogateescape")
