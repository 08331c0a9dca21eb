"""What works here and what does not: the engine, the transports, the store, what is left over."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

from voltui.engine import helper
from voltui.engine.adapter import Engine
from voltui.engine.bridge import Bridge, BridgeUnavailable
from voltui.engine.helper import CLIENT_LABEL, READ_CAPABILITIES, HelperSpec
from voltui.jobs import watch
from voltui.jobs.check import Check
from voltui.jobs.directory import JobsDirectory, client_name
from voltui.jobs.recover import left_among
from voltui.jobs.store_health import store_checks
from voltui.model.errors import VoltuiError
from voltui.model.inventory import EngineInfo
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed, plural
from voltui.store.local import LocalStore


async def examine(engine: Engine, store: LocalStore, jobs: JobsDirectory) -> list[Check]:
    """Look at everything. An engine that does not answer is the first check, and ends those that need it."""
    checks = []
    try:
        info = await engine.info()
    except VoltuiError as error:
        checks.append(Check("engine", "bad", error.sentence, error.hint))
    else:
        checks.append(Check("engine", "ok", _engine_words(engine, info)))
        checks.append(await _transport(engine, info))
        checks.append(await _helpers(engine, jobs))
    return [*checks, _jobs(jobs), *store_checks(store)]


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
            return Check("transport", "bad", error.sentence, error.hint)
        await bridge.close()
    return Check("transport", "ok", "bridge, proved: a helper with this host's GNU tar and find; nothing is lost")


def _without_bridge(why: BridgeUnavailable, info: EngineInfo) -> Check:
    if info.podman:
        return Check("transport", "bad", f"none: {why.sentence} Podman's archive API would lose data.")
    return Check("transport", "warning", f"archive, which loses attributes and ACLs: {why.sentence}")


async def _helpers(engine: Engine, jobs: JobsDirectory) -> Check:
    rows = await helper.find(engine.connection)
    own = [row for row in rows if (row.get("Labels") or {}).get(CLIENT_LABEL) == client_name(jobs.root)]
    if not rows:
        return Check("helpers", "ok", "none are left over")
    left, others = len(left_among(own, jobs)), len(rows) - len(own)
    said = f"{plural(len(own), 'helper container')} of this user, {left} left behind, {others} of others"
    if left:
        return Check("helpers", "warning", said, "`voltui doctor --sweep` removes what is left behind.")
    return Check("helpers", "ok", said)


def _jobs(jobs: JobsDirectory) -> Check:
    """What jobs owe: it was tried just now, since every command tries it first."""
    views = watch.views(jobs)
    running = sum(view.running for view in views)
    owing = [view for view in views if view.state == "died" or (view.outcome and view.outcome.undo_owed)]
    if owing:
        named = listed([f"{view.kind} of {view.subject}" for view in owing])
        hint = f"`voltui jobs {owing[0].id}` tells more; the next command at its engine tries again."
        return Check("jobs", "bad", f"Not all is undone that was begun: {named}.", hint)
    return Check("jobs", "ok", f"{running} running, none has left anything to undo")
