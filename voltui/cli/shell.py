"""``voltui shell``."""

from __future__ import annotations

import sys

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, with_options
from voltui.engine.adapter import Engine
from voltui.jobs.shell import open_shell, refusal_to_write, users_sentence
from voltui.model.errors import Usage
from voltui.model.naming import volume_named
from voltui.model.safe import safe


@click.command(
    cls=Command,
    examples=(
        ("shell shop_media", "Look around."),
        ("shell shop_media --write", "Change something."),
    ),
)
@click.argument("volume", metavar="VOLUME", shell_complete=complete.volume_names)
@click.option("--write", is_flag=True, help="Let the shell change the volume.")
@click.option("--force", metavar="NAME", help="With --write: also the protected volume of this NAME.")
@with_options
def shell(cli: CliContext, volume: str, write: bool, force: str | None) -> None:
    """Open a shell on VOLUME, read-only unless --write is said.

    It runs in a helper without network. It has the programs of the engine's host, and is gone when the shell ends.
    Exits with the shell's own status. While one that may write is open no job works on the volume; its users go on.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage("A shell needs a terminal.", f"`voltui export {safe(volume)} | tar -t` lists what is there.")

    async def run(engine: Engine) -> int:
        inventory = await engine.inventory()
        found = volume_named(inventory, volume)
        if write:
            if refusal := refusal_to_write(found, named=force in (volume, found.name)):
                raise refusal
            click.echo(users_sentence(inventory, found), err=True)
        return await open_shell(
            engine, cli.settings, found, writable=write, told=lambda said: click.echo(said, err=True)
        )

    status = cli.ask(run)
    if status:
        click.get_current_context().exit(status)
