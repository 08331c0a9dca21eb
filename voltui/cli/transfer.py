"""``voltui export`` and ``voltui import``: plain tar out of a volume, and into a new one."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

import click

from voltui.cli import complete
from voltui.cli.context import CliContext, with_options
from voltui.cli.follow import follow
from voltui.cli.restore import print_restored
from voltui.jobs.common import Treatment
from voltui.jobs.plan import STDIN, ExportPlan, RestorePlan
from voltui.jobs.submit import submit
from voltui.model.errors import Failed, NotFound, Usage
from voltui.model.safe import safe
from voltui.model.source import Source

_PIECE = 1 << 20


@click.command()
@click.argument("source", metavar="VOLUME", shell_complete=complete.volume_names)
@click.option("--pause", "treatment", flag_value="pause", default="pause", help="Pause running writers (the default).")
@click.option("--stop", "treatment", flag_value="stop", help="Stop running writers and start them again.")
@click.option("--live", "treatment", flag_value="live", help="Let writers go on.")
@with_options
def export(cli: CliContext, source: str, treatment: str) -> None:
    """Write a volume's content as plain tar to standard output."""
    if sys.stdout.isatty():
        raise Usage("A tar archive on a terminal helps nobody.", f"voltui export {safe(source)} > data.tar")
    if cli.as_json:
        raise Usage("Standard output carries the archive, so there is no room for JSON.")
    cli.ask(lambda engine: engine.info())
    plan = ExportPlan(cli.common, Source.parse(source), Treatment(treatment))
    outcome = follow(submit(plan, cli.settings.state, descriptor=sys.stdout.fileno()))
    outcome.raise_error()


@click.command(name="import")
@click.argument("file", metavar="FILE|-", type=click.Path(path_type=Path, allow_dash=True))
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
    elif file.is_file():
        name, descriptor = str(file.absolute()), None
    else:
        raise NotFound(f"There is no file {safe(str(file))}.", "Check the path.")
    cli.ask(lambda engine: engine.info())
    plan = RestorePlan(cli.common, Source.parse(volume), file=name, keep_folder=keep_folder, only_empty=True)
    job = submit(plan, cli.settings.state, descriptor=descriptor)
    outcome = follow(job)
    outcome.raise_error()
    print_restored(cli, job.id, outcome)


def _whole_input(folder: Path) -> BinaryIO:
    """Standard input as a file that can be read twice. A pipe is copied into one without a name in ``folder``."""
    if stat.S_ISREG(os.fstat(sys.stdin.fileno()).st_mode):
        return sys.stdin.buffer
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it lives as long as the job has its descriptor
        shutil.copyfileobj(sys.stdin.buffer, file, _PIECE)
        file.flush()
    except OSError as error:
        raise Failed(
            f"Standard input can't be kept in {safe(str(folder))}: {(error.strerror or '').lower()}.",
            "Free space there, or give a file's name instead of -.",
        ) from error
    return cast(BinaryIO, file)
