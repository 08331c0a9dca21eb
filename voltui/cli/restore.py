"""``voltui restore``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from voltui.cli import complete
from voltui.cli.change_files import forced, restore_only
from voltui.cli.command import Command
from voltui.cli.context import CliContext, confirm, with_keys, with_options
from voltui.cli.follow import follow
from voltui.cli.given import archive_given
from voltui.cli.output import print_json
from voltui.engine.adapter import Engine
from voltui.format import ago, size
from voltui.jobs.plan import RestorePlan
from voltui.jobs.preview import RestorePreview, preview_restore
from voltui.jobs.state import Outcome
from voltui.jobs.submit import submit
from voltui.model.backup import Backup
from voltui.model.errors import NotFound, Refused, Usage
from voltui.model.naming import target_named
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import clock_time, listed, plural


@click.command(
    cls=Command,
    examples=(
        ("restore shop_pgdata@latest", "The last backup, into the volume it is of."),
        ("restore shop_pgdata@20261124T031502Z --to copy", "An older one, into a new volume."),
        ("restore shop_pgdata@latest --only conf/app.ini", "One file or folder of it."),
        ("restore data.tar.gz --to data", "An archive from elsewhere."),
    ),
)
@click.argument("backup", metavar="BACKUP|FILE", shell_complete=complete.any_of(complete.backup_ids, complete.paths))
@click.option(
    "--to",
    "target",
    metavar="VOLUME",
    shell_complete=complete.volume_names,
    help="Another volume or path; a new volume is made.",
)
@click.option("--only", "paths", multiple=True, metavar="PATH", help="Of a BACKUP: put only this file or folder back.")
@click.option("--keep-folder", is_flag=True, help="Of a FILE: keep the one folder that everything is in.")
@click.option("--in-place", is_flag=True, help="Where there is no room for both contents: delete the old one first.")
@click.option("--accept-plain", is_flag=True, help="Take a backup in plain although keys are named.")
@click.option("--force", metavar="NAME", help="Replace the protected volume of this NAME.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@with_options
@with_keys
def restore(
    cli: CliContext,
    backup: str,
    target: str | None,
    paths: tuple[str, ...],
    keep_folder: bool,
    in_place: bool,
    accept_plain: bool,
    force: str | None,
    yes: bool,
) -> None:
    """Restore a backup, or a tar archive from elsewhere.

    BACKUP is an id, a unique beginning of one, or VOLUME@latest. FILE is a .tar, .tar.gz, .tar.bz2, .tar.xz or
    .tar.zst. New content is extracted and verified beside the old; then running users are stopped, the contents are
    exchanged, and the users started. The old content is kept as a backup.

    With --only, files and folders of a backup come back into a volume that exists, all else in it stays, and what
    they replace is kept in the volume for some days.
    """
    if paths:
        if keep_folder or in_place or _is_file(backup):
            raise Usage("--only takes files out of a backup, and goes with --to, --force and --yes alone.")
        restore_only(cli, backup, paths, target, accept_plain=accept_plain, force=force, yes=yes)
        return
    file = archive_given(Path(backup)) if _is_file(backup) else None
    if file is not None and target is None:
        raise Usage(f"Where should {safe(backup)} go?", "Name a volume or path with --to.")

    async def look(engine: Engine) -> tuple[RestorePreview, Backup | None]:
        inventory = await engine.inventory()
        found = None if file else _opened(cli, inventory.engine.id, backup, accept_plain=accept_plain)
        where = target_named(inventory, target) if target else found.source if found else Source.parse("")
        return await preview_restore(engine, inventory, found, where), found

    preview, found = cli.ask(look)
    if preview.refusal:
        raise Refused(preview.refusal, "Restore into a new volume with --to, or see to the container first.")
    if preview.exists and not yes:
        click.echo(describe(preview, file), err=True)
        confirm(f"Replace the content of {safe(preview.target.name)}?", yes=yes)
    plan = RestorePlan(
        cli.common,
        preview.target,
        backup=found.id if found else "",
        file=str(file) if file else "",
        keep_folder=keep_folder,
        in_place=in_place,
        accept_plain=accept_plain,
        force=forced(preview.target, force),
    )
    job = submit(plan, cli.settings.state)
    outcome = follow(job)
    outcome.raise_error()
    print_restored(cli, job.id, outcome)


def _opened(cli: CliContext, engine_id: str, reference: str, *, accept_plain: bool) -> Backup:
    try:
        found = cli.store.find_whole(reference, engine_id)
    except NotFound:
        if os.path.lexists(reference):  # no backup, but something else of that name
            archive_given(Path(reference))
        raise
    return cli.keys.opened(found, accept_plain=accept_plain)[0]


def print_restored(cli: CliContext, job: str, outcome: Outcome) -> None:
    """Say that it is done, and which backup holds the old content."""
    if cli.as_json:
        print_json({"job": job, **outcome.result, "warnings": outcome.warnings})
        return
    click.echo(outcome.sentence)
    if outcome.result.get("undo"):
        click.echo(f"  the old content: {safe(outcome.result['undo'])}")


def _is_file(reference: str) -> bool:
    """Whether a file is meant rather than a backup's id."""
    path = Path(reference)
    if path.is_file():
        return True
    looks_like_one = "@" not in reference and (path.suffix != "" or "/" in reference)
    if looks_like_one and any(reference.endswith(ending) for ending in (".tar", ".gz", ".bz2", ".xz", ".zst", ".tgz")):
        raise NotFound(f"There is no file {safe(reference)}.", "Check the path.")
    return False


def describe(preview: RestorePreview, file: Path | None) -> str:
    """The plan in lines: from, into, stops, keeps, losses."""
    lines = [f"from    {_origin(preview, file)}", f"into    {preview.target.words} (its content is replaced)"]
    if preview.stops:
        lines.append(f"stops   {listed(list(preview.stops))} for the exchange, then starts them again")
    lines.append("keeps   the old content as a backup")
    lines.append(f"losses  {' '.join(preview.losses) or 'none'}")
    return "\n".join(lines)


def _origin(preview: RestorePreview, file: Path | None) -> str:
    backup = preview.backup
    if backup is None:
        return safe(str(file))
    replaced = ", what a restore replaced" if backup.undo else ""
    content = f"{size(backup.content.size)} in {plural(backup.content.count, 'entry', 'entries')}"
    when = f"{ago(backup.started)}, {clock_time(backup.started)}"
    sealed = ", encrypted" if backup.encrypted else ""
    return f"{when}, {backup.consistency}, {backup.standing}{sealed}, {content}{replaced}"
