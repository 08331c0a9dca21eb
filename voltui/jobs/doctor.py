"""What works here and what does not: the engine, the transports, the store, what is left over."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path
from typing import Literal

from msgspec import Struct

from voltui.engine import helper
from voltui.engine.adapter import Engine
from voltui.engine.bridge import Bridge, BridgeUnavailable
from voltui.engine.helper import CLIENT_LABEL, READ_CAPABILITIES, HelperSpec
from voltui.jobs.directory import JobsDirectory, client_name
from voltui.jobs.recover import left_among
from voltui.model.errors import VoltuiError
from voltui.model.inventory import EngineInfo
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import plural
from voltui.store.local import LocalStore


class Check(Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    state: Literal["ok", "warning", "bad"]
    words: str


async def examine(engine: Engine, store: LocalStore, jobs: JobsDirectory) -> list[Check]:
    """Look at everything. An engine that does not answer is the first check, and ends those that need it."""
    checks = []
    try:
        info = await engine.info()
    except VoltuiError as error:
        checks.append(Check("engine", "bad", error.words))
    else:
        checks.append(Check("engine", "ok", _engine_words(engine, info)))
        checks.append(await _transport(engine, info))
        checks.append(await _helpers(engine, jobs))
    checks.append(_store(store))
    return checks


def _engine_words(engine: Engine, info: EngineInfo) -> str:
    name = f"{info.product} {safe(info.version)} on {safe(info.name)}"
    return f"{name}, API {safe(info.api_version)}, at {engine.endpoint.shown}"


async def _transport(engine: Engine, info: EngineInfo) -> Check:
    """Prove the bridge with a real helper on an empty directory."""
    with tempfile.TemporaryDirectory(prefix="voltui-proof-") as folder:
        io, source = Path(folder) / "io", Path(folder) / "source"
        for path in (io, source):
            path.mkdir()
            path.chmod(0o711)
        name = f"voltui-proof-{Path(folder).name.rpartition('-')[2]}"
        spec = HelperSpec(name, Source("path", str(source)), False, {}, READ_CAPABILITIES, io=io)
        bridge = Bridge(engine.connection, spec, threading.Event())
        try:
            await bridge.start()
        except BridgeUnavailable as why:
            return _without_bridge(why, info)
        except VoltuiError as error:
            return Check("transport", "bad", error.sentence)
        await bridge.close()
    return Check("transport", "ok", "bridge, proved: a helper with this host's GNU tar and find; nothing is lost")


def _without_bridge(why: BridgeUnavailable, info: EngineInfo) -> Check:
    if info.podman:
        return Check("transport", "bad", f"none: {why.sentence} Podman's archive API would lose data.")
    return Check("transport", "warning", f"archive, which loses attributes and ACLs: {why.sentence}")


async def _helpers(engine: Engine, jobs: JobsDirectory) -> Check:
    rows = await helper.find(engine.connection)
    own = [row for row in rows if (row.get("Labels") or {}).get(CLIENT_LABEL) == client_name(jobs.root)]
    running = [job for job in jobs.all() if job.outcome() is None]
    left = len(left_among(own, jobs))
    if not rows:
        return Check("helpers", "ok", "none are left over")
    state: Literal["ok", "warning"] = "warning" if left else "ok"
    mine, others = f"{plural(len(own), 'helper container')} of this user", len(rows) - len(own)
    said = f"{mine}, {left} left behind, {others} of others, {plural(len(running), 'job')} running"
    return Check("helpers", state, said)


def _store(store: LocalStore) -> Check:
    where = safe(str(store.root))
    try:
        listing = store.listing()
        free = store.free_bytes()
    except VoltuiError as error:
        return Check("store", "bad", error.sentence)
    except OSError as error:
        return Check("store", "bad", f"{where} can't be read: {error.strerror}.")
    if listing.problems:
        return Check("store", "warning", f"{where}: {listing.problems[0].error.sentence}")
    words = f"{where}, {plural(len(listing.backups), 'backup')}, {free / 1e9:,.1f} GB free"
    if store.root.exists() and store.root.stat().st_mode & 0o022:
        return Check("store", "warning", f"{words}; others may write to it")
    if store.root.exists() and not os.access(store.root, os.W_OK):
        return Check("store", "bad", f"{words}; this user may not write to it")
    return Check("store", "ok", words)
