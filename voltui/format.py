"""Sizes, rates and ages as people read them, the same on the command line and on the screen."""

from __future__ import annotations

from datetime import datetime

import humanize

from voltui.model.text import age


def size(count: float) -> str:
    """Bytes in decimal units, one decimal where it says something: ``4.2 GB``, ``12 kB``, ``0 B``."""
    text = humanize.naturalsize(count, format="%.1f")
    return text.replace(".0 ", " ").replace(" Bytes", " B").replace(" Byte", " B")


def rate(per_second: float) -> str:
    """``412 MB/s``."""
    return f"{humanize.naturalsize(per_second, format='%.0f').replace(' Bytes', ' B')}/s"


def ago(when: datetime) -> str:
    """``3 h ago``, ``just now``."""
    text = age(when)
    return "just now" if text == "now" else f"{text} ago"


def since(when: datetime | None, never: str = "never") -> str:
    """How long ago: ``3 h``, or ``never``."""
    return age(when) if when else never
