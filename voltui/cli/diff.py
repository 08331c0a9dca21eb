"""``voltui diff``."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, with_keys, with_options
from voltui.cli.output import is_terminal, print_json, print_table
from voltui.engine.adapter import Engine
from voltui.format import size
from voltui.jobs.compare import Comparing, TextDifference, comparing
from voltui.jobs.explorer import Explorer, refusal_to_explore
from voltui.jobs.look import Files
from voltui.jobs.look_backup import BackupFiles
from voltui.jobs.look_live import PathFiles, VolumeFiles
from voltui.model.backup import Backup
from voltui.model.differences import Difference, What
from voltui.model.errors import NotFound, VoltuiError
from voltui.model.files import FileNode
from voltui.model.naming import source_named
from voltui.model.safe import safe, safe_path
from voltui.model.source import Source
from voltui.store.local import LATEST

_COUNT_EVERY = 0.25
_DIFFERS = 1
_SIDES = complete.any_of(complete.volume_names, complete.backup_ids, complete.paths)


class _Trouble(VoltuiError):
    """What would end with 1 elsewhere: here that says that something differs."""

    exit_code = 2


@click.command(
    cls=Command,
    examples=(
        ("diff shop_pgdata", "What has changed since its last backup."),
        ("diff shop_pgdata@latest copy --path etc/app.conf", "The lines of one file."),
    ),
)
@click.argument("before", metavar="A", shell_complete=_SIDES)
@click.argument("after", metavar="[B]", required=False, shell_complete=_SIDES)
@click.option("--path", metavar="PATH", help="Only this file: the lines that differ.")
@with_options
@with_keys
def diff(cli: CliContext, before: str, after: str | None, path: str | None) -> None:
    """Show what differs between two backups or volumes.

    A and B are each a backup, a volume, or an absolute path on the engine's host. Without B it is between the last
    backup of A and A now, or between the backup A and its volume now. Contents are compared by their hashes where lists
    leave a doubt. Exits with 0 where nothing differs, 1 where something does, 2 or more for trouble.
    """
    try:
        differs = cli.ask(lambda engine: _diff(cli, engine, before, after, path))
    except (VoltuiError, OSError) as error:
        if isinstance(error, VoltuiError) and error.exit_code != _DIFFERS:
            raise
        raise _Trouble(str(error), getattr(error, "hint", "")) from error
    if differs:
        click.get_current_context().exit(_DIFFERS)


async def _diff(cli: CliContext, engine: Engine, before: str, after: str | None, path: str | None) -> bool:
    async with comparing(*await _sides(cli, engine, before, after)) as opened:
        found = await _settled(opened)
        if path is None:
            _print(cli, found)
            return bool(found)
        wanted = path.strip("/").encode("utf-8", "surrogateescape")
        one = next((one for one in found if one.path == wanted), None)
        if one is None:
            _refuse_unknown(opened, wanted)
            told = TextDifference()
        else:
            told = await opened.text(one)
        _print_text(cli, path, told)
        return one is not None


async def _sides(cli: CliContext, engine: Engine, before: str, after: str | None) -> tuple[Files, Files]:
    """What is compared with what."""
    if after is not None:
        return await _files(cli, engine, before), await _files(cli, engine, after)
    backup = await _backup(cli, engine, before if "@" in before else f"{before}@{LATEST}")
    return _of_backup(cli, backup), await _live(cli, engine, backup.source)


async def _files(cli: CliContext, engine: Engine, reference: str) -> Files:
    if "@" in reference:
        return _of_backup(cli, await _backup(cli, engine, reference))
    return await _live(cli, engine, source_named(await engine.inventory(), reference))


async def _backup(cli: CliContext, engine: Engine, reference: str) -> Backup:
    if reference.endswith(f"@{LATEST}"):
        return cli.store.find(reference, (await engine.info()).id)
    return cli.store.find(reference)


def _of_backup(cli: CliContext, backup: Backup) -> Files:
    return BackupFiles(cli.store, cli.keys, backup)


async def _live(cli: CliContext, engine: Engine, source: Source) -> Files:
    explorer = Explorer(engine, cli.settings.state, refusal_to_explore(cli.settings))
    if source.kind != "volume":
        return PathFiles(explorer, source.name)
    return VolumeFiles(explorer, await engine.volume(source.name), safe(source.short))


async def _settled(opened: Comparing) -> list[Difference]:
    """All differences; how far it is, on a person's terminal."""
    listed = await opened.listed()
    work = asyncio.ensure_future(opened.settled(listed))
    said = 0
    try:
        while not (await asyncio.wait([work], timeout=_COUNT_EVERY))[0]:
            if is_terminal():
                words = f"comparing {size(opened.done)} of {size(opened.total)}"
                click.echo("\r" + words.ljust(said), nl=False, err=True)
                said = len(words)
        return await work
    finally:
        work.cancel()
        if said:
            click.echo("\r" + " " * said + "\r", nl=False, err=True)


def _refuse_unknown(opened: Comparing, path: bytes) -> None:
    """Raise `NotFound` where neither side has the path."""
    if not opened.known(path):
        raise NotFound(f"Neither side has a file /{safe_path(path)}.", "Without --path all that differs is listed.")


def _print(cli: CliContext, found: Sequence[Difference]) -> None:
    if cli.as_json:
        print_json([_document(one) for one in found])
        return
    if not found:
        click.echo("Nothing is different.", err=True)
        return
    rows = [[one.what, _size(one.before), _size(one.after), f"/{safe_path(one.path)}"] for one in found]
    print_table(("WHAT", "BEFORE", "AFTER", "PATH"), rows, right=(1, 2))
    counted = Counter(one.what for one in found)
    click.echo(", ".join(f"{counted[what]:,} {what}" for what in What if counted[what]), err=True)


def _size(node: FileNode | None) -> str:
    return size(node.size) if node is not None and not node.folder else ""


def _document(one: Difference) -> dict[str, Any]:
    return {
        "path": one.path.decode("utf-8", "backslashreplace"),
        "what": one.what,
        "before": _side(one.before),
        "after": _side(one.after),
    }


def _side(node: FileNode | None) -> dict[str, Any] | None:
    if node is None:
        return None
    return {
        "kind": node.kind,
        "size": node.size,
        "mode": f"{node.mode:04o}",
        "uid": node.uid,
        "gid": node.gid,
        "changed": node.changed,
    }


def _print_text(cli: CliContext, path: str, told: TextDifference) -> None:
    """The lines as ``diff -u`` prints them; for another program as they are, for a terminal made safe."""
    if cli.as_json:
        print_json({"path": path, "sentence": told.sentence, "lines": [one.printed for one in told.lines]})
        return
    if told.sentence:
        click.echo(told.sentence, err=True)
    if not told.lines:
        return
    name = safe(path.strip("/"))
    lines = [f"--- a/{name}", f"+++ b/{name}", *(one.printed for one in told.lines)]
    shown = [safe(one.expandtabs()) for one in lines] if sys.stdout.isatty() else lines
    click.echo("\n".join(shown))
