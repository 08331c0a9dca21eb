"""Some of the entries of a tree: which they are, and what of an archive belongs to them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct

from voltui.model.errors import Refused, Usage
from voltui.model.safe import safe_path
from voltui.model.text import plural

ROOT = b"."
_MOST_BYTES = 250_000
"""Bytes of names that one command surely takes, each written as four."""


def clean_path(path: bytes) -> bytes:
    """A path that a user wrote, below a tree's root and in its shortest form. Raises `Usage` where it leaves it."""
    parts = [part for part in path.split(b"/") if part not in (b"", ROOT)]
    if b".." in parts or b"\0" in path:
        raise Usage(f"{safe_path(path)} leaves the directory it is in.", "Write the path as a listing shows it.")
    return b"/".join(parts)


def above(path: bytes) -> list[bytes]:
    """The folders that a path is in, the outermost first, without the root."""
    parts = path.split(b"/")
    return [b"/".join(parts[:count]) for count in range(1, len(parts))]


class Selection(Struct, frozen=True, dict=True):
    """Entries of a tree, each with all that is below it."""

    paths: tuple[bytes, ...]
    """In the order of a walk through the tree; none is in another."""
    also: frozenset[bytes] = frozenset()
    """Files that are needed only because one of the entries is another name of them."""

    @classmethod
    def of(cls, paths: Iterable[bytes]) -> Selection:
        """The entries at these paths. Raises `Usage` for none, or for the root itself, `Refused` for too many."""
        wanted = {clean_path(path) for path in paths}
        if not wanted or b"" in wanted:
            raise Usage("The whole of it is no entry of it.", "Name what is in it; `voltui export` takes the whole.")
        if sum(map(len, wanted)) > _MOST_BYTES:
            raise Refused(f"{plural(len(wanted), 'path')} are too many at once.", "Name the folders that they are in.")
        outermost = {path for path in wanted if not wanted.intersection(above(path))}
        return cls(tuple(sorted(outermost, key=lambda path: path.split(b"/"))))

    @property
    def names(self) -> dict[bytes, bytes]:
        """The path of each entry by its last part. Raises `Refused` where two have the same."""
        found: dict[bytes, bytes] = {}
        for path in self.paths:
            other = found.setdefault(path.rpartition(b"/")[2], path)
            if other != path:
                raise Refused(
                    f"{safe_path(other)} and {safe_path(path)} have the same name.", "Take one after the other."
                )
        return found

    @cached_property
    def _wanted(self) -> frozenset[bytes]:
        return frozenset(self.paths)

    @cached_property
    def _around(self) -> frozenset[bytes]:
        """The root, the folders that lead to the entries, and what is needed beside them."""
        leading = (folder for path in (*self.paths, *self.also) for folder in above(path))
        return frozenset((ROOT, *leading, *self.also))

    @cached_property
    def _numbers(self) -> dict[bytes, bytes]:
        return {path: b"%d" % number for number, path in enumerate((*self.paths, *sorted(self.also)))}

    def numbered(self, path: bytes) -> bytes:
        """A path with the number of its entry in place of that and of the folders around; empty for what is not held.

        The files that are only needed have the numbers after those of the entries.
        """
        if path in self._numbers:
            return self._numbers[path]
        entry = next((folder for folder in above(path) if folder in self._wanted), b"")
        return self._numbers[entry] + path[len(entry) :] if entry else b""

    def holds(self, path: bytes) -> bool:
        """Whether a path is one of the entries or below one."""
        return path in self._wanted or not self._wanted.isdisjoint(above(path))

    def takes(self, path: bytes) -> bool:
        """Whether an archive of the entries has the path: it is held, or a folder on the way to what is."""
        return path in self._around or self.holds(path)
