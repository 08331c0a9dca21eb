"""``voltui doctor``."""

from __future__ import annotations

import click

from voltui.cli.command import Command
from voltui.cli.context import CliContext, with_options
from voltui.cli.output import print_json
from voltui.jobs.check import Check
from voltui.jobs.doctor import examine
from voltui.jobs.recover import sweep_helpers
from voltui.model.errors import Failed, NoEngine
from voltui.model.text import listed, plural

_MARKS = {"ok": "ok      ", "warning": "warning ", "bad": "BAD     "}


@click.command(cls=Command)
@click.option("--sweep", is_flag=True, help="Remove helper containers that jobs of yours left behind.")
@with_options
def doctor(cli: CliContext, sweep: bool) -> None:
    """Say what works here, and what is left over.

    It looks at engine, transport, leftovers, jobs, store and backups. A line for each: ok, warning or BAD, and below it
    what to do. Exits with 3 where the engine does not answer, with 1 where something else is BAD.
    """
    if sweep:
        cli.refuse_read_only("no helper is removed")
        removed = cli.ask(lambda engine: sweep_helpers(engine, cli.jobs))
        click.echo(f"Removed {plural(removed, 'helper container')}.", err=True)
    checks = cli.ask(lambda engine: examine(engine, cli.store, cli.jobs))
    if cli.as_json:
        print_json(checks)
    else:
        for check in checks:
            click.echo(f"{_MARKS[check.state]}{check.name:<10}{check.words}")
            if check.hint and check.state != "ok":
                click.echo(f"{'':<18}{check.hint}")
    _raise(checks)


def _raise(checks: list[Check]) -> None:
    bad = [check for check in checks if check.state == "bad"]
    if bad and bad[0].name == "engine":
        raise NoEngine("The engine does not answer.", "See above.")
    if bad:
        raise Failed(f"Something is wrong: {listed([check.name for check in bad])}.", "See above.")
