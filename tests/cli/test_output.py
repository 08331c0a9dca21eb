"""Tables on a person's terminal."""

from __future__ import annotations

from voltui.cli.output import _narrow


def test_the_widest_columns_give_way_on_a_narrow_terminal() -> None:
    widths = [60, 10, 40]
    _narrow(widths, 80)
    assert sum(widths) + 4 <= 80
    assert widths[1] == 10


def test_a_terminal_too_narrow_for_anything_does_not_hang() -> None:
    widths = [60, 10, 40]
    _narrow(widths, 5)
    assert min(widths) == 8
