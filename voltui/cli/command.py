"""Commands that refuse, before anything is done, what an unset variable of a script makes of an argument: nothing."""

from __future__ import annotations

import click

from voltui.model.errors import Usage


def count(text: str) -> int:
    """How many of something: none can't be meant, since the option can be left out. Raises `click.BadParameter`."""
    found = int(text) if text.isascii() and text.isdigit() else 0
    if found < 1:
        raise click.BadParameter(f"{text} is no number from 1 upwards.")
    return found


class Command(click.Command):
    """A command none of whose arguments and options may be given as an empty text."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does. Raises `Usage` for an empty value."""
        refuse_empty(self, ctx, args)
        return super().parse_args(ctx, args)


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
