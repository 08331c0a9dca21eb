"""``voltui verify``."""

from __future__ import annotations

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, with_keys, with_options
from voltui.cli.follow import follow
from voltui.cli.output import print_error, print_json
from voltui.jobs.plan import VerifyPlan
from voltui.jobs.submit import submit
from voltui.model.errors import Damaged, NotFound, Usage
from voltui.model.safe import safe
from voltui.model.text import listed
from voltui.store.listing import Listing


@click.command(
    cls=Command,
    examples=(("verify shop_pgdata@latest", "The last backup of a volume."),),
)
@click.argument("backups", nargs=-1, metavar="BACKUP…", shell_complete=complete.backup_ids)
@click.option("--all", "everything", is_flag=True, help="All backups of the store, one after the other.")
@with_options
@with_keys
def verify(cli: CliContext, backups: tuple[str, ...], everything: bool) -> None:
    """Read backups back, every byte: are they whole?

    They are compared with their manifests and indexes.

    All that are named are read, also after one that is not whole. Exits with 6 then, and names the first damaged file.
    """
    if everything == bool(backups):
        raise Usage("Which backups should be read?", "Name some, or say --all.")
    listing = cli.store.listing() if everything else Listing(tuple(map(cli.store.find, backups)))
    for problem in listing.problems:
        print_error(problem.error, as_json=False)
    if not listing.backups and not listing.problems:
        raise NotFound(f"There are no backups in {safe(str(cli.store.root))}.", "`voltui backup VOLUME` makes one.")
    job = submit(VerifyPlan(cli.common, tuple(backup.id for backup in listing.backups)), cli.settings.state)
    outcome = follow(job)
    outcome.raise_error()
    if listing.problems:
        names = listed([problem.name for problem in listing.problems])
        raise Damaged(f"All other backups are whole, but {names} can't be read.", "`voltui backups` tells why.")
    if cli.as_json:
        print_json({"job": job.id, "verified": outcome.result["backups"], "hashes_only": outcome.result["hashes_only"]})
        return
    click.echo(outcome.sentence)
