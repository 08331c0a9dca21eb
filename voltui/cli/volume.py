"""``voltui clone``, ``create``, ``remove`` and ``import-image``: volumes come and go."""

from __future__ import annotations

from collections.abc import Collection

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, confirm, with_options
from voltui.cli.output import print_json, print_table
from voltui.cli.run import run
from voltui.format import since, size
from voltui.jobs.common import Treatment
from voltui.jobs.remove import refusal_to_remove
from voltui.jobs.volume_plans import ClonePlan, CreatePlan, ImportImagePlan, RemovePlan
from voltui.model.backup import last_whole
from voltui.model.errors import Usage
from voltui.model.inventory import Inventory
from voltui.model.naming import volume_named
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed, plural
from voltui.model.volume import Volume
from voltui.store.sizes import SizeCache


@click.command(
    cls=Command,
    examples=(("clone shop_pgdata shop_pgdata_test", "A copy to try something with."),),
)
@click.argument("volume", metavar="VOLUME", shell_complete=complete.volume_names)
@click.argument("new", metavar="NEW")
@click.option("--pause", "treatment", flag_value="pause", default="pause", help="Pause running writers (the default).")
@click.option("--stop", "treatment", flag_value="stop", help="Stop running writers and start them again.")
@click.option("--live", "treatment", flag_value="live", help="Let writers go on.")
@with_options
def clone(cli: CliContext, volume: str, new: str, treatment: str) -> None:
    """Copy a volume into a NEW one on the engine's own host.

    It gets the driver, the options and the labels, and every byte of it is read back.
    """
    source = volume_named(cli.inventory(), volume)
    run(cli, ClonePlan(cli.common, source.name, new, Treatment(treatment)))


@click.command(
    cls=Command,
    examples=(
        ("create data", "A local volume."),
        ("create site -o type=none -o o=bind -o device=/srv/site", "A directory of the engine's host."),
        ("create share -o type=nfs -o o=addr=10.0.0.1,rw -o device=:/export", "NFS."),
    ),
)
@click.argument("name", metavar="NAME")
@click.option("--driver", default="local", metavar="NAME", help="The volume driver (local).")
@click.option("--opt", "-o", "options", multiple=True, metavar="KEY=VALUE", help="An option of the driver.")
@click.option("--label", "labels", multiple=True, metavar="KEY=VALUE", help="A label.")
@with_options
def create(cli: CliContext, name: str, driver: str, options: tuple[str, ...], labels: tuple[str, ...]) -> None:
    """Make a volume, and mount it once to see that it works.

    A wrong option shows at once, not at night.
    """
    cli.ask(lambda engine: engine.info())
    outcome = run(cli, CreatePlan(cli.common, name, driver, _pairs("--opt", options), _pairs("--label", labels)))
    if not cli.as_json and "file_system" in outcome.result:
        found = outcome.result
        content = "empty" if found["empty"] else "holds files already"
        click.echo(f"  {safe(found['file_system'])}, {size(found['free'])} free, {content}")


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    """``key=value`` as a table. Raises `Usage`."""
    found = {}
    for entry in given:
        key, equals, value = entry.partition("=")
        if not key or not equals:
            raise Usage(f"{option} {safe(entry)} is no KEY=VALUE.", f"Write it as {option} KEY=VALUE.")
        found[key] = value
    return found


