"""``voltui share`` and ``voltui unshare``."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, confirm, with_options
from voltui.cli.run import run
from voltui.engine.adapter import Engine
from voltui.jobs.copy_out import split
from voltui.jobs.sharing import Taker, check, data_name, shares, takers_of
from voltui.jobs.state import Outcome
from voltui.jobs.unsharing import Leaving, leaving
from voltui.jobs.volume_plans import ImagePlan, SharePlan, UnsharePlan
from voltui.model.errors import NotFound, Usage
from voltui.model.inventory import Inventory
from voltui.model.naming import container_named, source_named, target_named, volume_named
from voltui.model.safe import safe
from voltui.model.text import listed


@click.command(
    cls=Command,
    examples=(
        ("share media", "A data container that others can take it from."),
        ("share media --with web --ro", "Give it to a container, which is made anew."),
        ("share media --as-image media:1 --to media.tar", "Take it to another host."),
    ),
)
@click.argument("volumes", nargs=-1, required=True, metavar="VOLUME…", shell_complete=complete.volume_names)
@click.option("--name", metavar="DATA", help="The data container's name (VOLUME-data).")
@click.option("--at", "paths", multiple=True, metavar="PATH", help="Where each is in containers (/volumes/VOLUME).")
@click.option(
    "--with",
    "takers",
    multiple=True,
    metavar="CONTAINER",
    shell_complete=complete.container_names,
    help="Make this container anew with the data.",
)
@click.option("--ro", "only_read", is_flag=True, help="It may only read.")
@click.option("--direct", is_flag=True, help="Without a data container: it mounts the volumes itself.")
@click.option("--lose-changes", "lose", is_flag=True, help="Lose what it has written outside of its mounts.")
@click.option("--copy-from", metavar="CONTAINER:PATH", help="VOLUME is new: fill it from this directory first.")
@click.option("--new", "image", metavar="IMAGE", help="Start a new container of a local image with the data.")
@click.option("--new-name", "new_name", default="", metavar="NAME", help="The new container's name.")
@click.option("--run", "command", default="", metavar="COMMAND", help="What the new container runs, quoted.")
@click.option("--as-image", metavar="IMAGE", help="Put the content into an image that another host can load.")
@click.option("--to", "file", type=click.Path(path_type=Path), metavar="FILE.tar", help="Write that image to a file.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@with_options
def share(
    cli: CliContext,
    volumes: tuple[str, ...],
    name: str | None,
    paths: tuple[str, ...],
    takers: tuple[str, ...],
    only_read: bool,
    direct: bool,
    lose: bool,
    copy_from: str | None,
    image: str | None,
    new_name: str,
    command: str,
    as_image: str | None,
    file: Path | None,
    yes: bool,
) -> None:
    """Share volumes between containers.

    It goes through a data container that others take the mounts of (--volumes-from).

    A container that exists can only get other mounts by being made anew: --with keeps everything else of it, and puts
    the old one back, running, should the new one not be well. --as-image is the way to another host.
    """
    if as_image is not None:
        if name or paths or takers or only_read or direct or lose or copy_from or image or new_name or command:
            raise Usage("--as-image goes with --to alone.", "Share with containers in a command of its own.")
        _share_as_image(cli, volumes, as_image, file)
        return
    if file is not None:
        raise Usage("--to is where --as-image writes to.", "Say --as-image too.")
    if (new_name or command) and not image:
        raise Usage("--new-name and --run are for a new container.", "Name its image with --new.")
    if (only_read or lose) and not (takers or image):
        raise Usage("--ro and --lose-changes are for containers that get the data.", "Name them with --with.")
    _check(volumes, name, takers, image, copy_from, direct=direct)
    inventory = cli.inventory()
    volumes = tuple(target_named(inventory, volume).name for volume in volumes)
    takers = tuple(container_named(inventory, taker).name for taker in takers)
    plan = SharePlan(
        cli.common,
        shares(volumes, paths),
        "" if direct else name or data_name(volumes),
        takers,
        only_read,
        lose,
        _giver(inventory, copy_from) if copy_from else "",
        image or "",
        new_name,
        _words(command),
    )
    found = cli.ask(lambda engine: _takers(engine, plan))
    check(found, lose=lose)
    if found:
        _show(found, plan)
        confirm(f"Make {listed([taker.name for taker in found])} anew?", yes=yes)
    outcome = run(cli, plan)
    if not cli.as_json:
        _tell_how(plan, outcome)


def _giver(inventory: Inventory, copy_from: str) -> str:
    """``CONTAINER:PATH``, the container by its own name."""
    container, path = split(copy_from)
    return f"{container_named(inventory, container).name}:{path}"


def _words(command: str) -> tuple[str, ...]:
    """A command's words, split as a shell would; none runs it. Raises `Usage`."""
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise Usage(f"--run {safe(command)} has a quote that does not end.", "Close it.") from error


