"""The names of styles and what they look like.

Colours are the terminal's own sixteen: they fit its theme, need few bytes on a slow line, and nothing is said by
colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style

STYLES: Mapping[str, Style] = {
    "": Style.null(),
    "dim": Style(dim=True),
    "bold": Style(bold=True),
    "head": Style(dim=True),
    "accent": Style(color="cyan"),
    "key": Style(color="cyan", bold=True),
    "good": Style(color="green"),
    "warn": Style(color="yellow"),
    "bad": Style(color="red", bold=True),
    "cursor": Style(reverse=True),
    "tab": Style(bold=True, reverse=True),
    "mark": Style(color="yellow", bold=True),
}
"""What each style name looks like."""
