"""What all commands have: examples in their help, and no argument that an unset variable of a script made empty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from voltui.model.errors import Usage

EXIT_CODES = (
    ("0", "Done."),
    ("1", "Failed; of `voltui diff`: something differs."),
    ("2", "Wrong usage."),
    ("3", "The engine can't be reached."),
    ("4", "Not found."),
    ("5", "Refused: in use, read-only, not confirmed."),
    ("6", "A damaged backup or archive."),
    ("130", "Cancelled."),
)

Examples = Sequence[tuple[str, str]]
"""Command lines, without ``voltui``, and what each does."""


class Command(click.Command):
    """A command with examples, none of whose arguments and options may be given as an empty text."""

    def __init__(self, *args: Any, examples: Examples = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.examples = tuple((f"voltui {line}", said) for line, said in examples)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does. Raises `Usage` for an empty value."""
        refuse_empty(self, ctx, args)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its own options, then those that `voltui` has itself."""
        root = ctx.find_root()
        everywhere = {
            "--help",
            *(opt for parameter in root.command.params for opt in parameter.opts if ctx is not root),
        }
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is not None:
                (own if everywhere.isdisjoint(parameter.opts) else shared).append(record)
        for heading, records in (("Options", own), ("Options of all commands", shared)):
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples."""
        if self.examples:
            with formatter.section("Examples"):
                formatter.write_dl(self.examples)


def refuse_empty(command: click.Command, ctx: click.Context, args: list[str]) -> None:
    """Raise `Usage` where a parameter of the command is an empty text: ``"$UNSET"``, most likely.

    The texts are looked at as they came: an empty path would be the present directory.
    """
    if ctx.resilient_parsing:  # completion: what is empty there is not typed yet
        return
    given = command.make_parser(ctx).parse_args(list(args))[0]
    for parameter in command.get_params(ctx):
        value = given.get(parameter.name or "")
        if value == "" or (isinstance(value, list | tuple) and "" in value):
            raise Usage(f"{_shown(parameter, ctx)} is empty.", "An unset variable, most likely: nothing was done.")


def _shown(parameter: click.Parameter, ctx: click.Context) -> str:
    """``--store``, or an argument's name without the signs of its being optional or repeated."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.make_metavar(ctx).strip("[]….")


def count(text: str) -> int:
    """How many of something: none can't be meant, since the option can be left out. Raises `click.BadParameter`."""
    found = int(text) if text.isascii() and text.isdigit() else 0
    if found < 1:
        raise click.BadParameter(f"{text} is no number from 1 upwards.")
    return found