async def _takers(engine: Engine, plan: SharePlan) -> tuple[Taker, ...]:
    return await takers_of(engine, await engine.inventory(), plan)


def _check(
    volumes: tuple[str, ...],
    name: str | None,
    takers: tuple[str, ...],
    image: str | None,
    copy_from: str | None,
    *,
    direct: bool,
) -> None:
    """Raise `Usage` for options that don't go together."""
    if direct and (name or image):
        raise Usage("--direct makes no data container.", "Leave --name and --new out.")
    if direct and not takers:
        raise Usage("--direct with whom?", "Name a container with --with.")
    if copy_from and len(volumes) != 1:
        raise Usage("--copy-from fills one new volume.", "Name just that.")


def _share_as_image(cli: CliContext, volumes: tuple[str, ...], reference: str, file: Path | None) -> None:
    if len(volumes) != 1:
        raise Usage("One image holds one volume.", "Name just that.")
    source = source_named(cli.inventory(), volumes[0])
    plan = ImagePlan(cli.common, source, reference, str(file.absolute()) if file else "")
    outcome = run(cli, plan)
    if cli.as_json:
        return
    shown = safe(outcome.result["image"])
    if file is not None:
        click.echo(f"  there:  docker load --input {safe(shlex.quote(file.name))}")
    click.echo(f"  then:   voltui import-image {shown} VOLUME")
    click.echo(f"  or:     docker create --volume VOLUME:/volume {shown} -")


def _show(takers: Iterable[Taker], plan: SharePlan) -> None:
    """What will be, in lines."""
    for taker in takers:
        through = f"  through {safe(plan.data)}" if plan.data else ""
        for share_ in taker.gains:
            access = "ro" if share_.read_only else "rw"
            click.echo(f"{taker.name}  gets  {safe(share_.volume)}  at {safe(share_.at)}  {access}{through}", err=True)
        _show_effects(taker)


def _show_effects(taker: Taker) -> None:
    for sentence in (*taker.notices, *filter(None, [taker.loss])):
        click.echo(f"  {sentence}", err=True)
    for line in taker.snippet:
        click.echo(f"    {safe(line)}", err=True)


def _tell_how(plan: SharePlan, outcome: Outcome) -> None:
    """How the data is used and taken back."""
    data = safe(plan.data)
    if plan.data and not plan.takers and not plan.image:
        for share_ in plan.shares:
            click.echo(f"  {safe(share_.volume)} is at {safe(share_.at)} for whoever takes it:")
        click.echo(f"    docker run --volumes-from {data} IMAGE")
        click.echo(f"    voltui share {safe(plan.shares[0].volume)} --name {data} --with CONTAINER")
    if outcome.result.get("new"):
        click.echo(f"  {safe(outcome.result['new'])} runs with the data of {data}")
    if plan.takers:
        who = " ".join(f"--from {safe(taker)}" for taker in plan.takers)
        for what in [data] if data else [safe(share_.volume) for share_ in plan.shares]:
            click.echo(f"  back:  voltui unshare {what} {who}")


@click.command(
    cls=Command,
    examples=(
        ("unshare media-data --from web", "Take it back from a container."),
        ("unshare media-data", "Remove the data container."),
    ),
)
@click.argument(
    "name", metavar="DATA|VOLUME", shell_complete=complete.any_of(complete.container_names, complete.volume_names)
)
@click.option(
    "--from",
    "takers",
    multiple=True,
    metavar="CONTAINER",
    shell_complete=complete.container_names,
    help="Make this container anew without the data.",
)
@click.option("--lose-changes", "lose", is_flag=True, help="Lose what it has written outside of its mounts.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@with_options
def unshare(cli: CliContext, name: str, takers: tuple[str, ...], lose: bool, yes: bool) -> None:
    """Take shared data back from containers.

    It removes a data container, or makes containers anew without its data, or without a volume. Volumes always stay.
    """
    inventory = cli.inventory()
    name = _data_or_volume(inventory, name)
    takers = tuple(container_named(inventory, taker).name for taker in takers)

    async def look(engine: Engine) -> Leaving:
        return await leaving(engine, inventory, name, takers)

    found = cli.ask(look)
    check(found.takers, lose=lose)
    for taker in found.takers:
        _show_effects(taker)
    if found.takers:
        confirm(f"Make {listed([taker.name for taker in found.takers])} anew without {safe(name)}?", yes=yes)
    else:
        if found.dependents:
            names = listed([safe(one.name) for one in found.dependents])
            click.echo(f"{names} took the mounts of {safe(name)}: they keep them, until they are made anew.", err=True)
        confirm(f"Remove the data container {safe(name)}?", yes=yes)
    run(cli, UnsharePlan(cli.common, name, takers, lose))


def _data_or_volume(inventory: Inventory, name: str) -> str:
    """The name of the container or volume that is meant; as it is where there is none of it."""
    if name in inventory.volumes:
        return name
    for named in (container_named, volume_named):
        with suppress(NotFound):
            return named(inventory, name).name
    return name
