"""Tables on a person's terminal."""

from __future__ import annotations

import pytest

from voltui.cli.output import _narrow, print_table


def test_the_widest_columns_give_way_on_a_narrow_terminal() -> None:
    widths = [60, 10, 40]
    _narrow(widths, 80)
    assert sum(widths) + 4 <= 80
    assert widths[1] == 10


def test_a_terminal_too_narrow_for_anything_does_not_hang() -> None:
    widths = [60, 10, 40]
    _narrow(widths, 5)
    assert min(widths) == 8


def test_where_there_is_nothing_to_list_a_sentence_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("NAME",), [], nothing="There are no volumes.")
    assert capsys.readouterr() == ("", "There are no volumes.\n")
    print_table(("NAME",), [])
    assert capsys.readouterr() == ("NAME\n", "")