@click.command(
    cls=Command,
    examples=(
        ("remove old_uploads", "One volume."),
        ("remove --unused --anonymous --dry-run", "Show what a clean-up would take."),
    ),
)
@click.argument("volumes", nargs=-1, metavar="[VOLUME]…", shell_complete=complete.volume_names)
@click.option("--unused", is_flag=True, help="All volumes that no container mounts.")
@click.option("--anonymous", is_flag=True, help="Of those, only the anonymous.")
@click.option("--no-backup", is_flag=True, help="Don't back them up first.")
@click.option("--force", multiple=True, metavar="NAME", help="Also the protected volume of this NAME.")
@click.option("--dry-run", is_flag=True, help="Only show what would be removed.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@with_options
def remove(
    cli: CliContext,
    volumes: tuple[str, ...],
    unused: bool,
    anonymous: bool,
    no_backup: bool,
    force: tuple[str, ...],
    dry_run: bool,
    yes: bool,
) -> None:
    """Remove volumes that nothing uses, each backed up first.

    They go one by one, each verified before any goes. A backup makes such a volume again: voltui restore VOLUME@latest.
    """
    if bool(volumes) == (unused or anonymous):
        raise Usage("Remove which volumes?", "Name them, or say --unused.")
    inventory = cli.inventory()
    named = {volume.name: volume for volume in (volume_named(inventory, name) for name in volumes)}
    chosen = list(named.values()) if volumes else _unused(inventory, anonymous=anonymous)
    for volume in chosen:
        if refusal := refusal_to_remove(inventory, volume.name, named=volume.name in force):
            raise refusal
    if not cli.as_json:
        _show(cli, inventory, chosen)
        _tell_protected(inventory, named)
    names = tuple(volume.name for volume in chosen)
    if dry_run or not chosen:
        if cli.as_json:
            print_json({"removed": [], "backups": [], "volumes": names})
        return
    kept = "" if no_backup else ", each backed up first"
    confirm(f"Remove {plural(len(chosen), 'volume')}{kept}?", yes=yes)
    run(cli, RemovePlan(cli.common, names, backup=not no_backup, protected=force))


def _unused(inventory: Inventory, *, anonymous: bool) -> list[Volume]:
    """The volumes for a clean-up; protected ones are nobody's to clean up."""
    return [volume for volume in inventory.unused() if not volume.protected and (volume.anonymous or not anonymous)]


def _tell_protected(inventory: Inventory, named: Collection[str]) -> None:
    """In a clean-up: what it leaves although nothing uses it."""
    kept = [safe(volume.name) for volume in inventory.unused() if volume.protected]
    if kept and not named:
        click.echo(f"Protected, and so left: {listed(kept, most=8)}.")


def _show(cli: CliContext, inventory: Inventory, volumes: list[Volume]) -> None:
    if not volumes:
        click.echo("No volume is unused.")
        return
    listing = cli.store.listing()
    rows, sizes = [], SizeCache(cli.settings.state / "sizes").read(inventory)
    for volume in volumes:
        known = sizes.of(volume)
        backups = listing.of(Source("volume", volume.name))
        whole = last_whole(backups)
        last = since(whole.started) if whole else "DAMAGED" if backups else "never"
        made = since(volume.created) if volume.created else "-"
        kind = "anonymous" if volume.anonymous else "named"
        rows.append([safe(inventory.display_name(volume)), size(known.size) if known else "-", made, last, kind])
    print_table(("VOLUME", "SIZE", inventory.engine.volume_time.upper(), "LAST BACKUP", "KIND"), rows, right=(1,))
    known_sizes = [one.size for volume in volumes if (one := sizes.of(volume))]
    if known_sizes:
        unknown = len(volumes) - len(known_sizes)
        click.echo(f"{size(sum(known_sizes))} will be free{f', and {unknown} of unknown size' if unknown else ''}.")


@click.command(
    cls=Command,
    name="import-image",
    examples=(("import-image nginx:1.27 site --path /usr/share/nginx/html", "A directory of a local image."),),
)
@click.argument("reference", metavar="IMAGE")
@click.argument("volume", metavar="VOLUME")
@click.option("--path", default="", metavar="PATH", help="The directory in the image; one of VolTUI's says it itself.")
@with_options
def import_image(cli: CliContext, reference: str, volume: str, path: str) -> None:
    """Fill a new VOLUME from an image.

    The image is one that `voltui share --as-image` made, or any local one of which --path names a directory.
    """
    cli.ask(lambda engine: engine.info())
    run(cli, ImportImagePlan(cli.common, reference, volume, path))
