"""``voltui files`` and ``copy-out``: the files of a volume or a backup."""

from __future__ import annotations

import os
from pathlib import Path

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, with_keys, with_options
from voltui.cli.output import print_json, print_table
from voltui.cli.run import run
from voltui.engine.adapter import Engine
from voltui.format import size
from voltui.jobs.explorer import Explorer, refusal_to_explore
from voltui.jobs.file_plans import CopyOutPlan
from voltui.jobs.look_backup import BackupFiles
from voltui.jobs.look_live import VolumeFiles
from voltui.jobs.to_client import check_target
from voltui.model.backup import Backup
from voltui.model.errors import NotFound
from voltui.model.files import FileNode, FileTree, ordered
from voltui.model.naming import volume_named
from voltui.model.safe import safe, safe_path
from voltui.model.selection import Selection, clean_path
from voltui.model.source import Source
from voltui.model.text import clock_time

_BACKUP_SIGN = "@"
"""In the ids of backups; no volume has it in its name."""


@click.command(
    cls=Command,
    examples=(
        ("files shop_media", "What is in its root."),
        ("files shop_media@latest img --json", "All that a backup has below a folder."),
    ),
)
@click.argument(
    "reference", metavar="VOLUME|BACKUP", shell_complete=complete.any_of(complete.volume_names, complete.backup_ids)
)
@click.argument("path", default="", metavar="[PATH]")
@with_options
@with_keys
def files(cli: CliContext, reference: str, path: str) -> None:
    """List the files of a volume, as it is now, or of a backup.

    All that is in the folder PATH, or in the root, is listed. With --json all that is below it.
    """
    tree = _tree(cli, reference)
    wanted = clean_path(os.fsencode(path))
    node = tree.find(wanted)
    if node is None:
        raise NotFound(f"There is no /{safe_path(wanted)} in {safe(reference)}.", "Leave the path out to see the root.")
    if cli.as_json:
        inside = [one for one in tree.nodes[1:] if one is node or one.path.startswith(wanted + b"/" if wanted else b"")]
        print_json([_document(one) for one in inside])
        return
    shown = ordered(node.children, "name") if node.folder else [node]
    rows = [[one.rights, f"{one.uid}:{one.gid}", size(one.total), clock_time(one.changed), _name(one)] for one in shown]
    print_table(("MODE", "OWNER", "SIZE", "CHANGED", "NAME"), rows, right=(2,))


def _tree(cli: CliContext, reference: str) -> FileTree:
    tree = FileTree()

    async def read(engine: Engine) -> None:
        if _BACKUP_SIGN in reference:
            looked = BackupFiles(cli.store, cli.keys, await _backup(cli, engine, reference))
            async with looked.opened() as opened:
                await opened.load(tree)
            return
        explorer = Explorer(engine, cli.settings.state, refusal_to_explore(cli.settings))
        volume = volume_named(await engine.inventory(), reference)
        async with VolumeFiles(explorer, volume, volume.name).opened() as opened:
            await opened.load(tree)

    cli.ask(read)
    return tree


async def _backup(cli: CliContext, engine: Engine, reference: str) -> Backup:
    return cli.store.find(reference, (await engine.info()).id)


def _name(node: FileNode) -> str:
    sign = "/" if node.folder else f" -> {safe_path(node.link)}" if node.link else ""
    return f"{node.shown_name}{sign}"


def _document(node: FileNode) -> dict[str, object]:
    return {
        "path": node.shown_path,
        "kind": node.kind,
        "bytes": node.size,
        "mode": f"{node.mode:04o}",
        "uid": node.uid,
        "gid": node.gid,
        "changed": node.changed,
        "link": safe_path(node.link),
    }


@click.command(
    cls=Command,
    name="copy-out",
    examples=(
        ("copy-out shop_media img/logo.svg .", "A file, into this directory."),
        ("copy-out shop_media@latest img ./from-backup", "A folder of a backup."),
    ),
)
@click.argument(
    "reference", metavar="VOLUME|BACKUP", shell_complete=complete.any_of(complete.volume_names, complete.backup_ids)
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--accept-plain", is_flag=True, help="Take a backup in plain although keys are named.")
@with_options
@with_keys
def copy_out(cli: CliContext, reference: str, paths: tuple[str, ...], directory: Path, accept_plain: bool) -> None:
    """Copy files of a volume or a backup to this machine.

    The files and folders PATH… of a volume, as it is now, or of a backup come into the directory DIR. They belong to
    you. DIR is made where it is missing; what is there already is never replaced.
    """
    selection = Selection.of(map(os.fsencode, paths))
    target = directory.absolute()
    check_target(target, list(selection.names))

    async def look(engine: Engine) -> tuple[str, Source | None]:
        if _BACKUP_SIGN in reference:
            return (await _backup(cli, engine, reference)).id, None
        return "", Source("volume", volume_named(await engine.inventory(), reference).name)

    backup, source = cli.ask(look)
    run(cli, CopyOutPlan(cli.common, selection.paths, os.fsencode(target), source, backup, accept_plain))
