"""``voltui backup``."""

from __future__ import annotations

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, with_options
from voltui.cli.follow import follow
from voltui.cli.output import print_json
from voltui.format import size
from voltui.jobs.common import Treatment
from voltui.jobs.plan import BackupPlan
from voltui.jobs.state import Outcome
from voltui.jobs.submit import submit
from voltui.model.backup import Backup, Consistency
from voltui.model.errors import NotFound, Usage
from voltui.model.inventory import Inventory
from voltui.model.naming import container_named, source_named
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import plural


@click.command(
    cls=Command,
    examples=(
        ("backup shop_pgdata", "One volume; its writers are paused meanwhile."),
        ("backup --project shop --stop", "All data of a Compose project, of one moment."),
        ("backup --all --live", "All volumes; their writers go on."),
        ("backup data --encrypt-to age1…", "Only who has the secret key reads it."),
    ),
)
@click.argument(
    "sources", nargs=-1, metavar="[SOURCE]…", shell_complete=complete.any_of(complete.volume_names, complete.paths)
)
@click.option(
    "--container",
    "containers",
    multiple=True,
    metavar="C",
    shell_complete=complete.container_names,
    help="All data of a container.",
)
@click.option(
    "--project",
    "projects",
    multiple=True,
    metavar="P",
    shell_complete=complete.project_names,
    help="All data of a Compose project.",
)
@click.option("--all", "everything", is_flag=True, help="All volumes of the engine.")
@click.option("--pause", is_flag=True, help="Pause running writers (the default).")
@click.option("--stop", is_flag=True, help="Stop running writers and start them again.")
@click.option("--live", is_flag=True, help="Let writers go on.")
@click.option("--encrypt-to", "recipients", multiple=True, metavar="KEY", help="age1…, an ssh public key, or its file.")
@click.option(
    "--passphrase-file",
    metavar="FILE",
    shell_complete=complete.paths,
    help="Encrypt by the passphrase in its first line.",
)
@click.option("--detach", is_flag=True, help="Don't wait for the end.")
@with_options
def backup(
    cli: CliContext,
    sources: tuple[str, ...],
    containers: tuple[str, ...],
    projects: tuple[str, ...],
    everything: bool,
    pause: bool,
    stop: bool,
    live: bool,
    recipients: tuple[str, ...],
    passphrase_file: str | None,
    detach: bool,
) -> None:
    """Back up volumes or host paths.

    A SOURCE is a volume's name or an absolute path on the engine's host. What is named together is of one moment: its
    writers are held together. With --all only what one container or project writes is: the rest is taken one by one,
    and where one fails, the others are taken all the same.
    """
    cli = cli.with_keys(recipients=recipients, passphrase_file=passphrase_file)
    common, treatment = cli.common, _treatment(pause=pause, stop=stop, live=live)
    if not (sources or containers or projects or everything):
        raise Usage("There is nothing to back up.", "Name a volume or a path, or --container, --project or --all.")
    inventory = cli.inventory()
    chosen = {source_named(inventory, source) for source in sources}
    chosen |= _of_groups(inventory, containers, projects, everything=everything)
    if not chosen:
        raise Usage("There is nothing to back up.", "What is named has no data.")
    plan = BackupPlan(common, tuple(sorted(chosen)), treatment, apart=everything)
    job = submit(plan, cli.settings.state)
    if detach:
        print_json({"job": job.id}) if cli.as_json else click.echo(job.id)
        return
    outcome = follow(job)
    if outcome.error is not None and not cli.as_json:
        _print(cli, job.id, outcome)  # what was made before, or beside what failed
    outcome.raise_error()
    _print(cli, job.id, outcome)


def _treatment(*, pause: bool, stop: bool, live: bool) -> Treatment:
    if pause + stop + live > 1:
        raise Usage("--pause, --stop and --live exclude each other.", "Choose one of them.")
    return Treatment.STOP if stop else Treatment.LIVE if live else Treatment.PAUSE


def _of_groups(
    inventory: Inventory, containers: tuple[str, ...], projects: tuple[str, ...], *, everything: bool
) -> set[Source]:
    """All data of the containers and projects named, or all volumes."""
    chosen: set[Source] = set()
    for name in containers:
        chosen.update(inventory.data_of([container_named(inventory, name)]))
    for project in projects:
        if project not in inventory.projects():
            raise NotFound(f"There is no Compose project {safe(project)}.", "`voltui containers` lists them.")
        chosen.update(inventory.data_of_project(project))
    if everything:
        chosen.update(Source("volume", name) for name in inventory.volumes)
    return chosen


def _print(cli: CliContext, job: str, outcome: Outcome) -> None:
    made: list[Backup] = [cli.store.find(identifier) for identifier in outcome.result.get("backups", [])]
    if cli.as_json:
        print_json({"job": job, "backups": made, "warnings": outcome.warnings})
        return
    for one in made:
        paused = f", writers {one.consistency} for {one.paused_seconds:.1f} s" if one.paused_seconds else ""
        paused = ", live: its writers went on" if one.consistency is Consistency.LIVE else paused
        entries = plural(one.content.count, "entry", "entries")
        sealed = "encrypted and verified" if one.encrypted else "verified"
        click.echo(f"{safe(one.id)}  {size(one.archive.size)}, {entries}, {sealed}{paused}")
        for loss in () if one.encrypted else one.losses:
            click.echo(f"  not kept: {loss.sentence}")
