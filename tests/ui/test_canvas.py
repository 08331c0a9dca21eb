"""Of what Textual writes only what differs reaches the terminal, and what that shows is the same."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voltui.ui.canvas import Canvas

WIDTH, HEIGHT = 20, 5


def update(*pieces: tuple[int, int, list[tuple[str, str]]]) -> str:
    """Pieces of text where they belong, in their styles, and the cursor at rest, as Textual writes them."""
    written, last = "", max(row for row, _, _ in pieces)
    for row, column, texts in sorted(pieces, key=lambda piece: piece[0]):
        styled = (f"\x1b[{style}m{text}\x1b[0m" if style else text for text, style in texts)
        written += f"\x1b[{row + 1};{column + 1}H{''.join(styled)}" + ("\n" if row != last else "")
    return written + "\x1b[1;1H"


class Shown:
    """A terminal that gets everything, and one that gets what differs."""

    def __init__(self) -> None:
        self.canvas = Canvas()
        self.all, self.frugal = (pyte.Screen(WIDTH, HEIGHT) for _ in range(2))
        for screen in (self.all, self.frugal):
            screen.reset_mode(pyte.modes.DECAWM)
        self._streams = pyte.Stream(self.all), pyte.Stream(self.frugal)

    def write(self, data: str) -> str:
        left = self.canvas.written(data, WIDTH, HEIGHT)
        for stream, text in zip(self._streams, (data, left), strict=True):
            stream.feed(text)
        return left

    def check(self) -> None:
        for row in range(HEIGHT):
            for column in range(WIDTH):
                assert self.frugal.buffer[row][column] == self.all.buffer[row][column], (row, column)
        assert (self.frugal.cursor.y, self.frugal.cursor.x) == (self.all.cursor.y, self.all.cursor.x)


STYLES = st.sampled_from(["", "1", "7", "2;39;49", "1;36", "38;2;39;49;39", "48;5;49", "39;49"])
TEXTS = st.text("ab  ●漢é", min_size=1, max_size=9)


@st.composite
def pieces(draw: st.DrawFn) -> tuple[int, int, list[tuple[str, str]]]:
    return (
        draw(st.integers(0, HEIGHT - 1)),
        draw(st.integers(0, WIDTH // 2)),
        draw(st.lists(st.tuples(TEXTS, STYLES), min_size=1, max_size=3)),
    )


@given(st.lists(st.lists(pieces(), min_size=1, max_size=4), min_size=1, max_size=6))
def test_whatever_is_written_the_terminal_shows_the_same(
    updates: list[list[tuple[int, int, list[tuple[str, str]]]]],
) -> None:
    shown = Shown()
    for one in updates:
        fitting = [(row, column, texts) for row, column, texts in one if _fits(column, texts)]
        if fitting:
            shown.write(update(*fitting))
            shown.check()


def _fits(column: int, texts: list[tuple[str, str]]) -> bool:
    return column + sum(2 if char == "漢" else 1 for text, _ in texts for char in text) <= WIDTH


def test_what_is_shown_already_is_not_written_again() -> None:
    shown = Shown()
    line = (1, 0, [("name".ljust(WIDTH), ""), ("", "")])
    shown.write(update(line))
    assert shown.write(update(line)) == ""
    assert shown.write(update((1, 0, [("name".ljust(WIDTH), "39;49")]))) == ""
    assert len(shown.write(update((1, 0, [("nome".ljust(WIDTH), "")])))) < 16


def test_blanks_at_the_end_of_a_line_are_erased_instead() -> None:
    shown = Shown()
    assert shown.write(update((2, 0, [("a".ljust(WIDTH), "")]))) == "\x1b[3;1Ha\x1b[K\x1b[1;1H"
    shown.check()


@pytest.mark.parametrize("data", ["\x1b[?2026h", "\x1b]52;c;eA==\x07", "\x07", "\x1b[?25l", "\x1b[>1u"])
def test_what_changes_no_cell_passes_and_leaves_what_is_known(data: str) -> None:
    shown = Shown()
    line = update((0, 0, [("name", "")]))
    shown.write(line)
    assert shown.canvas.written(data, WIDTH, HEIGHT) == data
    assert shown.write(line) == ""


@pytest.mark.parametrize("data", ["\x1b[?1049h", "\x1b[2J", "text of somebody else", "\x1b[3A"])
def test_after_anything_else_all_is_written_again(data: str) -> None:
    shown = Shown()
    line = update((0, 0, [("name", "")]))
    shown.write(line)
    assert shown.canvas.written(data, WIDTH, HEIGHT) == data
    assert shown.canvas.written(line, WIDTH, HEIGHT) == line


def test_what_was_made_for_a_larger_terminal_is_cut_rather_than_written_over_the_last_line_and_column() -> None:
    shown = Shown()
    shown.write(update((0, 0, [("x" * (WIDTH + 5), "")]), (HEIGHT, 0, [("below", "")])))
    assert shown.frugal.display == ["x" * WIDTH, *[" " * WIDTH] * (HEIGHT - 1)]
