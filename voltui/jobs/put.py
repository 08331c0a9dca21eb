"""The job that puts files of this machine into a folder of a volume. Users go on meanwhile.

They get the owner and group of that folder, since whoever works there is most likely to need them; modes, times and
links are as they are here. A file that replaces another gets owner, mode and attributes of that one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from voltui.archive.gather import Found, Owner, find, gather
from voltui.archive.listing import Expectation
from voltui.engine import exchange as scripts
from voltui.engine.helper import TARGET
from voltui.jobs.context import JobContext
from voltui.jobs.exchange import FOLDER, THERE, Changing, changing, refuse_own
from voltui.jobs.extract import extract
from voltui.jobs.file_plans import PutPlan
from voltui.jobs.restore import check_extracted
from voltui.jobs.room import check_room
from voltui.model.errors import NotFound, Refused, Usage
from voltui.model.safe import safe, safe_path
from voltui.model.selection import Selection, clean_path


async def run(context: JobContext, plan: PutPlan) -> dict[str, Any]:
    """Put the plan's files there. The result tells what was replaced and what is new."""
    places = destinations(plan.sources, plan.into)
    sources = [(Path(os.fsdecode(source)), place) for source, place in zip(plan.sources, places, strict=True)]
    context.begin("Looking at the files")
    found = await context.in_thread(lambda: find([path for path, _ in sources]))
    for loss in found.losses:
        context.warn(loss)
    async with changing(context, plan.target, force=plan.force, trusted=plan.replace) as target:
        owner = await _owner(target, clean_path(plan.into))
        await _refuse_taken(target, places, replace=plan.replace)
        await check_room(target.bridge, safe(target.target.name), found.size, found.entries)
        async with target.staging() as folder:
            await _stage(context, target, sources, owner, found, folder)
            if plan.replace:
                after = scripts.take_after(TARGET, context.directory.id, places)
                await target.bridge.change(after, "Keeping modes and owners of what is replaced")
            result = await target.exchange(places, (), {})
        await target.forget_expired()
        return result


def destinations(sources: tuple[bytes, ...], into: bytes) -> tuple[bytes, ...]:
    """The path in the volume for each of the sources: its name, in a folder.

    Raises `Usage` or `Refused` for one without a name, or two with the same.
    """
    folder, names = clean_path(into), [source.rstrip(b"/").rpartition(b"/")[2] for source in sources]
    if not names or any(name in (b"", b".", b"..") for name in names):
        raise Usage("What is put there needs a name of its own: / has none.", "Name a file or directory by its path.")
    if len(set(names)) < len(names):
        raise Refused("Two of them have the same name.", "Put one after the other.")
    places = tuple(folder + b"/" + name if folder else name for name in names)
    refuse_own(places)
    Selection.of(places)
    return places


async def _owner(target: Changing, folder: bytes) -> Owner:
    """Whom the folder belongs to. Raises `NotFound` where there is no such folder."""
    if folder and (await target.kinds([folder]))[folder] != FOLDER:
        raise NotFound(f"There is no folder /{safe_path(folder)} in the {target.target.words}.", "Put one there first.")
    said = await target.bridge.check(scripts.owner(TARGET, folder), "Looking at the folder")
    uid, gid = map(int, said.split())
    return Owner(uid, gid)


async def _refuse_taken(target: Changing, places: tuple[bytes, ...], *, replace: bool) -> None:
    taken = [path for path, kind in (await target.kinds(places)).items() if kind in THERE]
    if taken and not replace:
        raise Refused(f"/{safe_path(taken[0])} is there already.", "Say --replace to replace it; the old one is kept.")


async def _stage(
    context: JobContext,
    target: Changing,
    sources: list[tuple[Path, bytes]],
    owner: Owner,
    found: Found,
    folder: str,
) -> None:
    expected = Expectation()
    context.begin("Copying", found.size)
    said = await extract(
        target.bridge,
        folder,
        lambda sink: gather(sources, owner, sink, progress=context.count, seen=expected.see),
        context.in_thread,
    )
    await check_extracted(context, target.bridge, folder, expected, said)
