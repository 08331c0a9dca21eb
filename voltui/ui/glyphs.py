"""Signs with a meaning, for terminals with and without UTF-8."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache

from msgspec import Struct

from voltui.model.picture import ascii_only
from voltui.model.text import cell_width


class Glyphs(Struct, frozen=True):
    """Signs with a meaning. Each is one cell wide, and none stands without a word that says the same."""

    running: str
    stopped: str
    paused: str
    cursor: str
    mark: str
    folded: str
    """A project whose rows are not listed."""
    opened: str
    rule: str
    bar: str
    bar_half: str
    """The last cell of a bar that ends within it; empty where there is no sign for that."""
    bar_rest: str
    ellipsis: str
    dot: str
    rising: str
    falling: str
    near: str
    """A filter that nothing met as it was typed."""
    levels: str
    """From little to much, for a line of sizes."""
    arrows: tuple[str, str, str, str]
    """The keys that point down, up, left and right."""


UNICODE = Glyphs(
    "●", "○", "‖", ">", "*", "▸", "▾", "─", "█", "▌", "·", "…", "·", "↑", "↓", "≈",
    "▁▂▃▄▅▆▇█", ("↓", "↑", "←", "→"),
)  # fmt: skip
ASCII = Glyphs(
    "+", "o", "=", ">", "*", ")", "v", "-", "#", "", ".", "~", "|", "^", "v", "~",
    "_.-=+*%#", ("Down", "Up", "Left", "Right"),
)  # fmt: skip


def bar(share: float, cells: int) -> str:
    """As much of ``cells`` as ``share`` (0 to 1) is, to half a cell where there is a sign for it."""
    signs = glyphs()
    if not signs.bar_half:
        return signs.bar * round(share * cells)
    whole, half = divmod(round(share * cells * 2), 2)
    return signs.bar * whole + signs.bar_half * half


@cache
def glyphs() -> Glyphs:
    """The glyphs that this terminal's encoding has."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    utf8 = "utf-8" in named.lower() or "utf8" in named.lower()
    return UNICODE if utf8 else ASCII


def encodable(text: str) -> str:
    """A text with ``?`` for what this terminal's encoding has not, as wide as it was: names are of any language."""
    if text.isascii() or glyphs() is UNICODE:
        return text
    return "".join(char if char.isascii() else "?" * cell_width(char) for char in text)


def plain_lines(texts: Iterable[str]) -> list[str]:
    """A drawing's texts as this terminal can show them."""
    return list(map(ascii_only, texts)) if glyphs() is ASCII else list(texts)
