"""``voltui verify``."""

from __future__ import annotations

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, with_keys, with_options
from voltui.cli.follow import follow
from voltui.cli.output import print_json
from voltui.jobs.plan import VerifyPlan
from voltui.jobs.submit import submit


@click.command(cls=Command)
@click.argument("backups", nargs=-1, required=True, metavar="BACKUP…", shell_complete=complete.backup_ids)
@with_options
@with_keys
def verify(cli: CliContext, backups: tuple[str, ...]) -> None:
    """Read backups back, every byte, and compare with their manifests and indexes.

    Exits with 6 and names the first damaged file where one is not whole.
    """
    found = tuple(cli.store.find(backup).id for backup in backups)
    job = submit(VerifyPlan(cli.common, found), cli.settings.state)
    outcome = follow(job)
    outcome.raise_error()
    if cli.as_json:
        print_json({"job": job.id, "verified": outcome.result["backups"], "hashes_only": outcome.result["hashes_only"]})
        return
    click.echo(outcome.sentence)
