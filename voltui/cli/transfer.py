"""``voltui export`` and ``voltui import``: plain tar out of a volume, and into a new one."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, with_keys, with_options
from voltui.cli.follow import follow
from voltui.cli.given import archive_given
from voltui.cli.restore import print_restored
from voltui.cli.run import run
from voltui.jobs.common import Treatment
from voltui.jobs.export_backup import check_place
from voltui.jobs.plan import STDIN, STDOUT, BackupExportPlan, ExportPlan, RestorePlan
from voltui.jobs.submit import submit
from voltui.model.errors import Failed, Usage
from voltui.model.naming import source_named, target_named
from voltui.model.safe import safe
from voltui.store.files import private_directory

_PIECE = 1 << 20
_BACKUP_OF_PATH = re.compile(r"@(?:latest|\d{8}T\d{6}Z?)$")


@click.command(
    cls=Command,
    examples=(
        ("export shop_media > media.tar", "A volume, as it is now."),
        ("export shop_media@latest --to /mnt/disk", "The last backup, whole, into a directory."),
        ("export shop_media@latest | ssh host tar -x", "Its content, elsewhere."),
    ),
)
@click.argument(
    "sources",
    nargs=-1,
    required=True,
    metavar="VOLUME|BACKUP…",
    shell_complete=complete.any_of(complete.volume_names, complete.backup_ids),
)
@click.option(
    "--to",
    metavar="PATH",
    shell_complete=complete.paths,
    help="Of backups: a directory, or a file .tar, .tar.zst or .tar.zst.age (standard output).",
)
@click.option("--decrypt", is_flag=True, help="Of backups to a directory: encrypted ones in plain.")
@click.option("--pause", "treatment", flag_value="pause", default="pause", help="Pause running writers (the default).")
@click.option("--stop", "treatment", flag_value="stop", help="Stop running writers and start them again.")
@click.option("--live", "treatment", flag_value="live", help="Let writers go on.")
@with_options
@with_keys
def export(cli: CliContext, sources: tuple[str, ...], to: str | None, decrypt: bool, treatment: str) -> None:
    """Write a volume or a backup as tar, or copy backups out.

    Without --to one volume's or one backup's content goes to standard output.

    A BACKUP is an id like data@20261124T031502Z, or VOLUME@latest. A directory gets archive, index and manifest, as a
    store has them: --store DIRECTORY reads it. A file gets the content as plain tar (.tar), the archive decrypted
    (.tar.zst) or the archive as it is (.tar.zst.age). Each is verified while it is read; nothing is ever overwritten.
    """
    backups = [source for source in sources if names_backup(source)]
    if backups and len(backups) != len(sources):
        raise Usage("Volumes and backups are not exported together.", "Name the one, then the other.")
    if to is not None and not backups:
        raise Usage("--to is for backups.", f"voltui export {safe(sources[0])} > data.tar")
    if to is not None and to != STDOUT:
        _export_backups(cli, backups, to, decrypt=decrypt)
        return
    if len(sources) > 1 or decrypt:
        raise Usage("Standard output takes one content, as plain tar.", "Name a directory with --to.")
    if sys.stdout.isatty():
        raise Usage("A tar archive on a terminal helps nobody.", f"voltui export {safe(sources[0])} > data.tar")
    if cli.as_json:
        raise Usage("Standard output carries the archive, so there is no room for JSON.")
    plan: ExportPlan | BackupExportPlan
    if backups:
        plan = BackupExportPlan(cli.common, (cli.store.find(backups[0]).id,), STDOUT)
    else:
        plan = ExportPlan(cli.common, source_named(cli.inventory(), sources[0]), Treatment(treatment))
    outcome = follow(submit(plan, cli.settings.state, descriptor=sys.stdout.fileno()))
    outcome.raise_error()


def names_backup(reference: str) -> bool:
    """Whether a reference is a backup's: a volume's name has no ``@``; a path may, but does not end in a time."""
    return "@" in reference and (not reference.startswith("/") or bool(_BACKUP_OF_PATH.search(reference)))


def _export_backups(cli: CliContext, backups: Sequence[str], to: str, *, decrypt: bool) -> None:
    found = tuple(dict.fromkeys(cli.store.find(backup).id for backup in backups))
    place = str(Path(to).absolute())
    check_place(place, len(found))
    run(cli, BackupExportPlan(cli.common, found, place, decrypt))


@click.command(
    cls=Command,
    name="import",
    examples=(
        ("import media.tar.gz media", "Into a new volume."),
        ("import - media < media.tar", "From standard input."),
    ),
)
@click.argument("file", metavar="FILE|-", type=click.Path(path_type=Path, allow_dash=True, readable=False))
@click.argument("volume", metavar="VOLUME", shell_complete=complete.volume_names)
@click.option("--keep-folder", is_flag=True, help="Keep the one folder that everything is in.")
@with_options
def import_(cli: CliContext, file: Path, volume: str, keep_folder: bool) -> None:
    """Extract a tar archive into a new or empty VOLUME.

    FILE is a .tar, .tar.gz, .tar.bz2, .tar.xz or .tar.zst, or - for standard input. It is checked to its end before
    anything is extracted.
    """
    if str(file) == STDIN:
        if sys.stdin.isatty():
            raise Usage("Standard input is a terminal, no archive.", f"voltui import - {safe(volume)} < data.tar")
        content = _whole_input(cli.settings.store)
        name, descriptor = STDIN, content.fileno()
    else:
        name, descriptor = str(archive_given(file)), None
    target = target_named(cli.inventory(), volume)
    plan = RestorePlan(cli.common, target, file=name, keep_folder=keep_folder, only_empty=True)
    job = submit(plan, cli.settings.state, descriptor=descriptor)
    outcome = follow(job)
    outcome.raise_error()
    print_restored(cli, job.id, outcome)


def _whole_input(folder: Path) -> BinaryIO:
    """Standard input as a file that can be read twice. A pipe is copied into one without a name in ``folder``."""
    if stat.S_ISREG(os.fstat(sys.stdin.fileno()).st_mode):
        return sys.stdin.buffer
    try:
        private_directory(folder)
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it lives as long as the job has its descriptor
        shutil.copyfileobj(sys.stdin.buffer, file, _PIECE)
        file.flush()
    except OSError as error:
        raise Failed(
            f"Standard input can't be kept in {safe(str(folder))}: {(error.strerror or '').lower()}.",
            "Free space there, or give a file's name instead of -.",
        ) from error
    return cast(BinaryIO, file)
