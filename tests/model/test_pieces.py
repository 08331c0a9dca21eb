"""A long file a piece at a time: nothing of a text is cut within a line, and nothing is left out between pieces."""

from __future__ import annotations

import pytest

from voltui.model.pieces import last_start, piece_of

LINES = b"".join(b"line %d\n" % number for number in range(500))


def read(start: int, asked: int = 100, *, lines: bool = True, within: bool = False) -> tuple[int, bool, bytes]:
    data = LINES[start : start + asked]
    piece, shown = piece_of(data, start, len(LINES), asked=asked, lines=lines, within_a_line=within)
    assert shown == LINES[piece.start : piece.end]
    return piece.end, piece.last, shown


def test_pieces_of_whole_lines_are_together_the_file() -> None:
    at, last, all_of_it = 0, False, b""
    while not last:
        at, last, shown = read(at)
        assert shown.endswith(b"\n")
        all_of_it += shown
    assert all_of_it == LINES


def test_a_piece_that_begins_within_a_line_begins_with_the_next_one() -> None:
    _, last, shown = read(last_start(len(LINES), 100), within=True)
    assert last
    assert shown.startswith(b"line ")
    assert read(3, lines=False, within=True)[2] == LINES[3:103]


@pytest.mark.parametrize("total", [1, 99, 100, 101, 115, 116, 117, 10_000])
def test_the_last_piece_reaches_the_end(total: int) -> None:
    start = last_start(total, 100)
    assert start % 16 == 0
    assert total - 100 <= start <= max(total - 84, 0)


def test_a_file_that_has_shrunk_or_grown_is_as_long_as_it_was_read() -> None:
    assert piece_of(b"abc", 0, 50, asked=100, lines=True)[0].whole
    assert piece_of(b"a" * 100, 0, 50, asked=100, lines=True)[0].total == 100
    assert piece_of(b"", 48, 50, asked=100, lines=True)[0].last
