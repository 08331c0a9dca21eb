"""Short forms of names, ages and times for narrow columns."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400


def cell_width(text: str) -> int:
    """How many terminal cells ``text`` takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def middle_cut(text: str, width: int, ellipsis: str = "…") -> str:
    """``text`` in at most ``width`` cells, cut in the middle: names differ at both ends."""
    if cell_width(text) <= width:
        return text
    room = width - cell_width(ellipsis)
    if room <= 0:
        return ellipsis[:width]
    tail = take(text[::-1], room // 2)[::-1]
    head = take(text, room - cell_width(tail))
    return head + ellipsis + tail


def end_cut(text: str, width: int, ellipsis: str = "…") -> str:
    """``text`` in at most ``width`` cells, cut at the end: for prose and lists."""
    if cell_width(text) <= width:
        return text
    room = width - cell_width(ellipsis)
    return take(text, room) + ellipsis if room > 0 else ellipsis[:width]


def take(text: str, width: int) -> str:
    """The beginning of ``text`` that fits into ``width`` cells."""
    used = 0
    for index, char in enumerate(text):
        used += _char_width(char)
        if used > width:
            return text[:index]
    return text


def short_age(seconds: float) -> str:
    """An age or duration in at most five cells: ``now``, ``40 s``, ``12 min``, ``3 h``, ``9 d``, ``2 y``."""
    if seconds < 1:
        return "now"
    for limit, unit, name in (
        (_MINUTE, 1, "s"),
        (_HOUR, _MINUTE, "min"),
        (2 * _DAY, _HOUR, "h"),
        (2 * _YEAR, _DAY, "d"),
    ):
        if seconds < limit:
            return f"{int(seconds // unit)} {name}"
    return f"{int(seconds // _YEAR)} y"


def age(when: datetime, now: datetime | None = None) -> str:
    """How long ago ``when`` was, in `short_age` form; ``now`` below a minute, and for times of a clock that is ahead.

    Seconds would be wrong a second later, and a screen that counts them is never quiet.
    """
    seconds = ((now or datetime.now(UTC)) - when).total_seconds()
    return "now" if seconds < _MINUTE else short_age(seconds)


def clock_time(when: datetime, *, seconds: bool = False) -> str:
    """``2026-11-24 03:15 UTC``, or ``2026-11-24 03:15:02 UTC``."""
    return when.astimezone(UTC).strftime(f"%Y-%m-%d %H:%M{':%S' if seconds else ''} UTC")


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 file``, ``3,104 files``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(names: list[str], most: int = 3) -> str:
    """``a, b and c``; more than ``most`` names end in ``and 4 more``."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
