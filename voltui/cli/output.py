"""What commands print: tables, JSON documents, errors."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from typing import Any

import click

from voltui.model.errors import VoltuiError
from voltui.model.text import cell_width, middle_cut

_LEAST_COLUMN = 8
"""Cells that a column keeps on a narrow terminal."""


def print_json(document: Any) -> None:
    """Print one JSON document to standard output. Dataclasses, enums and times are turned into JSON."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))


def print_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), nothing: str = ""
) -> None:
    """Print rows in columns, those numbered in ``right`` aligned right. The texts must be safe for a terminal.

    Where there are no rows, the sentence ``nothing`` says so on standard error instead.
    """
    if not rows and nothing:
        click.echo(nothing, err=True)
        return
    table = [list(header), *map(list, rows)]
    widths = [max(cell_width(row[column]) for row in table) for column in range(len(header))]
    if sys.stdout.isatty():
        _narrow(widths, shutil.get_terminal_size().columns)
    for row in table:
        cells = [
            _padded(middle_cut(cell, widths[column]), widths[column], column in right)
            for column, cell in enumerate(row)
        ]
        click.echo("  ".join(cells).rstrip())


def _narrow(widths: list[int], room: int) -> None:
    """Take from the widest columns until the rows fit a person's terminal. A pipe gets everything."""
    while (over := sum(widths) + 2 * (len(widths) - 1) - room) > 0:
        widest = max(widths)
        if widest <= _LEAST_COLUMN:
            return
        second = max((width for width in widths if width < widest), default=_LEAST_COLUMN)
        at = widths.index(widest)
        widths[at] = max(widest - over, min(second, widest - 1), _LEAST_COLUMN)


def print_error(error: VoltuiError, *, as_json: bool) -> None:
    """One sentence and a hint on standard error; with ``as_json`` also the document on standard output."""
    click.echo(f"voltui: {error.sentence}", err=True)
    if error.hint:
        click.echo(f"        {error.hint}", err=True)
    if as_json:
        print_json({"error": {**error.to_json(), "exit_code": error.exit_code}})


def is_terminal() -> bool:
    """Whether a person reads standard error."""
    return sys.stderr.isatty()


def _padded(text: str, width: int, right: bool) -> str:
    blank = " " * (width - cell_width(text))
    return blank + text if right else text + blank
