"""What a look through an index tells before anything is extracted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from voltui.archive.deep import LONGEST, Bases
from voltui.archive.entry import parse_index_line
from voltui.archive.index import IndexLines
from voltui.archive.unpack import check_file
from voltui.model.backup import Part
from voltui.model.errors import NotFound, Refused
from voltui.model.kinds import LINK
from voltui.model.safe import safe_path
from voltui.model.selection import Selection

if TYPE_CHECKING:
    from voltui.archive.seal import Key

_SHORTER = "Take the folder that it is in out of the whole: restore the backup into a new volume."
_TRUSTED, _LINK = b'"trusted.', b'"type":"link"'


class Scan(Struct, frozen=True):
    """How an archive has to be extracted."""

    trusted: bool
    """Whether it holds trusted.* attributes, which only a privileged helper can set."""
    linked: frozenset[bytes]
    """The paths that hard links name: the first of each group."""
    bases: tuple[bytes, ...]
    """Where further runs begin, see `voltui.archive.deep`; empty where one does."""


def scan(index: Path, expected: Part, key: Key | None) -> Scan:
    """Look through an index, which must be whole first. Raises `Damaged`, or `Refused` for what tar can't extract."""
    trusted, linked, bases = False, set(), Bases()

    def see(line: bytes) -> None:
        nonlocal trusted
        trusted = trusted or _TRUSTED in line
        if _LINK in line:
            linked.add(parse_index_line(line).link)
        if len(line) > LONGEST:
            bases.see(parse_index_line(line))

    _each_line(index, expected, key, see)
    return Scan(trusted, frozenset(linked), bases.found())


class Chosen(Struct, frozen=True):
    """What a selection is of an archive."""

    selection: Selection
    """With the files that hard links among it need."""
    size: int
    """Bytes of content."""
    entries: int
    trusted: bool


def choose(index: Path, expected: Part, key: Key | None, selection: Selection) -> Chosen:
    """Find the selection in an index, which must be whole first. Raises `NotFound` where a part of it is not there.

    Also `Damaged`, and `Refused` for a path that is too long to be extracted by itself.
    """
    missing, also = set(selection.paths), set()
    size, entries, trusted = 0, 0, False

    def see(line: bytes) -> None:
        nonlocal size, entries, trusted
        entry = parse_index_line(line)
        if not selection.holds(entry.path):
            return
        if len(entry.path) > LONGEST:
            raise Refused(f"The path of {safe_path(entry.path[:LONGEST])} is too long by itself.", _SHORTER)
        missing.discard(entry.path)
        size, entries, trusted = size + entry.size, entries + 1, trusted or _TRUSTED in line
        if entry.type == LINK and not selection.holds(entry.link):
            also.add(entry.link)

    _each_line(index, expected, key, see)
    if missing:
        raise not_there(missing)
    return Chosen(replace(selection, also=frozenset(also)), size, entries, trusted)


def not_there(missing: set[bytes]) -> NotFound:
    """That a path is not where it was looked for."""
    return NotFound(f"There is no /{safe_path(min(missing))} in it.", "`voltui files` lists what there is.")


def _each_line(index: Path, expected: Part, key: Key | None, see: Callable[[bytes], object]) -> None:
    check_file(index, expected)
    lines = IndexLines(index, key)
    try:
        for line in iter(lines.next_line, b""):
            see(line)
    finally:
        lines.close()
