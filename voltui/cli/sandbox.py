"""``voltui sandbox``."""

from __future__ import annotations

import sys

import click

from voltui.sandbox.install import ensure_dockerd
from voltui.sandbox.run import run


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--empty", is_flag=True, help="Make no sample data.")
@click.option("--yes", is_flag=True, help="Install a Docker engine without asking where there is none.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def sandbox(empty: bool, yes: bool, command: tuple[str, ...]) -> None:
    """Run VolTUI on a throwaway Docker engine with sample data.

    It opens the explorer, or runs COMMAND. The engine is private and real: a dockerd in a temporary directory, with a
    store and jobs of its own. All of it is removed at the end, whatever ends it. Your own engine is not touched.
    """
    ensure_dockerd(yes=yes, ask=lambda question: click.confirm(question, err=True))
    default = [sys.executable, "-P", "-m", "voltui"]
    status = run(list(command) or default, empty=empty, say=lambda text: click.echo(f"{text}…", err=True))
    click.get_current_context().exit(status)
