"""The backups of one source in their order: how large each was, and in full what is known of each."""

from __future__ import annotations

from collections.abc import Sequence

from voltui.format import ago, since, size
from voltui.model.backup import Backup
from voltui.model.text import clock_time, plural
from voltui.ui.glyphs import glyphs
from voltui.ui.spans import Line, Span
from voltui.ui.views.base import LABEL_WIDTH, NARROW, labelled, under
from voltui.ui.views.words import standing

_LEAST = 10
"""Signs that a line of sizes has room for whatever stands beside it."""


def levels(sizes: Sequence[int]) -> str:
    """A sign for each size, from nothing to the largest."""
    signs = glyphs().levels
    most = max(sizes, default=0) or 1
    return "".join(signs[min(one * len(signs) // most, len(signs) - 1)] for one in sizes)


def size_lines(backups: Sequence[Backup], current: Backup, width: int) -> list[Line]:
    """``sizes ▁▂▃▄▅  12 backups, 9.8 GB, oldest 30 d ago``: the oldest first, the current one reversed.

    Where that is narrow the words have a line of their own.
    """
    total = size(disk_used(backups))
    words = f"  {plural(len(backups), 'backup')}, {total}, oldest {ago(backups[-1].started)}"
    beside = "" if width < NARROW else words
    room = max(width - LABEL_WIDTH - 2 - len(beside), _LEAST)
    shown = list(reversed(backups[:room]))
    signs = levels([one.archive.size for one in shown])
    parts = [Span(sign, "cursor" if one.id == current.id else "accent") for one, sign in zip(shown, signs, strict=True)]
    first = labelled("sizes", *parts, Span(beside, "dim"))
    return [first] if beside else [first, under(Span(words.strip(), "dim"))]


def time_line(backups: Sequence[Backup], current: Backup) -> list[Line]:
    """A line for each, the newest first: when, how large, what the writers did, whether it was read back."""
    lines: list[Line] = []
    for one in backups:
        here = one.id == current.id
        words = f"{since(one.started):>6}  {size(one.archive.size):>9}  {one.writers:<14}  "
        sealed = "  encrypted" if one.encrypted else ""
        when = Span(f"{glyphs().cursor if here else ' '} {clock_time(one.started)}", "bold" if here else "")
        lines.append(labelled("all" if not lines else "", when, words, standing(one), sealed))
    return lines


def disk_used(backups: Sequence[Backup]) -> int:
    """Bytes that they take in the store."""
    return sum(backup.archive.size + backup.index.size for backup in backups)
