"""The names of styles and what they look like in each theme.

``ansi`` has the terminal's own sixteen colours on its own ground: they fit whatever it looks like, and need few bytes
on a slow line. ``dark`` and ``light`` have colours and a ground of their own. Nothing is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style

_ANSI: Mapping[str, Style] = {
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
GROUNDS: Mapping[str, tuple[str, str]] = {"dark": ("#d7dce4", "#16191f"), "light": ("#1f2328", "#ffffff")}
"""Of the themes that paint their own: the colour of text, and of what is behind it."""


def _painted(theme: str, *, dim: str, accent: str, good: str, warn: str, bad: str) -> Mapping[str, Style]:
    """The styles of a theme with colours of its own, each on its ground: a dimmed colour is one that can be read."""
    ink, ground = GROUNDS[theme]
    colours = {"dim": dim, "head": dim, "accent": accent, "key": accent, "good": good, "warn": warn, "bad": bad}
    colours["mark"] = warn
    return {
        name: Style(color=colours.get(name, ink), bgcolor=ground, bold=style.bold or None, reverse=style.reverse)
        for name, style in _ANSI.items()
    }


THEMES: Mapping[str, Mapping[str, Style]] = {
    "ansi": _ANSI,
    "dark": _painted("dark", dim="#8b95a5", accent="#6cc7e6", good="#7fce8c", warn="#e3b866", bad="#ff8078"),
    "light": _painted("light", dim="#59636e", accent="#0a5ca8", good="#116329", warn="#7a4b00", bad="#b3101f"),
}
"""What each style name looks like, by theme."""

_current = _ANSI


def use(theme: str) -> None:
    """Draw in this theme from now on: like the glyphs, it is of the terminal that this process draws on."""
    global _current
    _current = THEMES[theme]


def style(name: str) -> Style:
    """What a style name looks like."""
    return _current[name]
