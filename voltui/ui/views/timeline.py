"""The backups of one source in their order: how large each was, and in full what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from voltui.format import ago, since, size
from voltui.model.backup import Backup, counted
from voltui.ui.glyphs import glyphs
from voltui.ui.spans import Line, Span, line
from voltui.ui.views.base import LABEL_WIDTH, labelled, paragraph
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

    Where these words leave no room for the sizes they have lines of their own.
    """
    words = f"{counted(backups)}, {size(disk_used(backups))}, oldest {ago(backups[-1].started)}"
    room = width - LABEL_WIDTH - 2
    left = room - len(words) - 2
    beside = left >= min(len(backups), _LEAST)
    signs = size_signs(backups, current, left if beside else room)
    if beside:
        return [labelled("sizes", *signs, Span(f"  {words}", "dim"))]
    return [labelled("sizes", *signs), *paragraph("", words, width, "dim")]


def size_signs(backups: Sequence[Backup], current: Backup, most: int) -> Line:
    """A sign for the size of each of the ``most`` newest, the oldest of these first, the current one reversed."""
    shown = list(reversed(backups[: max(most, 1)]))
    signs = levels([one.archive.size for one in shown])
    return line(
        *(Span(sign, "cursor" if one.id == current.id else "accent") for one, sign in zip(shown, signs, strict=True))
    )


def time_line(backups: Sequence[Backup], current: Backup) -> list[Line]:
    """A line for each, the newest first: when, to the second, how large, what the writers did, whether it was read
    back."""
    lines: list[Line] = []
    for one in backups:
        here = one.id == current.id
        words = f"{since(one.started):>6}  {size(one.archive.size):>9}  {one.writers:<14}  "
        sealed = "  encrypted" if one.encrypted else ""
        when = Span(
            f"{glyphs().cursor if here else ' '} {one.started.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            "bold" if here else "",
        )
        lines.append(labelled("all (UTC)" if not lines else "", when, words, standing(one), sealed))
    return lines


def disk_used(backups: Sequence[Backup]) -> int:
    """Bytes that they take in the store."""
    return sum(backup.archive.size + backup.index.size for backup in backups)
