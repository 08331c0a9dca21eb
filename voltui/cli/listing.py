"""``voltui volumes``, ``containers`` and ``backups``: what there is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, with_options
from voltui.cli.output import print_error, print_json, print_table
from voltui.engine.adapter import Engine
from voltui.format import since, size
from voltui.jobs.explorer import Explorer, refusal_to_explore
from voltui.jobs.measure import measured
from voltui.model import facts
from voltui.model.backup import Backup, last_whole, latest
from voltui.model.container import Container, ContainerDetail
from voltui.model.errors import Damaged, Failed, Usage, VoltuiError
from voltui.model.filter import Ask, Facts, Filter, parse
from voltui.model.inventory import Inventory, Use, data_source
from voltui.model.safe import safe
from voltui.model.sizes import Sizes, VolumeSize, aged, due
from voltui.model.source import Source
from voltui.model.text import clock_time, listed
from voltui.model.volume import Volume
from voltui.model.when import now
from voltui.store.listing import Problem
from voltui.store.local import no_backup_of
from voltui.store.sizes import SizeCache


@click.command(
    cls=Command,
    examples=(
        ("volumes unused", "Those that no container mounts."),
        ("volumes 'backup>7d' 'size>1G'", "Large ones without a backup in the last 7 days."),
        ("volumes --sizes --json", "All of them, measured now, for another program."),
    ),
)
@click.argument("terms", nargs=-1, metavar="[FILTER…]")
@click.option("--sizes", "measure", is_flag=True, help="Measure all volumes now, not just tell what was measured last.")
@with_options
def volumes(cli: CliContext, terms: tuple[str, ...], measure: bool) -> None:
    """List volumes: size, users, last backup.

    The size is what was measured last; ~ stands before one that may be past. FILTER is what is typed after / in the
    explorer: word, label=env=prod, project=shop, driver=local, unused, anonymous, 'size>1G', 'backup>7d', backup=never,
    and '!' before any of them. Quote what the shell would take for itself.
    """
    wanted = _filter(terms, facts.VOLUME_ASKS)
    inventory, sizes = cli.ask(lambda engine: _with_sizes(cli, engine, measure=measure))
    unread: Failed | None = None
    backups: dict[str, list[Backup]] = {}
    try:
        backups = _backups(cli, inventory)
    except Failed as error:
        if cli.as_json or terms:  # who asked may have asked about backups
            raise
        unread = error
    newest = {name: latest(those) for name, those in backups.items()}
    of = {
        name: _volume_facts(inventory, volume, backups.get(name, ()), sizes)
        for name, volume in inventory.volumes.items()
    }
    names = wanted.select(of, of, near=False).keys
    found = [(inventory.volumes[name], newest.get(name)) for name in names]
    if cli.as_json:
        print_json([_volume_document(inventory, volume, backup, sizes.of(volume)) for volume, backup in found])
        return
    print_table(
        ("NAME", "SIZE", "DRIVER", "USED BY", inventory.engine.volume_time.upper(), "LAST BACKUP", "LABELS"),
        [_volume_row(inventory, volume, backup, sizes, "unknown" if unread else "never") for volume, backup in found],
        right=(1, 6),
        nothing="No volume meets the filter." if terms else "There are no volumes; `voltui create NAME` makes one.",
    )
    if unread:
        raise unread


async def _with_sizes(cli: CliContext, engine: Engine, *, measure: bool) -> tuple[Inventory, Sizes]:
    """What there is, and how much it holds as far as that was measured, or with ``measure`` as it is now."""
    inventory = await engine.inventory()
    cache = SizeCache(cli.settings.state / "sizes")
    sizes = cache.read(inventory)
    if measure:
        explorer = Explorer(engine, cli.settings.state, refusal_to_explore(cli.settings))
        sizes = await measured(engine, explorer, inventory, due(inventory, sizes, (), now(), all_=True), sizes)
        cache.write(inventory, sizes)
    return inventory, sizes


@click.command(
    cls=Command,
    examples=(("containers project=shop", "Those of a Compose project."),),
)
@click.argument("terms", nargs=-1, metavar="[FILTER…]")
@with_options
def containers(cli: CliContext, terms: tuple[str, ...]) -> None:
    """List containers: state, data, whose mounts they take.

    FILTER is what is typed after / in the explorer: word, label=env=prod, project=shop, and '!' before any of them.
    """
    wanted = _filter(terms, facts.CONTAINER_ASKS)

    async def ask(engine: Engine) -> tuple[Inventory, list[ContainerDetail]]:
        inventory = await engine.inventory()
        return inventory, list((await engine.details(inventory.containers)).values())

    inventory, details = cli.ask(ask)
    rows = {detail.container.id: _container_row(inventory, detail) for detail in details}
    of = {key: facts.of_container(inventory.containers[key], " ".join(row)) for key, row in rows.items()}
    kept = set(wanted.select(of, of, near=False).keys)
    details = [detail for detail in details if detail.container.id in kept]
    if cli.as_json:
        print_json([_container_document(inventory, detail) for detail in details])
        return
    print_table(
        ("NAME", "IMAGE", "STATE", "PROJECT", "DATA", "VOLUMES FROM"),
        [rows[detail.container.id] for detail in details],
        nothing="No container meets the filter." if terms else "There are no containers.",
    )


@click.command(
    cls=Command,
    examples=(
        ("backups shop_pgdata", "Those of one volume."),
        ("backups --store /mnt/disk", "Those that were exported to a directory."),
    ),
)
@click.argument("volume", required=False, metavar="[VOLUME]", shell_complete=complete.backed_up)
@with_options
def backups(cli: CliContext, volume: str | None) -> None:
    """List backups, all or those of VOLUME.

    VOLUME is a volume's name or a path, as it was backed up; it may be gone.
    """
    asyncio.run(cli.clean_up())
    listing = cli.store.listing(cli.store.source_named(volume) if volume else None)
    for error in [problem.error for problem in listing.problems] + _damages(listing.backups):
        print_error(error, as_json=False)
    if cli.as_json:
        print_json([*listing.backups, *map(_problem_document, listing.problems)])
        return
    if not listing.backups and not listing.problems:
        if volume:
            raise no_backup_of(cli.store.source_named(volume))
        click.echo(f"There are no backups in {safe(str(cli.store.root))}; `voltui backup VOLUME` makes one.", err=True)
        return
    print_table(
        ("ID", "AGE", "STORED", "ENTRIES", "CONSISTENCY", "VERIFIED", "ENCRYPTED", "LOSSES"),
        [*map(_backup_row, listing.backups), *map(_problem_row, listing.problems)],
        right=(1, 2, 3),
    )


def _filter(terms: tuple[str, ...], asks: frozenset[Ask]) -> Filter:
    """The filter that arguments mean. Raises `Usage` where one means nothing: a script must not get all rows."""
    wanted = parse(" ".join(terms), asks)
    if wanted.fault:
        raise Usage(f"{wanted.fault}.".replace("?.", "?"))
    return wanted


def _volume_facts(inventory: Inventory, volume: Volume, backups: Sequence[Backup], sizes: Sizes) -> Facts:
    newest, whole = latest(backups) if backups else None, last_whole(backups)
    words, known = " ".join(_volume_row(inventory, volume, newest, sizes)), sizes.of(volume)
    started, held = whole.started if whole else None, known.size if known else None
    return facts.of_volume(inventory, volume, inventory.display_name(volume), words, started, size=held)


def _backups(cli: CliContext, inventory: Inventory) -> dict[str, list[Backup]]:
    """The backups of each source of this engine, newest first."""
    found: dict[str, list[Backup]] = {}
    for backup in cli.store.listing().backups:
        if backup.engine.id == inventory.engine.id:
            found.setdefault(backup.source.name, []).append(backup)
    return found


def _volume_row(
    inventory: Inventory, volume: Volume, backup: Backup | None, sizes: Sizes, none: str = "never"
) -> list[str]:
    known = sizes.of(volume)
    old = known is not None and aged(inventory, known, volume.name, now())
    return [
        safe(inventory.display_name(volume)),
        f"{'~' if old else ''}{size(known.size)}" if known else "-",
        safe(volume.kind),
        _users(inventory.uses(volume.name)),
        since(volume.created),
        f"{since(backup.started if backup else None, none)}{' DAMAGED' if backup and backup.damaged else ''}",
        str(len(volume.labels)),
    ]


def _users(uses: tuple[Use, ...]) -> str:
    if not uses:
        return "unused"
    return listed([use.words for use in uses])


def _volume_document(
    inventory: Inventory, volume: Volume, backup: Backup | None, known: VolumeSize | None
) -> dict[str, Any]:
    return {
        "name": volume.name,
        "driver": volume.driver,
        "options": volume.options,
        "labels": volume.labels,
        "created": volume.created,
        "anonymous": volume.anonymous,
        "project": volume.project,
        "mountpoint": volume.mountpoint,
        "size": {"bytes": known.size, "measured": known.measured} if known else None,
        "users": [
            {
                "container": use.container.name,
                "state": use.container.state,
                "destination": use.mount.destination,
                "read_only": use.mount.read_only,
            }
            for use in inventory.uses(volume.name)
        ],
        "last_backup": {
            "id": backup.id,
            "started": backup.started,
            "verified": backup.verified,
            "damaged": backup.damaged,
        }
        if backup
        else None,
    }


def _container_row(inventory: Inventory, detail: ContainerDetail) -> list[str]:
    container = inventory.containers[detail.container.id]
    names = [_source_name(inventory, source) for source in inventory.data_of([container])]
    return [
        safe(container.name),
        safe(container.image),
        safe(container.status or container.state),
        safe(container.project) or "-",
        listed(names) or "none",
        listed([_container_name(inventory, name) for name in detail.volumes_from]) or "-",
    ]


def _source_name(inventory: Inventory, source: Source) -> str:
    volume = inventory.volumes.get(source.name)
    return safe(inventory.display_name(volume) if volume else source.name)


def _container_name(inventory: Inventory, reference: str) -> str:
    """The name of a container that another names by id or name."""
    by_id: Container | None = inventory.containers.get(reference)
    return safe(by_id.name if by_id else reference)


def _container_document(inventory: Inventory, detail: ContainerDetail) -> dict[str, Any]:
    container = inventory.containers[detail.container.id]
    return {
        "id": container.id,
        "name": container.name,
        "image": container.image,
        "state": container.state,
        "status": container.status,
        "created": container.created,
        "project": container.project,
        "labels": container.labels,
        "volumes_from": [_container_name(inventory, name) for name in detail.volumes_from],
        "auto_remove": detail.auto_remove,
        "mounts": [
            {
                "kind": mount.kind,
                "source": mount.source,
                "destination": mount.destination,
                "read_only": mount.read_only,
                "data": data_source(mount) is not None,
            }
            for mount in container.mounts
        ],
    }


def _damages(backups: Sequence[Backup]) -> list[VoltuiError]:
    """What is wrong with those that are damaged."""
    return [Damaged(f"{safe(backup.id)} is damaged. {backup.damaged}") for backup in backups if backup.damaged]


def _problem_row(problem: Problem) -> list[str]:
    """A file of the store that can't be read, among the backups: what it was is not known."""
    return [problem.name, "-", "-", "-", "-", "DAMAGED", "-", "-"]


def _problem_document(problem: Problem) -> dict[str, Any]:
    return {"id": None, "file": problem.name, "verified": None, "damaged": problem.error.sentence}


def _backup_row(backup: Backup) -> list[str]:
    return [
        safe(backup.id),
        since(backup.started),
        size(backup.archive.size),
        f"{backup.content.count:,}",
        backup.writers,
        clock_time(backup.verified) if backup.verified else "DAMAGED" if backup.damaged else "no",
        "yes" if backup.encrypted else "no",
        listed([loss.kind for loss in backup.losses]) or "none",
    ]
