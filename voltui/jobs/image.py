"""The image jobs: a volume's content as an image that another host loads, and back from one into a new volume."""

from __future__ import annotations

import os
import re
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from voltui.archive.pump import pump
from voltui.engine import images
from voltui.engine.images import ImageUpload
from voltui.jobs.access import Reading, opened
from voltui.jobs.context import JobContext
from voltui.jobs.copy_out import fill_from_image
from voltui.jobs.copying import created_volume, warn_of_losses
from voltui.jobs.holding import holding
from voltui.jobs.hooks import hooked
from voltui.jobs.locks import locked
from voltui.jobs.sources import known
from voltui.jobs.undo import IMAGE
from voltui.jobs.undo_client import FILES
from voltui.jobs.users import still
from voltui.jobs.volume_plans import ImagePlan, ImportImagePlan
from voltui.model.errors import Failed, Refused, Usage
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.store.client_files import check_new_file
from voltui.store.files import sync_directory

PATH = "/volume"
"""Where in an image a volume's content is."""
_PATH_LABEL, _VOLUME_LABEL = "voltui.path", "voltui.volume"
"""Labels of an image: where the content is in it, and which volume it was."""
_REFERENCE = re.compile(r"[a-z0-9]+(?:[._/:-]+[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?")
"""As the Engine API takes names: lower case, parts divided by ``/ . _ -``, a port, a tag; no digest."""
_ENGINE_DROPS = "Extended attributes, ACLs and sockets are not kept in an image, and holes in files come back as zeros."


async def run(context: JobContext, plan: ImagePlan) -> dict[str, Any]:
    """Make an image of one layer with the plan's source in it; written to a file, it does not stay in the engine."""
    reference = with_tag(plan.reference)
    await _refuse_existing(context, reference, plan.file)
    async with (
        holding(context, lambda inventory: [known(context, inventory, plan.source)]) as (inventory, (source,)),
        AsyncExitStack() as stack,
    ):
        step = context.scoped if plan.file else context.tentative
        await stack.enter_async_context(step(IMAGE, {"reference": reference}))
        async with (
            opened(context, source) as access,
            hooked(context, inventory.running_users(source), "backup"),
            still(context, inventory, [source], plan.treatment) as stillness,
        ):
            context.begin(f"Importing {safe(source.short)} as an image", await access.expected_bytes(context))
            reading = await access.read(holes=False)  # the engine can't save an image whose files have a map
            try:
                await _import(context, reading, reference, source)
            finally:
                reading.close()
        if plan.file:
            await _save(context, stack, reference, Path(plan.file))
        consistency = stillness.of(inventory, source).value
        return context.commit({"image": reference, "file": plan.file or None, "consistency": consistency})


async def _import(context: JobContext, reading: Reading, reference: str, source: Source) -> None:
    changes = [f"LABEL {_PATH_LABEL}={PATH}", f"LABEL {_VOLUME_LABEL}={_quoted(source.name)}"]
    upload = ImageUpload(context.engine.connection, reference, changes, context.cancelled, context.common.idle_timeout)
    try:
        await context.in_thread(
            lambda: pump(
                reading.source,
                lambda piece: upload.write(bytes(piece)),
                root=reading.root,
                new_root=PATH.removeprefix("/").encode() + b"/",
                progress=context.count,
            )
        )
        losses = await reading.finish()
        await context.in_thread(upload.finish)
    finally:
        upload.abort()
    warn_of_losses(context, safe(source.short), losses)
    context.warn(_ENGINE_DROPS)


def _quoted(text: str) -> str:
    """A value for ``LABEL`` in a Dockerfile, which the engine parses."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'


async def _save(context: JobContext, stack: AsyncExitStack, reference: str, file: Path) -> None:
    """Write the image to a file that appears whole or not at all."""
    part = file.with_name(f".{file.name}.{context.directory.id}.part")
    await stack.enter_async_context(context.tentative(FILES, {"paths": [str(part), str(file)]}))
    context.begin(f"Writing {safe(file.name)}")
    try:
        await context.in_thread(lambda: _write(context, reference, part))
        part.rename(file)
        sync_directory(file.parent)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Failed(f"{safe(str(file))} can't be written: {reason}.", "Write it elsewhere.") from error


def _write(context: JobContext, reference: str, part: Path) -> None:
    patience = context.common.idle_timeout
    for size in images.save(context.engine.connection, reference, part, context.cancelled, patience):
        context.count(size, 0)
    context.raise_if_cancelled()
    with part.open("rb") as written:
        os.fsync(written.fileno())


async def _refuse_existing(context: JobContext, reference: str, file: str) -> None:
    if await images.exists(context.engine.connection, reference):
        raise Refused(f"An image {safe(reference)} exists already.", "Choose another name.")
    if file:
        check_new_file(Path(file))


async def take_out(context: JobContext, plan: ImportImagePlan) -> dict[str, Any]:
    """Fill a new volume with what an image holds."""
    info = await context.engine.info()
    image = await images.inspect(context.engine.connection, plan.reference)
    config = image.get("Config") or {}
    path = plan.path or (config.get("Labels") or {}).get(_PATH_LABEL, "")
    if not path:
        raise Usage(f"{safe(plan.reference)} does not say where its data is.", "Say it with --path /DIRECTORY.")
    for volume in config.get("Volumes") or ():
        if path == volume or path.startswith(volume.rstrip("/") + "/"):
            raise Refused(
                f"{safe(plan.reference)} declares a volume at {safe(volume)}: the engine copies its content itself.",
                f"docker create --volume {safe(plan.volume)}:{safe(volume)} {safe(plan.reference)}",
            )
    with locked(context.state, info.id, [Source("volume", plan.volume)], context.directory.id):
        async with created_volume(context, plan.volume):
            await fill_from_image(context, plan.reference, path, plan.volume, f"{safe(plan.reference)}:{safe(path)}")
            return context.commit({"volume": plan.volume, "image": plan.reference})


def with_tag(reference: str) -> str:
    """An image's name with its tag: ``latest`` where none is given. Raises `Usage` for a digest."""
    if not _REFERENCE.fullmatch(reference):
        raise Usage(f"{safe(reference) or 'An empty name'} names no image that can be made.", "Write NAME:TAG.")
    return reference if ":" in reference.rpartition("/")[2] else f"{reference}:latest"
