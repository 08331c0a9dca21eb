"""Styled text without a terminal: what views make and widgets draw.

A span is a text and the name of a style; a line is a row of spans. Texts must be safe for a terminal already.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import NamedTuple

from voltui.model.text import cell_width, middle_cut, take
from voltui.ui.glyphs import glyphs


class Span(NamedTuple):
    """A piece of text in one style."""

    text: str
    style: str = ""
    """One of the names in `voltui.ui.palette`."""


Line = tuple[Span, ...]

EMPTY: Line = ()


def line(*parts: Span | str) -> Line:
    """A line of spans and plain texts; empty parts are left out."""
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts if part != "")


def width_of(spans: Iterable[Span]) -> int:
    """How many cells a line takes."""
    return sum(cell_width(span.text) for span in spans)


def fit(spans: Line, width: int, *, right: bool = False, middle: bool = False) -> Line:
    """The line in exactly ``width`` cells: cut at the end, or in the middle of its first span, or filled up."""
    if width <= 0:
        return EMPTY
    used = width_of(spans)
    if used < width:
        blank = Span(" " * (width - used))
        return (blank, *spans) if right else (*spans, blank)
    if used == width:
        return spans
    if middle and spans:
        first, rest = spans[0], spans[1:]
        room = width - width_of(rest)
        if room > 4:
            return (Span(middle_cut(first.text, room, glyphs().ellipsis), first.style), *rest)
    return _cut(spans, width)


def _cut(spans: Line, width: int) -> Line:
    """The beginning of a line that is too long, with an ellipsis."""
    kept: list[Span] = []
    left = width - 1
    for span in spans:
        if cell_width(span.text) > left:
            piece = take(span.text, left) + glyphs().ellipsis
            return fit((*kept, Span(piece, span.style)), width)
        kept.append(span)
        left -= cell_width(span.text)
    return tuple(kept)


def folded(spans: Line, width: int, indent: int) -> list[Line]:
    """The line in as many as it needs, the further ones indented."""
    lines: list[Line] = []
    current: list[Span] = []
    left = width
    for span in spans:
        text = span.text
        while text:
            piece = take(text, left) or (text[0] if left == width - indent else "")
            if piece:
                current.append(Span(piece, span.style))
                left -= cell_width(piece)
                text = text[len(piece) :]
            if text:
                lines.append(tuple(current))
                current, left = [Span(" " * indent)], width - indent
    return [*lines, tuple(current)]


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` cells, broken at blanks where that is possible."""
    return textwrap.wrap(text, max(width, 1), break_on_hyphens=False) or [""]


def plain(spans: Iterable[Span]) -> str:
    """The text of a line."""
    return "".join(span.text for span in spans)


def spread(left: Line, right: Line, width: int) -> Line:
    """Two parts, one at each end of the width; the left one gives way."""
    room = width - width_of(right)
    return (*fit(left, max(room, 0)), *right) if room > 0 else fit(right, width)


def difference(before: Line, now: Line, width: int) -> tuple[int, int]:
    """The first of ``width`` cells in which two lines differ, and how many there are to the last; 0 where none does."""
    old, new = _cells(fit(before, width)), _cells(fit(now, width))
    others = [cell for cell, (one, other) in enumerate(zip(old, new, strict=False)) if one != other]
    if not others and len(old) == len(new):
        return 0, 0
    first, last = min(others, default=0), max(others, default=width - 1)
    while first and ("" in (old[first][0], new[first][0])):
        first -= 1  # within a wide character
    return first, last + 1 - first


def _cells(spans: Line) -> list[tuple[str, str]]:
    """The text and style of each cell; the second half of a wide character has no text."""
    found: list[tuple[str, str]] = []
    for text, style in spans:
        for char in text:
            cells = cell_width(char)
            if not cells and found:
                found[-1] = (found[-1][0] + char, found[-1][1])
            else:
                found += [(char, style), *[("", style)] * (cells - 1)]
    return found
