"""What a look through an index tells before anything is extracted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voltui.archive.deep import LONGEST, Bases
from voltui.archive.entry import parse_index_line
from voltui.archive.index import IndexLines
from voltui.archive.unpack import check_file
from voltui.model.backup import Part

if TYPE_CHECKING:
    from voltui.archive.seal import Key

_TRUSTED, _LINK = b'"trusted.', b'"type":"link"'


@dataclass(frozen=True, slots=True)
class Scan:
    """How an archive has to be extracted."""

    trusted: bool
    """Whether it holds trusted.* attributes, which only a privileged helper can set."""
    linked: frozenset[bytes]
    """The paths that hard links name: the first of each group."""
    bases: tuple[bytes, ...]
    """Where further runs begin, see `voltui.archive.deep`; empty where one does."""


def scan(index: Path, expected: Part, key: Key | None) -> Scan:
    """Look through an index, which must be whole first. Raises `Damaged`, or `Refused` for what tar can't extract."""
    check_file(index, expected)
    lines = IndexLines(index, key)
    trusted, linked, bases = False, set(), Bases()
    try:
        for line in iter(lines.next_line, b""):
            trusted = trusted or _TRUSTED in line
            if _LINK in line:
                linked.add(parse_index_line(line).link)
            if len(line) > LONGEST:
                bases.see(parse_index_line(line))
    finally:
        lines.close()
    return Scan(trusted, frozenset(linked), bases.found())
