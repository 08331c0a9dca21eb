"""Lines of spans turned into what Textual paints."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from voltui.ui import palette
from voltui.ui.glyphs import encodable
from voltui.ui.spans import Line, fit


def strip_of(spans: Line, width: int, over: Style | None = None) -> Strip:
    """The line as a strip of exactly ``width`` cells; ``over`` is laid over every span's own style."""
    segments = []
    for text, name in fit(spans, width):
        style = palette.style(name)
        segments.append(Segment(encodable(text), style + over if over is not None else style))
    return Strip(segments, width)
