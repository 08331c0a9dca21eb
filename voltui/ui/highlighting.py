"""Colours for text by what it is: source code by Textual's highlighter, logs by the words of their levels.

The highlighter is loaded when a file is looked at: it would delay the first screen. Its styles are the names of this
program's own, so that each theme, and a terminal without colours, shows them its way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from voltui.model.safe import safe
from voltui.ui.spans import Line, Span, line

_MOST_COLOURED = 1 << 18
"""Characters that are looked through for colours: more would take longer than one waits for a preview."""
_TAB = 8
_INTERPRETER = re.compile(r"#!\s*(?:\S*/env\s+)?(?:\S*/)?([a-z]+)")
_LEVELS = (
    ("bad", re.compile(r"\b(?:EMERG|ALERT|FATAL|PANIC|CRIT(?:ICAL)?|ERR(?:OR)?|SEVERE)\b")),
    ("warn", re.compile(r"\bWARN(?:ING)?\b")),
    ("dim", re.compile(r"\b(?:DEBUG|TRACE)\b")),
)
_TIME = re.compile(r"\[?\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d\S*|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d")


def coloured(text: str, name: str) -> list[Line]:
    """The text in lines that are safe for a terminal, in colours where the name or a ``#!`` tells what it is."""
    text = text.replace("\r\n", "\n").removesuffix("\n")
    language = _language(text, name) if len(text) <= _MOST_COLOURED else ""
    if language:
        return _lines(_pieces(text, language))
    return [_log_line(one) for one in text.split("\n")]


def _language(text: str, name: str) -> str:
    """What Pygments calls the language of a file; empty where its name tells nothing."""
    from pygments.lexers import find_lexer_class_for_filename

    found = _INTERPRETER.match(text)
    if found:
        return {"sh": "sh", "ash": "sh", "dash": "sh", "node": "javascript"}.get(found[1], found[1])
    lexer = find_lexer_class_for_filename(name)
    return lexer.aliases[0] if lexer is not None and lexer.aliases and lexer.aliases[0] != "text" else ""


def _pieces(text: str, language: str) -> Iterator[tuple[str, str]]:
    """The text in pieces, each with its style."""
    from textual.highlight import highlight

    content = highlight(text, language=language, theme=_theme(), tab_size=_TAB)
    at = 0
    for start, end, style in content.spans:
        if style not in _STYLES or start < at:
            continue
        yield content.plain[at:start], ""
        yield content.plain[start:end], str(style)
        at = end
    yield content.plain[at:], ""


def _lines(pieces: Iterator[tuple[str, str]]) -> list[Line]:
    lines: list[Line] = []
    current: list[Span] = []
    for text, style in pieces:
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append(line(*current))
                current = []
            if part:
                current.append(Span(safe(part.expandtabs(_TAB)), style))
    return [*lines, line(*current)]


def _log_line(text: str) -> Line:
    """A line of plain text; that of a log dims its time, and tells its level by more than the word."""
    shown = safe(text.expandtabs(_TAB))
    style = next((style for style, words in _LEVELS if words.search(shown)), "")
    time = _TIME.match(shown)
    at = time.end() if time else 0
    return line(Span(shown[:at], "dim"), Span(shown[at:], style)) if shown else ()


_STYLES: Sequence[str] = ("dim", "bold", "accent", "good", "warn", "bad")


@cache
def _theme() -> type:
    """Textual's theme of a highlighter, in the names of our styles."""
    from pygments.token import Token
    from textual.highlight import HighlightTheme

    class Theme(HighlightTheme):
        STYLES = {  # noqa: RUF012 - Textual's own form
            Token.Comment: "dim",
            Token.Keyword: "accent",
            Token.Name.Tag: "accent",
            Token.Name.Builtin: "accent",
            Token.Name.Function: "bold",
            Token.Name.Class: "bold",
            Token.Name.Attribute: "warn",
            Token.Name.Decorator: "warn",
            Token.Literal.String: "good",
            Token.Literal.Number: "warn",
            Token.Keyword.Constant: "warn",
            Token.Operator.Word: "accent",
            Token.Generic.Heading: "bold",
            Token.Generic.Subheading: "bold",
            Token.Generic.Deleted: "bad",
            Token.Generic.Inserted: "good",
        }

    return Theme
