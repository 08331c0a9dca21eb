"""What two trees of files don't have alike: by their lists, and by the hashes of contents where lists leave a doubt."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from voltui.model.files import FileNode, FileTree, same_content
from voltui.model.kinds import DIR, FILE, LINK, SOCKET, SYMLINK

_COARSE = 2.0
"""Seconds by which a time of status may be coarser than a clock."""


class What(StrEnum):
    """How a path differs, in the order of what a reader wants to know first."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    """Content, kind or target."""
    TOUCHED = "touched"
    """Only time, mode or owner."""
    UNSURE = "unsure"
    """The lists leave it open, and no hash has told yet."""


class Difference(Struct, frozen=True):
    """One path that two trees don't have alike."""

    path: bytes
    what: What
    before: FileNode | None
    after: FileNode | None

    @property
    def bytes(self) -> int:
        """How many bytes of content it came to hold more."""
        return (self.after.size if self.after else 0) - (self.before.size if self.before else 0)

    @property
    def swapped(self) -> Difference:
        """The same seen from the other side."""
        what = {What.ADDED: What.REMOVED, What.REMOVED: What.ADDED}.get(self.what, self.what)
        return Difference(self.path, what, self.after, self.before)

    @property
    def sides(self) -> tuple[FileNode, ...]:
        """What there is of the two."""
        return tuple(node for node in (self.before, self.after) if node is not None)

    def has(self, words: str) -> bool:
        """Whether its path, and what is said of it, have all the words, upper and lower case alike."""
        text = f"{self.path.decode('utf-8', 'surrogateescape')} {self.what}".lower()
        return all(word in text for word in words.lower().split())


def differences(before: FileTree, after: FileTree) -> Iterator[Difference]:
    """What is not alike, by path. A folder's own time and size tell nothing, and no backup holds sockets: whether there
    is one tells nothing either.

    Contents are the same where size and time are, and the status was not changed since the other side was read: every
    write changes that, and no program sets it back. Else their hashes tell, where both are known.
    """
    old = {node.path: node for node in before.nodes}
    new = {node.path: node for node in after.nodes}
    for path in sorted(old.keys() | new.keys()):
        one, other = old.get(path), new.get(path)
        if one is None or other is None:
            found = Difference(path, What.ADDED if one is None else What.REMOVED, one, other)
            if found.sides[0].kind != SOCKET:
                yield found
        elif what := _what(one, other, _since(before, after)):
            yield Difference(path, what, one, other)


def _since(before: FileTree, after: FileTree) -> float | None:
    """From when on a change of status raises a doubt; ``None`` where only hashes tell: both are as they are now."""
    moments = [tree.read for tree in (before, after) if tree.read is not None]
    return max(moments) if moments else None


def _what(one: FileNode, other: FileNode, since: float | None) -> What | None:
    if _kind(one) != _kind(other):
        return What.CHANGED
    if _kind(one) != FILE:
        if one.link != other.link:
            return What.CHANGED
        return What.TOUCHED if changed_in(one, other) else None
    same = same_content(one, other)
    if same is None:
        ctime = max(one.ctime, other.ctime)
        trusted = since is not None and 0 < ctime < since - _COARSE and one.mtime == other.mtime
        same = True if trusted else None
    if same is None:
        return What.UNSURE
    if not same:
        return What.CHANGED
    alike = (one.mtime, _owner_and_mode(one)) == (other.mtime, _owner_and_mode(other))
    return None if alike else What.TOUCHED


def _kind(node: FileNode) -> str:
    """Its kind; which of a file's names is the first is chance."""
    return FILE if node.kind == LINK else node.kind


def _owner_and_mode(node: FileNode) -> tuple[int, ...]:
    if node.kind == SYMLINK:
        return (node.uid, node.gid)
    return (node.uid, node.gid, node.mode)


def changed_in(one: FileNode, other: FileNode) -> tuple[str, ...]:
    """What of a path differs besides its content: ``mode``, ``owner``, ``time``."""
    found = {
        "mode": one.kind != SYMLINK and one.mode != other.mode,
        "owner": (one.uid, one.gid) != (other.uid, other.gid),
        "time": one.kind != DIR and one.mtime != other.mtime,
    }
    return tuple(name for name, differs in found.items() if differs)
