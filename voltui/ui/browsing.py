"""What is open of a tree of files: the folder, or what has a name; in which order; what is marked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

from voltui.engine.tools import KEPT_PREFIX
from voltui.jobs.kept_files import job_of_kept
from voltui.model.files import ORDERS, FileNode, FileTree, Folded, ordered, outermost
from voltui.ui.orders import Order, Orders
from voltui.ui.state import same

_KEPT = f"{KEPT_PREFIX}*"
"""The row for all folders of what was put aside; as a pattern it is what they are called."""
_LONG = 5_000
"""Entries from which on a list is made in a thread."""
_NOTHING: list[FileNode] = []
_MOST_FOUND = 1_000
"""Entries that are shown of what has a name: whoever looks for one types on."""


class _Wanted(NamedTuple):
    """What a list is made from."""

    tree: FileTree
    folder: FileNode | None
    nodes: list[FileNode]
    order: Order
    reverse: bool
    found: bool


class Browsing:
    """Where one is in a tree. Entries are known by their paths, so that it can be read anew."""

    def __init__(self) -> None:
        self.tree = FileTree()
        self.folder: FileNode | None = None
        """The folder that is open; ``None`` until all is read."""
        self.words = ""
        """What is looked for by name; empty shows the folder."""
        self.orders = Orders([Order(order, falling=order != "name") for order in ORDERS])
        self.marked_nodes: list[FileNode] = []
        """What is marked; of a folder and what is in it, the folder."""
        self._marks: dict[str, FileNode] = {}
        self._found: list[FileNode] = []
        self._rows: dict[str, FileNode] = {}
        self._keys: list[str] = []
        self._made_from: tuple[object, ...] = ()

    def take(self, tree: FileTree) -> None:
        """Show what was read, in the folder that was open, or what there still is of the way to it."""
        before = self.folder.path if self.folder is not None else b""
        in_kept = isinstance(self.folder, Folded)
        self.tree = tree
        found = tree.find(before)
        while before and (found is None or not found.folder):
            before = before.rpartition(b"/")[0]
            found = tree.find(before)
        self.folder = found or tree.root
        if in_kept:
            folded = (node for node in _with_kept_folded(tree.root.children) if isinstance(node, Folded))
            self.folder = next(folded, tree.root)
        marked = tree.find_all(map(_path, self._marks))
        self._mark({key_of(node): node for node in marked})
        self._found = self.look_for(self.words)

    @property
    def rows(self) -> Mapping[str, FileNode]:
        """What is shown, by key, in order. Made when a folder is opened or sorted: it may have 100,000."""
        self._follow()
        return self._rows

    @property
    def keys(self) -> list[str]:
        """The keys of what is shown, in order: the same list as long as that is the same."""
        self._follow()
        return self._keys

    @property
    def marked(self) -> Set[str]:
        """The keys of what is marked, in whatever folder; also that of a row for several, which are all marked."""
        folded = self._rows.get(_KEPT)
        if isinstance(folded, Folded) and all(key_of(node) in self._marks for node in folded.children):
            return self._marks.keys() | {_KEPT}
        return self._marks.keys()

    @property
    def long(self) -> bool:
        """Whether it is better `prepared`."""
        return len(self._wanted.nodes) >= _LONG

    async def prepared(self) -> None:
        """Make a long list in a thread, before it is asked for: 100,000 rows take 0.1 s (measured)."""
        wanted = self._wanted
        if same(wanted, self._made_from):
            return
        made = await asyncio.to_thread(_listed, wanted)
        if same(wanted, self._wanted):
            self._made_from, self._rows, self._keys = wanted, made, list(made)

    def _follow(self) -> None:
        wanted = self._wanted
        if not same(wanted, self._made_from):
            self._made_from, self._rows = wanted, _listed(wanted)
            self._keys = list(self._rows)

    @property
    def _wanted(self) -> _Wanted:
        """What the list is to be made from."""
        shown = self._found if self.words else self.folder.children if self.folder is not None else _NOTHING
        return _Wanted(self.tree, self.folder, shown, self.orders.now, self.orders.reversed, bool(self.words))

    def go(self, folder: FileNode) -> None:
        """Open a folder."""
        self.words, self.folder = "", folder

    def toggle(self, keys: Iterable[str]) -> None:
        """Mark what of it is not marked, and the other way round."""
        marks, rows = self._marks, self.rows
        for key in keys:
            node = rows[key]
            if isinstance(node, Folded):
                on = key in self.marked
                for one in node.children:
                    marks.pop(key_of(one), None) if on else marks.setdefault(key_of(one), one)
            elif marks.pop(key, None) is None:
                marks[key] = node
        self._mark(marks)

    def unmark(self) -> None:
        """Take all marks away."""
        self._mark({})

    def _mark(self, marks: dict[str, FileNode]) -> None:
        self._marks = marks
        self.marked_nodes = outermost(list(marks.values()))

    def look_for(self, words: str) -> list[FileNode]:
        """What has these words in its name, in all folders but those of what was put aside; takes as long as reading
        all names."""
        aside = (node for node in self.tree.root.children if job_of_kept(node.name))
        return self.tree.matching(words, _MOST_FOUND, aside) if words else []

    def show_found(self, words: str, found: list[FileNode]) -> None:
        """Show what was found by name."""
        self.words, self._found = words, found


def _listed(wanted: _Wanted) -> dict[str, FileNode]:
    """The rows in their order, by key; for any thread."""
    folder, nodes = wanted.folder, wanted.nodes
    if folder is wanted.tree.root and not wanted.found:
        nodes = _with_kept_folded(nodes)
    nodes = ordered(nodes, wanted.order.label)
    if wanted.reverse:
        nodes.reverse()
    if wanted.found or folder is None or isinstance(folder, Folded):
        return {key_of(node): node for node in nodes}
    above = key_of(folder) + "/" if folder.parent is not None else ""
    return {above + node.name.decode("utf-8", "surrogateescape"): node for node in nodes}


def meant(nodes: Iterable[FileNode]) -> list[FileNode]:
    """The entries that rows stand for."""
    return [one for node in nodes for one in (node.children if isinstance(node, Folded) else (node,))]


def _with_kept_folded(nodes: list[FileNode]) -> list[FileNode]:
    """One row in place of the folders of what was put aside, where there are several."""
    kept = [node for node in nodes if job_of_kept(node.name)]
    if len(kept) < 2 or any(node.name == _path(_KEPT) for node in nodes):
        return nodes
    aside = set(kept)
    return [*(node for node in nodes if node not in aside), Folded(_path(_KEPT), kept)]


def key_of(node: FileNode) -> str:
    """What the list knows an entry by: its path."""
    return path_key(node.path)


def path_key(path: bytes) -> str:
    """What a list knows a path by."""
    return path.decode("utf-8", "surrogateescape")


def _path(key: str) -> bytes:
    return key.encode("utf-8", "surrogateescape")
