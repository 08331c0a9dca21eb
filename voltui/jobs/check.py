"""What `voltui doctor` says of one thing that it looked at."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

CheckState = Literal["ok", "warning", "bad"]


class Check(Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    state: CheckState
    words: str
    """How it stands, safe for a terminal."""
    hint: str = ""
    """What to do about it."""
