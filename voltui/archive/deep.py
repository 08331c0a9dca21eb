"""Paths that are longer than the kernel takes at once: PATH_MAX, 4,096 bytes with the end mark (limits.h).

GNU tar reads such a tree, folder by folder, but extracts by the whole name. So it is extracted in several runs: the
first leaves out what is too long, each other begins in a folder that stands by then, its base.
"""

from __future__ import annotations

from collections.abc import Sequence

from voltui.archive.entry import ROOT, Entry
from voltui.model.errors import Refused
from voltui.model.kinds import LINK
from voltui.model.safe import safe_path
from voltui.model.text import middle_cut

LONGEST = 4_000
"""Bytes of a path that are surely taken at once, whatever stands before it."""
_MOST_BASES = 64
"""Each is another run through the whole archive."""
_MOST_WORDS = 60
_SHORTEN = "Shorten the paths, then back up anew."


def steps(path: bytes) -> list[bytes]:
    """The path in pieces that the kernel takes at once, each from where the one before leads to."""
    pieces = []
    while len(path) > LONGEST and (cut := path.rfind(b"/", 0, LONGEST + 1)) > 0:
        pieces.append(path[:cut])
        path = path[cut + 1 :]
    return [*pieces, path]


def base_of(path: bytes) -> bytes:
    """The folder from which a path can be reached: empty, the root, for all that are not too long."""
    return b"/".join(steps(path)[:-1]) if len(path) > LONGEST else b""


class Bases:
    """Collects the bases of a tree."""

    def __init__(self) -> None:
        self._found: set[bytes] = set()

    def see(self, entry: Entry) -> None:
        """Take in an entry. Raises `Refused` where it can't be extracted in this way."""
        if len(entry.path) <= LONGEST and len(entry.link) <= LONGEST:
            return
        base = base_of(entry.path)
        name = middle_cut(safe_path(entry.path), _MOST_WORDS)
        if entry.type == LINK and base_of(entry.link) != base:
            raise Refused(
                f"The hard link {name} and its other name have paths too far from each other for tar.",
                _SHORTEN,
            )
        if base:
            self._found.add(base)
        if not _is_utf8(base):
            raise Refused(
                f"{name} has a path of over {LONGEST:,} bytes that is not UTF-8, and an engine takes no such.",
                _SHORTEN,
            )
        if len(self._found) > _MOST_BASES:
            raise Refused(
                f"More than {_MOST_BASES} folders hold paths of over {LONGEST:,} bytes, such as {name}.",
                _SHORTEN,
            )

    def found(self) -> tuple[bytes, ...]:
        """The bases, each after those that lead to it."""
        return tuple(sorted(self._found, key=len))


def _is_utf8(path: bytes) -> bool:
    try:
        path.decode()
    except UnicodeDecodeError:
        return False
    return True


def parts(bases: Sequence[bytes]) -> list[TarPart | None]:
    """What the runs extract, one after the other; ``None`` is all of it, where there are no bases."""
    return [TarPart(base) for base in (b"", *bases)] if bases else [None]


class TarPart:
    """What one of the runs extracts: all that has this base, and the base itself as its root, since making files in it
    alters its time."""

    def __init__(self, base: bytes) -> None:
        self._base = base

    @property
    def way(self) -> tuple[str, ...]:
        """The way to its base, for `voltui.engine.tools.extract_tree`."""
        return tuple(piece.decode() for piece in steps(self._base)) if self._base else ()

    def holds(self, path: bytes) -> bool:
        """Whether the entry of this path belongs to it."""
        return base_of(path) == self._base or (bool(self._base) and path == self._base)

    def placed(self, entry: Entry) -> Entry:
        """The entry as it is from the base."""
        link = self._inside(entry.link) if entry.type == LINK else entry.link
        return entry._replace(path=self._inside(entry.path), link=link)

    def _inside(self, path: bytes) -> bytes:
        return ROOT if path == self._base else path.removeprefix(self._base + b"/") if self._base else path
