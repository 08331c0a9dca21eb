"""The job that writes an edited file back into a volume: in one step, by rename, with the mode, owner and attributes
that it had there. What it was before is kept; where somebody else has changed it meanwhile, nothing is."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from voltui.engine import exchange as scripts
from voltui.engine.helper import TARGET
from voltui.jobs.context import JobContext
from voltui.jobs.exchange import Changing, changing
from voltui.jobs.file_plans import EditPlan
from voltui.model.errors import Failed, Refused
from voltui.model.retention import UNDO_DAYS
from voltui.model.safe import safe, safe_path
from voltui.store.files import locked_directory, private_directory

MOST_BYTES = 4 << 20
"""Bytes of a file that is edited."""


def digest(content: bytes) -> str:
    """What tells one content of a file from another, also for the tools of the engine's host: SHA-256."""
    return sha256(content).hexdigest()


async def run(context: JobContext, plan: EditPlan) -> dict[str, Any]:
    """Write the plan's file back; it goes here then. Raises `Refused` where the one in the volume is another by now."""
    path = Path(os.fsdecode(plan.file))
    context.left["text"] = f"Your text is kept in {safe(str(path))}."
    try:
        content = await context.in_thread(path.read_bytes)
    except OSError as error:
        raise Failed(f"{safe(str(path))} can't be read: {(error.strerror or str(error)).lower()}.") from error
    if len(content) > MOST_BYTES:
        raise Refused(f"{len(content):,} bytes are too many for a file that is edited.", "Put it there as a file.")
    async with changing(context, plan.target, force=plan.force, trusted=True) as target:
        async with target.staging():
            await _stage(context, target, plan.path, content)
            result = await target.exchange((plan.path,), (), {}, was=plan.was)
        del context.left["text"]
        await context.in_thread(lambda: forget_copy(path))
        await target.forget_expired()
        return result


async def _stage(context: JobContext, target: Changing, path: bytes, content: bytes) -> None:
    """Write the content beside, with all that the file has but content and time."""
    context.begin("Writing")
    process = await target.bridge.spawn(scripts.write_like(TARGET, context.directory.id, path), feed=True)
    try:
        await context.in_thread(lambda: process.sink.write(content))
        process.sink.close()
        result = await process.wait()
    finally:
        process.close()
    if result.code:
        raise Failed(f"Writing {safe_path(path)} failed: {result.words}.")


def private_copy(root: Path, name: bytes, content: bytes) -> Path:
    """A copy for an editor, in a folder of its own, under the name that tells it what language it is in.

    What edits before have left there for too long goes: who edits holds the folder's lock.
    """
    private_directory(root)
    _sweep(root)
    file = Path(tempfile.mkdtemp(dir=root)) / os.fsdecode(name)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    return file


def _sweep(root: Path) -> None:
    """Delete the folders that nobody uses, and has changed for as many days as an undo is kept."""
    oldest = time.time() - timedelta(days=UNDO_DAYS).total_seconds()
    for folder in root.iterdir():
        with suppress(OSError), locked_directory(folder) as free:
            if free and max(path.lstat().st_mtime for path in (folder, *folder.rglob("*"))) < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def forget_copy(path: Path) -> None:
    """The private folder of the file goes with all that an editor left there, such as a copy of its own."""
    shutil.rmtree(path.parent, ignore_errors=True)
