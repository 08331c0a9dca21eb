"""``voltui undo``."""

from __future__ import annotations

import click
from msgspec.structs import replace

from voltui.cli import complete
from voltui.cli.change_files import forced, undo_change
from voltui.cli.command import Command
from voltui.cli.context import CliContext, confirm, with_keys, with_options
from voltui.cli.follow import follow
from voltui.cli.output import print_json, print_table
from voltui.cli.restore import describe, print_restored
from voltui.engine.adapter import Engine
from voltui.format import since, size
from voltui.jobs.kept_files import some_paths
from voltui.jobs.plan import RestorePlan
from voltui.jobs.preview import RestorePreview, preview_restore
from voltui.jobs.protection import refuse_protected
from voltui.jobs.submit import submit
from voltui.jobs.undoable import Undoable, change_named, is_gone, last_undoable, possible, refuse_gone, undoables
from voltui.model.errors import NotFound, Refused, Usage
from voltui.model.inventory import Inventory
from voltui.model.naming import source_named
from voltui.model.safe import safe, safe_path
from voltui.model.source import Source


@click.command(
    cls=Command,
    examples=(
        ("undo", "List what can be put back."),
        ("undo shop_pgdata", "Put back what was there before."),
    ),
)
@click.argument("volume", required=False, metavar="[VOLUME]", shell_complete=complete.backed_up)
@click.option("--change", metavar="ID", help="Undo this change, of those that are listed, instead of the last one.")
@click.option("--in-place", is_flag=True, help="Where there is no room for both contents: delete the new one first.")
@click.option("--accept-plain", is_flag=True, help="Take a backup in plain although keys are named.")
@click.option("--force", metavar="NAME", help="Replace the protected volume of this NAME.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@with_options
@with_keys
def undo(
    cli: CliContext,
    volume: str | None,
    change: str | None,
    in_place: bool,
    accept_plain: bool,
    force: str | None,
    yes: bool,
) -> None:
    """Put back what a restore or change of files replaced last.

    Without VOLUME it lists what can be put back.

    An undo can be undone itself. `voltui prune` keeps what a restore replaced for 7 days, and deletes it then.
    """
    if volume is None:
        if change is not None:
            raise Usage("--change needs the volume that was changed.", "Name the volume first.")
        _list(cli)
        return

    async def look(engine: Engine) -> tuple[RestorePreview, Undoable]:
        inventory = await engine.inventory()
        found = undoables(cli.store.listing().backups, cli.jobs, inventory.engine.id)
        source = _named(cli, inventory, volume)
        refuse_gone(found, source, inventory)
        last = change_named(found, source, change) if change else last_undoable(found, source)
        way = f"Say --force {safe(last.source.name)}."
        refuse_protected(inventory, last.source, way, force=forced(last.source, force))
        if last.files is not None:
            return await preview_restore(engine, inventory, None, last.source), last
        whole = cli.store.find_whole(last.backup.id) if last.backup else None
        backup = cli.keys.opened(whole, accept_plain=accept_plain)[0] if whole else None
        return await preview_restore(engine, inventory, backup, last.source), last

    preview, last = cli.ask(look)
    if last.files is not None:
        undo_change(cli, last, forced=forced(last.source, force), yes=yes)
        return
    if preview.refusal:
        raise Refused(preview.refusal, "See to the container first.")
    if not yes:
        click.echo(describe(preview, None) if last.backup else _describe_kept(preview), err=True)
        confirm(f"Replace the content of {safe(last.source.name)}?", yes=yes)
    plan = RestorePlan(
        cli.common,
        last.source,
        backup=last.backup.id if last.backup else "",
        kept_tree=last.kept_tree,
        in_place=in_place,
        accept_plain=accept_plain,
        force=forced(preview.target, force),
    )
    job = submit(plan, cli.settings.state)
    outcome = follow(job)
    outcome.raise_error()
    print_restored(cli, job.id, outcome)


def _named(cli: CliContext, inventory: Inventory, name: str) -> Source:
    """The source to undo something of: one of the engine's, else one that is gone and has backups."""
    try:
        return source_named(inventory, name)
    except NotFound:
        return cli.store.source_named(name)


def _describe_kept(preview: RestorePreview) -> str:
    lines = describe(replace(preview, backup=None), None).split("\n")
    return "\n".join(["from    what the last restore replaced, which is still in the volume", *lines[1:]])


def _list(cli: CliContext) -> None:
    inventory = cli.inventory()
    found = possible(undoables(cli.store.listing().backups, cli.jobs, inventory.engine.id), inventory)
    if cli.as_json:
        print_json([_document(one, gone=is_gone(one.source, inventory)) for one in found])
        return
    if not found:
        click.echo("No restore or change of files is known that could be undone.", err=True)
        return
    print_table(
        ("OF", "REPLACED", "STORED", "CHANGE", "WHERE"),
        [
            [
                safe(one.source.name),
                since(one.replaced),
                size(one.backup.archive.size) if one.backup else "-",
                safe(one.id),
                f"{_place(one)}{'  (the volume is gone)' if is_gone(one.source, inventory) else ''}",
            ]
            for one in found
        ],
        right=(1, 2),
        nothing="Nothing can be undone: no restore and no change of files is known here.",
    )


def _place(one: Undoable) -> str:
    if one.backup is not None:
        return "a backup"
    return f"in the volume: {some_paths((*one.files.replaced, *one.files.new))}" if one.files else "in the volume"


def _document(one: Undoable, *, gone: bool) -> dict[str, object]:
    return {
        "source": one.source.name,
        "change": one.id,
        "replaced": one.replaced,
        "backup": one.backup.id if one.backup else None,
        "bytes": one.backup.archive.size if one.backup else None,
        "in_volume": one.backup is None,
        "volume_gone": gone,
        "files": [safe_path(path) for path in (*one.files.replaced, *one.files.new)] if one.files else None,
    }
