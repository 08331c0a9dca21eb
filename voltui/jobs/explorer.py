"""Looking at the files of volumes: a helper that reads, and is there only while somebody looks."""

from __future__ import annotations

import asyncio
import math
import secrets
import shutil
import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from voltui.config import Settings
from voltui.engine import helper
from voltui.engine.adapter import Engine
from voltui.engine.bridge import Bridge, BridgeUnavailable
from voltui.engine.helper import CLIENT_LABEL, TARGET, HelperSpec
from voltui.engine.pool import settled
from voltui.jobs.common import TransportChoice
from voltui.jobs.directory import client_name, jobs_directory
from voltui.model.errors import Failed, VoltuiError
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.volume import Volume
from voltui.store.files import locked_file, private_directory

_BACKUPS_HINT = "Files of backups can be looked at."
_PREFIX, SHELL_PREFIX = "voltui-explorer-", "voltui-shell-"
_OWN = (f"/{_PREFIX}", f"/{SHELL_PREFIX}")
_BIRTH = 60
"""Seconds after which a helper that was made is not about to be started."""
_READ_FILES = ("DAC_READ_SEARCH",)


class _Held(Struct):
    bridge: Bridge
    files: ExitStack
    cancelled: threading.Event
    users: int = 0


class Explorer:
    """One helper for all plain volumes, at the folder that holds them, so that it keeps none of them in use.

    It is made for the first who opens it and goes with the last. When this process dies, it ends by itself.
    """

    def __init__(self, engine: Engine, state: Path, refusal: BridgeUnavailable | None = None) -> None:
        self._engine = engine
        self._state = state
        self._unavailable = refusal
        self._held: dict[Source, _Held] = {}
        self._lock = asyncio.Lock()
        self._users = 0
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._swept = False

    async def everything(self) -> Source:
        """The folder that holds all plain volumes, on the engine's host."""
        return Source("path", f"{(await self._engine.info()).root_dir}/volumes")

    async def place(self, volume: Volume) -> tuple[Source, str]:
        """What to open to see a volume, and the folder in the helper that is the volume.

        A volume with options, or of another driver, is mounted by the engine while it is looked at.
        """
        around = await self.everything()
        if volume.driver == "local" and not volume.options and volume.mountpoint.startswith(f"{around.name}/"):
            return around, TARGET + volume.mountpoint.removeprefix(around.name)
        return Source("volume", volume.name), TARGET

    @asynccontextmanager
    async def opened(self, source: Source) -> AsyncIterator[Bridge]:
        """The helper that has the source at `TARGET`. Raises `BridgeUnavailable`; once it has for all plain volumes, it
        always does."""
        self._users += 1
        self._nobody.clear()
        try:
            async with self._lock:
                if self._unavailable is not None:
                    raise self._unavailable
                held = self._held.get(source) or await self._start(source)
                self._held[source] = held
                held.users += 1
            try:
                yield held.bridge
            finally:
                held.users -= 1
                if not held.users:
                    self._held.pop(source, None)
                    await settled(self._close(held))
        finally:
            self._users -= 1
            if not self._users:
                self._nobody.set()

    async def ended(self) -> None:
        """Wait until no helper is there, or is about to be."""
        await self._nobody.wait()

    def abandon(self) -> None:
        """Let all helpers end by themselves, at once."""
        for held in self._held.values():
            held.cancelled.set()
            held.bridge.let_go()

    async def _start(self, source: Source) -> _Held:
        client = client_name(jobs_directory(self._state).root)
        await self._sweep(client)
        files, cancelled = ExitStack(), threading.Event()
        name = f"{_PREFIX}{secrets.token_hex(6)}"
        labels = {CLIENT_LABEL: client}
        try:
            io = _new_io(self._state / "explorer", files)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Failed(f"There is no place for a helper's files in {safe(str(self._state))}: {reason}.") from error
        spec = HelperSpec(name, source, False, labels, _READ_FILES, io=io)
        # Measuring a large volume is silent for as long as it takes.
        bridge = Bridge(self._engine.connection, spec, cancelled, math.inf)
        try:
            await bridge.start()
        except BaseException as error:
            files.close()
            if isinstance(error, BridgeUnavailable) and source == await self.everything():
                self._unavailable = error  # of anything else it may be that alone which can't be mounted
            raise
        return _Held(bridge, files, cancelled)

    async def _sweep(self, client: str) -> None:
        """Remove what a process left that was killed between making a helper and starting it: no other one stays."""
        if self._swept:
            return
        self._swept = True
        connection = self._engine.connection
        rows = await helper.find(connection, f"{CLIENT_LABEL}={client}")
        await helper.remove_all(connection, [row["Id"] for row in rows if ownerless(row)])

    async def _close(self, held: _Held) -> None:
        held.cancelled.set()
        with suppress(VoltuiError):  # it ends by itself all the same: `alive` is closed
            await held.bridge.close()
        held.files.close()


def ownerless(row: Mapping[str, Any]) -> bool:
    """Whether a row of the container list is a helper of an explorer or a shell that nobody has any more: one that runs
    ends with its owner, one that was made just now is about to run."""
    looks = row["Names"][0].startswith(_OWN)
    return looks and row["State"] not in ("running", "paused") and row["Created"] < time.time() - _BIRTH


def refusal_to_explore(settings: Settings) -> BridgeUnavailable | None:
    """Why no helper may be made to look at files, where the settings say so."""
    if settings.read_only:
        return BridgeUnavailable("VolTUI is read-only here: it makes no helper.", _BACKUPS_HINT)
    if settings.transport == TransportChoice.ARCHIVE:
        return BridgeUnavailable("Files are read through the bridge only, and the transport is archive.", _BACKUPS_HINT)
    return None


def _new_io(root: Path, files: ExitStack) -> Path:
    """A private directory for a helper's FIFOs, gone when ``files`` is closed. What dead processes left goes too."""
    private_directory(root)
    for old in root.iterdir():
        with locked_file(old / "lock") as free:
            if free:
                shutil.rmtree(old, ignore_errors=True)
    folder = root / secrets.token_hex(6)
    folder.mkdir(mode=0o700)
    files.callback(shutil.rmtree, folder, ignore_errors=True)
    files.enter_context(locked_file(folder / "lock"))
    io = folder / "io"
    io.mkdir()
    io.chmod(0o711)
    return io
