"""The drawing of the mount graph as SVG: text that can be selected, lines that scale, nothing from elsewhere.

It is the layout of the terminal's drawing, cell by cell, in the reader's own monospace font. A text is stretched to the
cells that it takes there, so that a wider font reaches no line. Light and dark follow the reader's setting.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from voltui.model.drawing import heading
from voltui.model.graph import MountGraph
from voltui.model.layout import Layers
from voltui.model.picture import Row
from voltui.model.text import cell_width

_CELL, _LINE, _MARGIN = 8, 20, 16
"""Pixels: the width of a cell, the height of a line, what is left free around all."""
_UNCUT = 2_000
"""A width in cells at which no name is cut."""
_STYLE = """
    svg { color-scheme: light dark; background: #ffffff; }
    text { font: 13px monospace; fill: #1f2328; white-space: pre; }
    .heading { font-weight: bold; }
    path { fill: none; stroke: #57606a; stroke-width: 1.2; }
    .readonly { stroke-dasharray: 4 3; }
    .arrow { fill: #57606a; }
    @media (prefers-color-scheme: dark) {
      svg { background: #0d1117; }
      text { fill: #e6edf3; }
      path { stroke: #9198a1; }
      .arrow { fill: #9198a1; }
    }
"""
_LEFTWARDS, _UPWARDS, _DOWNWARDS = "─┄═┼┬", "│├└┼", "│┬├┼"
"""The signs whose line reaches that side of their cell."""
_ACROSS = "─┄═┬├└┼"
"""Those whose line reaches the right side."""
_CLASSES = {"┄": "readonly", "═": "taken"}


def svg(graph: MountGraph) -> str:
    """All groups, one below the other."""
    body: list[str] = []
    y = columns = 0
    for part in map(graph.part, graph.groups):
        title, rows = heading(part), Layers(part).picture(_UNCUT).rows
        body.append(_text(title, 0, y, "heading"))
        for row in rows:
            y += 1
            body += _row(row, y)
        columns = max(columns, cell_width(title), *(cell_width(row.text) for row in rows))
        y += 2
    width, height = columns * _CELL + 2 * _MARGIN, max(y - 1, 1) * _LINE + 2 * _MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="{-_MARGIN} {-_MARGIN} {width} {height}">',
            "<title>Which containers touch which data</title>",
            f"<style>{_STYLE}</style>",
            *body,
            "</svg>",
        ]
    )


def _row(row: Row, y: int) -> Iterator[str]:
    start = cell_width(row.left)
    if row.left:
        yield _text(row.left, 0, y)
    if row.right:
        yield _text(row.right, start + cell_width(row.wires), y)
    yield from _lines(row.wires, start, y)


def _lines(wires: str, start: int, y: int) -> Iterator[str]:
    """The lines of one row: each run of a style, then what goes up and down."""
    middle = y * _LINE + _LINE // 2
    for style, first, last in _runs(wires):
        left = (start + first) * _CELL + (0 if wires[first] in _LEFTWARDS else _CELL // 2)
        right = (start + last + 1) * _CELL
        for offset in (-2, 2) if style == "═" else (0,):
            yield _path(f"M{left} {middle + offset}H{right}", _CLASSES.get(style, "mount"))
    for at, char in enumerate(wires):
        x = (start + at) * _CELL + _CELL // 2
        if char in _UPWARDS or char in _DOWNWARDS:
            top = y * _LINE if char in _UPWARDS else middle
            yield _path(f"M{x} {top}V{(y + 1) * _LINE if char in _DOWNWARDS else middle}", "mount")
        elif char == "▶":
            yield _path(f"M{x - 4} {middle - 4}L{x + 4} {middle}L{x - 4} {middle + 4}Z", "arrow")


def _runs(wires: str) -> Iterator[tuple[str, int, int]]:
    """The lines across: their style, first and last cell. A branch or a crossing is in the style of what follows it."""
    styles = []
    style = "─"
    for char in reversed(wires):
        style = char if char in _CLASSES or char == "─" else style
        styles.append(style if char in _ACROSS else "")
    for style, cells in groupby(enumerate(reversed(styles)), key=lambda one: one[1]):
        places = [at for at, _ in cells]
        if style:
            yield style, places[0], places[-1]


def _text(text: str, column: int, y: int, kind: str = "node") -> str:
    baseline = y * _LINE + _LINE * 7 // 10
    length = cell_width(text) * _CELL
    return (
        f'<text class="{kind}" x="{column * _CELL}" y="{baseline}" textLength="{length}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
    )


def _path(shape: str, kind: str) -> str:
    return f'<path class="{kind}" d="{shape}"/>'
