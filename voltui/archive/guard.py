"""Which members an archive may hold: relative, below their root, each path once, never through a link.

A symlink may point anywhere: it is data, and no member may be reached through it. Hard links must stay inside.
"""

from __future__ import annotations

from collections.abc import Callable

from voltui.archive.entry import ROOT, Entry
from voltui.model.errors import Damaged
from voltui.model.kinds import DIR, LINK, SYMLINK
from voltui.model.safe import safe_path

_NO_NAMES = (b"", b".", b"..")


class TreeGuard:
    """For archives of VolTUI's own form: the root first, then depth first, as GNU tar and Docker walk a tree.

    The order makes the check cheap: only the open directories and the names seen in them are held, so that
    an archive of any size needs memory for its widest branch only.
    """

    def __init__(self) -> None:
        self._open: list[tuple[bytes, set[bytes]]] = []
        self._symlinks: set[bytes] = set()

    def check(self, entry: Entry) -> None:
        """Raise `Damaged` where the entry does not belong where it stands."""
        path = entry.path
        if path == ROOT:
            return self._root(entry)
        parent, _, name = path.rpartition(b"/")
        if path.startswith(b"/") or name in _NO_NAMES:
            raise Damaged(f"The archive holds the name {safe_path(path)}, which leaves the archive.")
        while self._open and self._open[-1][0] != parent:
            self._open.pop()
        if not self._open:
            raise Damaged(f"The archive holds {safe_path(path)} outside of its directory.")
        names = self._open[-1][1]
        if name in names:
            raise Damaged(f"The archive holds {safe_path(path)} twice.")
        names.add(name)
        if entry.type == DIR:
            self._open.append((path, set()))
        elif entry.type == SYMLINK:
            self._symlinks.add(path)
        elif entry.type == LINK:
            check_link(entry, self._symlinks.__contains__)
        return None

    def _root(self, entry: Entry) -> None:
        if self._open or entry.type != DIR:
            raise Damaged("The archive's root is not its first member.")
        self._open.append((b"", set()))


class LooseGuard:
    """For archives from elsewhere: any order, directories may be missing. Holds every path it has seen."""

    def __init__(self) -> None:
        self._seen: dict[bytes, bool] = {}
        """Path to whether members may stand below it."""

    def check(self, entry: Entry) -> None:
        """Raise `Damaged` where the entry could leave the archive's root or overwrite another."""
        path = entry.path
        parts = path.split(b"/")
        if path != ROOT and any(part in _NO_NAMES for part in parts):
            raise Damaged(f"The archive holds the name {safe_path(path)}, which leaves the archive.")
        if path in self._seen:
            raise Damaged(f"The archive holds {safe_path(path)} twice.")
        if path == ROOT and entry.type != DIR:
            raise Damaged("The archive's root is no directory.")
        parent = path
        while (slash := parent.rfind(b"/")) > 0:
            parent = parent[:slash]
            if not self._seen.get(parent, True):
                raise Damaged(f"The archive holds {safe_path(path)} below {safe_path(parent)}, which is no directory.")
        if entry.type == LINK:
            check_link(entry, lambda above: not self._seen.get(above, True))
            if self._seen.get(entry.link, True):
                raise Damaged(
                    f"The archive links {safe_path(path)} to {safe_path(entry.link)}, which is no file in it."
                )
        self._seen[path] = entry.type == DIR


def check_link(entry: Entry, leads_away: Callable[[bytes], bool]) -> None:
    """Raise `Damaged` where a hard link's target is not a path inside the archive.

    ``leads_away`` tells of a path whether nothing can be below it: a link through a symlink would leave the archive.
    """
    parts = entry.link.split(b"/")
    above = (b"/".join(parts[:count]) for count in range(1, len(parts)))
    if any(part in _NO_NAMES for part in parts) or any(map(leads_away, above)):
        raise Damaged(f"The archive links {safe_path(entry.path)} to {safe_path(entry.link)}, outside of it.")
