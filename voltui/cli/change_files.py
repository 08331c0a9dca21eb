"""``voltui delete-files``, ``restore --only`` and the undo of such: files of a volume that are changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, confirm, with_options
from voltui.cli.given import source_given
from voltui.cli.run import run
from voltui.engine.adapter import Engine
from voltui.jobs.explorer import Explorer
from voltui.jobs.file_plans import DeleteFilesPlan, PutPlan, RestoreFilesPlan
from voltui.jobs.kept_files import job_of_kept, some_paths
from voltui.jobs.preview_files import FilesPreview, preview_files
from voltui.jobs.protection import refuse_protected
from voltui.jobs.put import destinations
from voltui.jobs.undoable import Undoable, files_plan
from voltui.model.errors import NotFound, Usage
from voltui.model.naming import source_named, target_named
from voltui.model.safe import safe
from voltui.model.selection import Selection, clean_path
from voltui.model.source import Source
from voltui.model.text import plural

_PATH = click.Path(path_type=Path, readable=False)  # what is wrong with it is told in our words


@click.command(
    cls=Command,
    name="delete-files",
    examples=(("delete-files shop_media img/old", "A folder; `voltui undo shop_media` brings it back."),),
)
@click.argument("volume", metavar="VOLUME", shell_complete=complete.volume_names)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--force", metavar="NAME", help="Delete from the protected volume of this NAME.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@with_options
def delete_files(cli: CliContext, volume: str, paths: tuple[str, ...], force: str | None, yes: bool) -> None:
    """Delete files and folders of a VOLUME. Its users go on.

    What is deleted is put aside in the volume for 7 days, in a folder .voltui-kept-…, and `voltui undo VOLUME` brings
    it back; deleting that folder in the same way deletes it for good.
    """
    cli.refuse_read_only("it deletes no files")
    target, selection = source_named(cli.inventory(), volume), Selection.of(map(os.fsencode, paths))
    named = forced(target, force)
    if not yes:
        plain = [path for path in selection.paths if not job_of_kept(path)]
        preview = _preview(cli, target, plain, stops=False, force=named)
        if plain and len(preview.new) == len(selection.paths):
            raise NotFound(f"There is no {some_paths(preview.new)} in {safe(volume)}.", "`voltui files` lists what is.")
        _show(preview, brings=False)
        confirm(f"Delete {plural(len(selection.paths), 'entry', 'entries')} of {safe(volume)}?", yes=yes)
    run(cli, DeleteFilesPlan(cli.common, target, selection.paths, force=named))


@click.command(
    cls=Command,
    examples=(("put shop_config app.ini --into etc --replace", "Replace a file."),),
)
@click.argument("volume", metavar="VOLUME", shell_complete=complete.volume_names)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…", type=_PATH)
@click.option("--into", default="/", metavar="PATH", help="The folder of the volume that it goes to (the root).")
@click.option("--replace", is_flag=True, help="Replace what has the same name there.")
@click.option("--force", metavar="NAME", help="Change the protected volume of this NAME.")
@with_options
def put(cli: CliContext, volume: str, sources: tuple[Path, ...], into: str, replace: bool, force: str | None) -> None:
    """Put files of this machine into a folder of a VOLUME.

    Its users go on. Files and directories get the owner and group of that folder, and keep their modes, times and
    links; a file that replaces another gets its owner and mode. What is replaced is put aside for 7 days; `voltui undo
    VOLUME` brings it back, and takes away what is new.
    """
    cli.refuse_read_only("it puts no files anywhere")
    places = tuple(map(source_given, sources))
    destinations(places, os.fsencode(into))
    target = source_named(cli.inventory(), volume)
    run(cli, PutPlan(cli.common, target, places, clean_path(os.fsencode(into)), replace, forced(target, force)))


def restore_only(
    cli: CliContext,
    reference: str,
    paths: Sequence[str],
    to: str | None,
    *,
    accept_plain: bool,
    force: str | None,
    yes: bool,
) -> None:
    """Put only some files and folders of a backup back."""
    cli.refuse_read_only("it restores nothing")
    inventory = cli.inventory()
    backup = cli.keys.opened(cli.store.find_whole(reference, inventory.engine.id), accept_plain=accept_plain)[0]
    target, selection = target_named(inventory, to) if to else backup.source, Selection.of(map(os.fsencode, paths))
    named = forced(target, force)
    if not yes:
        _show(_preview(cli, target, selection.paths, stops=True, force=named), brings=True)
        confirm(f"Put {plural(len(selection.paths), 'entry', 'entries')} back into {safe(target.name)}?", yes=yes)
    run(cli, RestoreFilesPlan(cli.common, target, backup.id, selection.paths, accept_plain, named))


def undo_change(cli: CliContext, one: Undoable, *, forced: bool, yes: bool) -> None:
    """Undo a change of files."""
    if not yes and one.files is not None:
        click.echo(f"{'Does again what was undone' if one.redoes else 'Undoes'}: {one.done}", err=True)
        for fact in one.files.facts:
            click.echo(fact, err=True)
        confirm(f"{'Redo' if one.redoes else 'Undo'} this change of files in {safe(one.source.name)}?", yes=yes)
    run(cli, files_plan(cli.common, one, force=forced))


def forced(target: Source, name: str | None) -> bool:
    """Whether a protected target is named outright. Raises `Usage` where another name was typed."""
    if name is not None and name != target.name:
        raise Usage(f"--force names {safe(name)}, but {safe(target.name)} would be changed.", "Type its name.")
    return name is not None


def _preview(cli: CliContext, target: Source, paths: Sequence[bytes], *, stops: bool, force: bool) -> FilesPreview:
    async def look(engine: Engine) -> FilesPreview:
        explorer, inventory = Explorer(engine, cli.settings.state), await engine.inventory()
        refuse_protected(inventory, target, f"Say --force {safe(target.name)}.", force=force)
        return await preview_files(engine, explorer, inventory, target, paths, stops=stops)

    return cli.ask(look)


def _show(preview: FilesPreview, *, brings: bool) -> None:
    for fact in preview.facts(brings=brings):
        click.echo(fact, err=True)
