"""How each step of a job is undone: by the worker, its supervisor, or the next command. Each may be done twice."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from voltui.archive.deep import TarPart
from voltui.archive.scan import scan
from voltui.archive.unpack import ByteSink, unpack
from voltui.engine import exchange, helper, images, swap, tools
from voltui.engine.adapter import Engine
from voltui.engine.bridge import Bridge
from voltui.engine.helper import CLIENT_LABEL, JOB_LABEL, TARGET, TRUSTED_CAPABILITIES, HelperSpec
from voltui.engine.pool import DaemonPool
from voltui.jobs import undo_client, undo_containers, undo_users
from voltui.jobs.directory import JobDirectory
from voltui.jobs.extract import extract_by_parts
from voltui.jobs.journal import Journal, OpenStep
from voltui.jobs.keys import Keyring
from voltui.model.errors import NotFound, VoltuiError
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.volume import MADE_LABEL
from voltui.store.local import LocalStore
from voltui.store.publication import discard_unpublished

HELPER = "helper"
PUBLICATION = "publication"
CREATE_VOLUME, RECREATE_VOLUME = "create-volume", "recreate-volume"
STAGE, ADOPT, SWAP, REFILL, DISCARD = "stage", "adopt", "swap", "refill", "discard"
REFLINK = "reflink"
IMAGE = "image"
EXCHANGE, ADOPT_KEPT, DISCARD_KEPT = "exchange", "adopt-kept", "discard-kept"


class _SourceGoneError(Exception):
    """The volume that a step has changed was removed."""


class Undoer:
    """Undoes steps of one job."""

    def __init__(self, engine: Engine, directory: JobDirectory, bridges: Mapping[str, Bridge] | None = None) -> None:
        self._engine = engine
        self._directory = directory
        self._bridges = bridges or {}
        self._keys = Keyring(directory.path.parent.parent)

    async def undo(self, step: OpenStep) -> None:
        """Make as if the step had not been. Raises `VoltuiError` where that is not possible now."""
        self._directory.log(f"undo {step.name} {dict(step.data)}")
        try:
            if undo := undo_users.UNDO.get(step.name) or undo_containers.UNDO.get(step.name):
                await undo(self._engine, self._directory, step.data)
            elif step.name in undo_client.UNDO:
                undo_client.UNDO[step.name](step.data)
            else:
                await _UNDO[step.name](self, step.data)
        except _SourceGoneError:
            self._directory.log("the source is gone, and with it what was to be undone")

    def reason(self, step: OpenStep, error: Exception) -> str:
        """Why a step can't be undone now, in a sentence; what is no sentence goes into the job's log."""
        if isinstance(error, VoltuiError):
            return error.sentence
        self._directory.log(f"undoing {step.name} failed: {error!r}")
        if isinstance(error, OSError) and error.filename:
            return f"{safe(str(error.filename))} can't be used: {(error.strerror or str(error)).lower()}."
        return f"VolTUI has a fault; the log is {self._directory.path / 'log'}."

    async def _helper(self, data: Mapping[str, Any]) -> None:
        await helper.remove(self._engine.connection, data["name"])

    async def _image(self, data: Mapping[str, Any]) -> None:
        await images.remove(self._engine.connection, data["reference"])

    async def _publication(self, data: Mapping[str, Any]) -> None:
        discard_unpublished([Path(path) for path in data["paths"]], Path(data["manifest"]))

    async def _create_volume(self, data: Mapping[str, Any]) -> None:
        """Remove the volume that the job made. One of that name that someone else made is theirs."""
        try:
            volume = await self._engine.volume(data["name"])
            if volume.labels.get(MADE_LABEL) == self._directory.id:
                await self._engine.remove_volume(data["name"])
        except NotFound:
            return

    async def _recreate_volume(self, data: Mapping[str, Any]) -> None:
        """An empty volume of nobody that was filled in part: made anew.

        While the job's helper mounts it nobody can have removed it. Where the helper is gone, a volume of that name may
        be another one by now, and is left as it is.
        """
        try:
            await self._engine.container(data["helper"])
        except NotFound:
            self._directory.log(f"the volume {data['name']!r} is left as it is: it may be another one by now")
            return
        await helper.remove(self._engine.connection, data["helper"])
        await self._engine.remove_volume(data["name"])
        await self._engine.create_volume(data["name"], data["driver"], data["options"], data["labels"])

    async def _stage(self, data: Mapping[str, Any]) -> None:
        async with self._writing(data) as bridge:
            await bridge.change(swap.discard_staged(TARGET, data["id"]), "Removing what was staged")

    async def _adopt(self, data: Mapping[str, Any]) -> None:
        async with self._writing(data) as bridge:
            await bridge.change(swap.give_back(TARGET, data["id"], data["kept"]), "Putting the old content aside again")

    async def _swap(self, data: Mapping[str, Any]) -> None:
        async with self._writing(data) as bridge:
            await bridge.change(swap.swap_back(TARGET, data["id"], data["only"]), "Putting the old content back")

    async def _discard(self, data: Mapping[str, Any]) -> None:
        """Finish deleting what a backup holds: half of it is worth nothing."""
        async with self._writing(data) as bridge:
            await bridge.change(swap.discard_old(TARGET, data["id"]), "Deleting the old content")

    async def _exchange(self, data: Mapping[str, Any]) -> None:
        async with self._writing(data) as bridge:
            script = exchange.exchange_back(TARGET, data["id"], data["words"])
            await bridge.change(script, "Putting the old files back")

    async def _adopt_kept(self, data: Mapping[str, Any]) -> None:
        async with self._writing(data) as bridge:
            await bridge.change(exchange.give_back(TARGET, data["id"], data["kept"]), "Putting the files aside again")

    async def _discard_kept(self, data: Mapping[str, Any]) -> None:
        """Finish deleting what is not kept any longer."""
        async with self._writing(data) as bridge:
            await bridge.change(exchange.discard_kept(TARGET, data["kept"]), "Deleting what was kept")

    async def _reflink(self, data: Mapping[str, Any]) -> None:
        async with self._writing(data) as bridge:
            await bridge.change(swap.discard_reflink(TARGET, data["id"]), "Deleting the copy that was read")

    async def _refill(self, data: Mapping[str, Any]) -> None:
        """Put the deleted content back from its backup, staged and swapped in like any other."""
        identifier, only = data["id"], data["only"]
        folder = swap.staging_folder(TARGET, identifier)
        async with self._new_bridge(Source(*data["mount"])) as bridge:
            for script in (
                swap.swap_back(TARGET, identifier, only),
                swap.discard_staged(TARGET, identifier),
                swap.empty(TARGET, identifier, only),
                swap.stage(TARGET, identifier),
            ):
                await bridge.change(script, "Making room for the old content")
            if data["backup"] is not None:
                await _extract(bridge, LocalStore(Path(data["store"])), self._keys, data["backup"], folder)
            await bridge.change(swap.swap(TARGET, identifier, only), "Putting the old content back")
            await bridge.change(swap.discard_old(TARGET, identifier), "Cleaning up")

    @asynccontextmanager
    async def _writing(self, data: Mapping[str, Any]) -> AsyncIterator[Bridge]:
        """The job's own bridge to the source if it is still open, else a new one."""
        source = Source(*data["mount"])
        open_bridge = self._bridges.get(source.name)
        if open_bridge is not None and await open_bridge.usable():
            yield open_bridge
            return
        async with self._new_bridge(source) as bridge:
            yield bridge

    @asynccontextmanager
    async def _new_bridge(self, source: Source) -> AsyncIterator[Bridge]:
        """One that no cancelled job holds back."""
        io = self._directory.new_io()
        name = f"voltui-{self._directory.id}-undo-{io.name}"
        labels = {JOB_LABEL: self._directory.id, CLIENT_LABEL: self._directory.client}
        spec = HelperSpec(name, source, True, labels, TRUSTED_CAPABILITIES, io=io)
        bridge = Bridge(self._engine.connection, spec, threading.Event())
        try:
            await bridge.start()
        except NotFound:
            raise _SourceGoneError from None
        try:
            yield bridge
        finally:
            await bridge.close()


