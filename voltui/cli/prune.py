"""``voltui prune``."""

from __future__ import annotations

import click

from voltui.cli import complete
from voltui.cli.command import Command, count
from voltui.cli.context import CliContext, confirm, with_options
from voltui.cli.follow import follow
from voltui.cli.output import print_error, print_json, print_table
from voltui.format import since, size
from voltui.jobs.plan import PrunePlan
from voltui.jobs.submit import submit
from voltui.model.backup import Backup, counted
from voltui.model.errors import Refused
from voltui.model.naming import source_backed_up
from voltui.model.retention import ONLY_VERIFIED, UNDO_DAYS, Retention, Verdict, judge
from voltui.model.safe import safe
from voltui.model.when import now
from voltui.store.local import no_backup_of


@click.command(
    cls=Command,
    examples=(
        ("prune --keep-daily 7 --keep-weekly 4 --dry-run", "Show what would go."),
        ("prune shop_pgdata --keep-last 3 --yes", "Of one volume, without asking."),
    ),
)
@click.argument("volumes", nargs=-1, metavar="[VOLUME]…", shell_complete=complete.backed_up)
@click.option("--keep-last", type=count, metavar="N", help="Keep the last N of each volume.")
@click.option("--keep-daily", type=count, metavar="N", help="Keep the last of each of N days (UTC).")
@click.option("--keep-weekly", type=count, metavar="N", help="Keep the last of each of N weeks.")
@click.option("--keep-monthly", type=count, metavar="N", help="Keep the last of each of N months.")
@click.option("--dry-run", is_flag=True, help="Only show what would be deleted.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@with_options
def prune(
    cli: CliContext,
    volumes: tuple[str, ...],
    keep_last: int | None,
    keep_daily: int | None,
    keep_weekly: int | None,
    keep_monthly: int | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Delete old backups, of VOLUME… or of all.

    A day, week or month without a backup does not count, nor do damaged backups, which go where there are better ones.
    The newest verified backup of a volume is kept whatever the rule says. What a restore replaced is not counted by
    the rule: it is kept for undo for 7 days, and goes then.
    """
    rule = Retention(keep_last or 0, keep_daily or 0, keep_weekly or 0, keep_monthly or 0)
    verdicts = judge(_backups(cli, volumes), rule, now())
    doomed = [verdict.backup for verdict in verdicts if not verdict.kept]
    if not cli.as_json:
        _show(verdicts)
    if dry_run or not doomed:
        _tell(cli, [] if dry_run else doomed, verdicts, 0)
        return
    confirm(f"Delete {_these(doomed)}?", yes=yes)
    job = submit(PrunePlan(cli.common, tuple(backup.id for backup in doomed)), cli.settings.state)
    outcome = follow(job)
    outcome.raise_error()
    _tell(cli, doomed, verdicts, outcome.result["bytes"])


def _backups(cli: CliContext, volumes: tuple[str, ...]) -> list[Backup]:
    """The backups to judge. Where one can't be read none beside it is: it may be the one that counts.

    Raises `Refused` where that is so of one that is named.
    """
    listing = cli.store.listing()
    for problem in listing.problems:
        print_error(problem.error, as_json=False)
    if not volumes:
        if listing.problems:
            click.echo("warning: No backup of the same volume is deleted: what can't be read may count.", err=True)
        return [backup for backup in listing.backups if not listing.unsure_of(backup.source)]
    found: list[Backup] = []
    for volume in volumes:
        source = source_backed_up(listing.backups, volume)
        if listing.unsure_of(source):
            raise Refused(
                f"Of {safe(source.name)} some backups can't be read, so none is deleted: they may be what counts.",
                "Move what can't be read out of the store, or repair it.",
            )
        backups = listing.of(source)
        if not backups:
            raise no_backup_of(source)
        found += backups
    return found


def _show(verdicts: list[Verdict]) -> None:
    if not verdicts:
        return
    print_table(
        ("ID", "AGE", "STORED", "WHY", "STANDING", "VERDICT"),
        [
            [
                safe(verdict.backup.id),
                since(verdict.backup.started),
                size(verdict.backup.archive.size),
                verdict.backup.reason.value,
                verdict.backup.standing,
                f"keep ({', '.join(verdict.reasons)})" if verdict.kept else "DELETE",
            ]
            for verdict in verdicts
        ],
        right=(1, 2),
    )
    for sentence in _sentences(verdicts):
        click.echo(sentence)


def _sentences(verdicts: list[Verdict]) -> list[str]:
    """What is not plain from the rule: what becomes of what restores replaced, and what stays in spite of the rule."""
    kept = [verdict.backup for verdict in verdicts if verdict.kept and verdict.backup.undo]
    gone = [verdict.backup for verdict in verdicts if not verdict.kept and verdict.backup.undo]
    spared = any(ONLY_VERIFIED in verdict.reasons for verdict in verdicts)
    sentences = {
        f"{counted(kept)} of what a restore replaced: kept for {UNDO_DAYS} days, apart from the rule.": bool(kept),
        f"{counted(gone)} older than {UNDO_DAYS} days: those restores can't be undone after this.": bool(gone),
        "The only verified backup of a volume stays, whatever the rule says.": spared,
    }
    return [sentence for sentence, said in sentences.items() if said]


def _these(doomed: list[Backup]) -> str:
    return f"{counted(doomed)}, {size(sum(one.archive.size + one.index.size for one in doomed))}"


def _tell(cli: CliContext, removed: list[Backup], verdicts: list[Verdict], freed: int) -> None:
    if cli.as_json:
        documents = [
            {
                "id": verdict.backup.id,
                "keep": verdict.kept,
                "reasons": verdict.reasons,
                "undo": verdict.backup.undo,
            }
            for verdict in verdicts
        ]
        print_json({"removed": [backup.id for backup in removed], "bytes": freed, "backups": documents})
    elif removed:
        click.echo(f"Deleted {counted(removed)}; {size(freed)} are free again.")
    elif not any(not verdict.kept for verdict in verdicts):
        click.echo("Nothing is to be deleted.")
