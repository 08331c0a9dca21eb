"""Filling a new volume from a directory of a container's own files, or of an image's.

The container is never read itself: while an engine sends its files, it answers nothing else about it (measured). Its
files are kept as an image for the time, which also makes them one moment's.
"""

from __future__ import annotations

import posixpath
from contextlib import AsyncExitStack
from pathlib import PurePosixPath

from voltui.engine import images
from voltui.engine.archive_api import ArchiveSource
from voltui.engine.helper import CLIENT_LABEL, JOB_LABEL
from voltui.jobs.access import ArchiveReading
from voltui.jobs.context import JobContext
from voltui.jobs.copying import Original, created_volume, fill_volume
from voltui.jobs.undo import HELPER, IMAGE
from voltui.model.errors import NotFound, Refused, Usage
from voltui.model.inventory import Inventory, data_source
from voltui.model.safe import safe

_COPY = "voltui-copy"
"""The repository of images that hold a container's files for the time of a copy."""


def split(reference: str) -> tuple[str, str]:
    """The container and the absolute path of ``CONTAINER:/path``. Raises `Usage`."""
    container, colon, path = reference.partition(":")
    plain = posixpath.normpath(path)
    if not container or not colon or not path.startswith("/") or plain == "/":
        raise Usage(f"{safe(reference)} names no directory of a container.", "Write it as CONTAINER:/path.")
    return container, plain


async def filled(context: JobContext, stack: AsyncExitStack, inventory: Inventory, reference: str, volume: str) -> None:
    """Make a volume and fill it from ``CONTAINER:/path``; it goes again where the stack ends in an error."""
    name, path = split(reference)
    container = (await context.engine.container(name)).container
    for mount in container.mounts:
        source = data_source(mount)
        if path == mount.destination or path.startswith(mount.destination.rstrip("/") + "/"):
            raise Refused(
                f"{safe(path)} of {safe(container.name)} is no data of its own: the {mount.kind} "
                f"{safe(source.name if source else mount.source)} is mounted there.",
                "Share that, or clone it.",
            )
        if mount.destination.startswith(path + "/"):
            context.warn(f"What {safe(container.name)} has mounted at {safe(mount.destination)} is not copied.")
    await stack.enter_async_context(created_volume(context, volume))
    image = f"{_COPY}:{context.directory.id.lower()}"
    async with context.scoped(IMAGE, {"reference": image}):
        context.begin(f"Keeping the files of {safe(container.name)} as they are now")
        await images.commit(context.engine.connection, container.id, image)
        await fill_from_image(context, image, path, volume, f"{safe(container.name)}:{safe(path)}")


async def fill_from_image(context: JobContext, image: str, path: str, volume: str, words: str) -> None:
    """Fill a new volume from a directory of an image. Raises `NotFound`, or `Refused` where the path is none."""
    connection = context.engine.connection
    helper = context.next_helper_name()
    async with context.scoped(HELPER, {"name": helper}):
        labels = {JOB_LABEL: context.directory.id, CLIENT_LABEL: context.directory.client}
        made = await images.create_helper(connection, image, helper, labels)
        await _check_directory(context, made, path, words)
        patience = context.common.idle_timeout
        source = ArchiveSource(connection, made, context.cancelled, patience, path)
        reading = ArchiveReading(source, posixpath.basename(path).encode() + b"/")
        try:
            await fill_volume(context, volume, Original(reading, words))
        finally:
            reading.close()


async def _check_directory(context: JobContext, helper: str, path: str, words: str) -> None:
    """Raise `NotFound` or `Refused` for what is no directory, or lies behind a link, which may lead to a mount."""
    parents = [str(parent) for parent in reversed(PurePosixPath(path).parents)][1:]
    for place in (*parents, path):
        try:
            kind = await images.path_kind(context.engine.connection, helper, place)
        except NotFound:
            raise NotFound(f"There is no {words}.", "Check the path.") from None
        if kind.link_to:
            said = f"{words}: {safe(place)} is a link to {safe(kind.link_to)}."
            raise Refused(said, "Name the directory that it leads to.")
    if not kind.directory:
        raise Refused(f"{words} is no directory.", "Name the directory that it is in.")
