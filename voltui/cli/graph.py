"""``voltui graph``."""

from __future__ import annotations

import shutil
import sys

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, with_options
from voltui.cli.output import print_json
from voltui.engine.adapter import Engine
from voltui.model import drawing
from voltui.model.errors import NotFound, Usage
from voltui.model.graph import MountGraph, NodeKey
from voltui.model.graph_builder import mount_graph
from voltui.model.graph_formats import FORMATS, WIDTH
from voltui.model.picture import ascii_only
from voltui.model.safe import safe
from voltui.model.text import listed


@click.command(
    cls=Command,
    examples=(
        ("graph shop_media", "What is connected with one volume."),
        ("graph shop_media --impact", "Whom restoring or removing it touches."),
        ("graph --format svg > graph.svg", "All of it, as a picture."),
    ),
)
@click.argument(
    "name",
    required=False,
    metavar="[NAME]",
    shell_complete=complete.any_of(complete.volume_names, complete.container_names),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    help="A drawing (the default), an indented tree, or for other programs.",
)
@click.option("--impact", is_flag=True, help="Only whom stopping, restoring or removing NAME touches.")
@with_options
def graph(cli: CliContext, name: str | None, form: str, impact: bool) -> None:
    """Show which containers touch which data, through what.

    NAME is a volume, a host path or a container: only what is connected with it is shown. A dashed line is read-only,
    a double one came by --volumes-from; the words say the same.
    """
    if impact and name is None:
        raise Usage("--impact of what?", "Name a volume, a path or a container.")
    if impact and form not in ("text", "json"):
        raise Usage(f"--impact is a list and has no format {form}.", "Leave --format out, or say json.")
    found = cli.ask(_ask)
    if name is not None:
        key = _named(found, name)
        if impact:
            _print_impact(found, key, as_json=cli.as_json or form == "json")
            return
        found = found.part(found.reachable(key))
    if cli.as_json:
        form = "json"
    if form in ("text", "tree"):
        _print_lines(found, form)
    else:
        click.echo(FORMATS[form].write(found))


async def _ask(engine: Engine) -> MountGraph:
    """The engine's mount graph. Each container is inspected: nothing else tells whose mounts it takes."""
    inventory = await engine.inventory()
    return mount_graph(inventory, await engine.details(inventory.containers))


def _named(found: MountGraph, name: str) -> NodeKey:
    nodes = found.named(name) or found.named(name.removeprefix("/"))
    if not nodes:
        raise NotFound(f"There is no volume, path or container {safe(name)}.", "`voltui graph` shows all there are.")
    if len(nodes) > 1:
        said = listed([f"the {node.key.kind} {safe(node.key.name)}" for node in nodes])
        raise Usage(f"{safe(name)} may be {said}.", "Say volume:NAME or container:NAME.")
    return nodes[0].key


def _print_impact(found: MountGraph, key: NodeKey, *, as_json: bool) -> None:
    nodes = found.impact(key)
    if as_json:
        print_json([{"kind": node.key.kind, "name": node.name, "state": node.state or None} for node in nodes])
        return
    for node in nodes:
        click.echo(f"{node.key.kind}  {safe(node.name)}{f'  {safe(node.state)}' if node.state else ''}")


def _print_lines(found: MountGraph, form: str) -> None:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    lines = drawing.tree(found) if form == "tree" else drawing.draw(found, width)
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    for line in lines:
        click.echo(line if utf8 else ascii_only(line))
