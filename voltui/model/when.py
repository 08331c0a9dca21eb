"""Moments in time: always aware, always UTC, written as RFC 3339 or as a backup's stamp."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)")
_STAMP = "%Y%m%dT%H%M%SZ"


def now() -> datetime:
    """The current time in UTC, to the second: what backups and journals record."""
    return datetime.now(UTC).replace(microsecond=0)


def parse_time(text: str) -> datetime | None:
    """An RFC 3339 time as engines write it, nanoseconds cut to microseconds.

    ``None`` for an empty or malformed text and for Go's zero time, which engines use for "never".
    """
    match = _RFC3339.fullmatch(text)
    if match is None or text.startswith("0001-"):
        return None
    seconds, fraction, zone = match.groups()
    micros = (fraction or "")[:6].ljust(6, "0")
    return datetime.fromisoformat(f"{seconds}.{micros}{'+00:00' if zone == 'Z' else zone}").astimezone(UTC)


def format_time(when: datetime) -> str:
    """``2026-11-24T03:15:02Z``."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp(when: datetime) -> str:
    """``20261124T031502Z``: the time part of a backup's id."""
    return when.astimezone(UTC).strftime(_STAMP)