async def _extract(bridge: Bridge, store: LocalStore, keys: Keyring, backup_id: str, folder: str) -> None:
    """Extract a backup into a folder, checked and on disk."""
    backup, key = keys.opened(store.find(backup_id))
    archive, index = store.archive_path(backup), store.index_path(backup)
    pool = DaemonPool("refill", 1)

    def fill(sink: ByteSink, part: TarPart | None) -> None:
        unpack(archive, index, (backup.archive, backup.index), sink=sink, key=key, part=part)

    try:
        bases = (await pool.run(lambda: scan(index, backup.index, key))).bases
        await extract_by_parts(bridge, folder, fill, bases, pool.run)
    finally:
        pool.close()
    await bridge.change(tools.sync_tree(folder), "Writing to disk")


async def tried(undoer: Undoer, journal: Journal, step: OpenStep) -> str:
    """Undo a step and say so in the journal; in a sentence why that must wait. It raises nothing: the other steps must
    be undone too."""
    try:
        await undoer.undo(step)
    except Exception as error:  # noqa: BLE001 - whatever it is
        return undoer.reason(step, error)
    journal.undone(step)
    return ""


def target_data(job: str, target: Source) -> dict[str, Any]:
    """What the undo of a step in a restore's target has to know."""
    folder = target.folder
    return {"mount": [folder.kind, folder.name], "id": job, "only": target.only}


_UNDO: dict[str, Callable[[Undoer, Mapping[str, Any]], Awaitable[None]]] = {
    HELPER: Undoer._helper,
    PUBLICATION: Undoer._publication,
    CREATE_VOLUME: Undoer._create_volume,
    RECREATE_VOLUME: Undoer._recreate_volume,
    STAGE: Undoer._stage,
    SWAP: Undoer._swap,
    REFILL: Undoer._refill,
    ADOPT: Undoer._adopt,
    DISCARD: Undoer._discard,
    REFLINK: Undoer._reflink,
    IMAGE: Undoer._image,
    EXCHANGE: Undoer._exchange,
    ADOPT_KEPT: Undoer._adopt_kept,
    DISCARD_KEPT: Undoer._discard_kept,
}
