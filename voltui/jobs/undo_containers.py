"""How what a job did with containers is undone: made, renamed, started. Each may be done twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from voltui.engine.adapter import Engine
from voltui.jobs.directory import JobDirectory
from voltui.jobs.journal import committed
from voltui.model.container import Container
from voltui.model.errors import NotFound
from voltui.model.volume import MADE_LABEL

MAKE, RENAME, RESTART_POLICY, START, DISCARD = (
    "make-container", "rename-containers", "restart-policy", "start-container", "discard-container",
)  # fmt: skip

REPLACED = "replaced"
"""Key of a job's result: the ids of the containers that others have taken the place of."""

Undo = Callable[[Engine, JobDirectory, Mapping[str, Any]], Awaitable[None]]


async def _found(engine: Engine, reference: str) -> Container | None:
    try:
        return (await engine.container(reference)).container
    except NotFound:
        return None


async def _make(engine: Engine, directory: JobDirectory, data: Mapping[str, Any]) -> None:
    """Remove the container that the job made under a name. ``labelled``: only if it bears the job's label."""
    made = await _found(engine, data["name"])
    if made is None or made.name != data["name"]:
        return
    if not data["labelled"] or made.labels.get(MADE_LABEL) == directory.id:
        await engine.remove_container(made.id)


async def _rename(engine: Engine, directory: JobDirectory, data: Mapping[str, Any]) -> None:
    """Give both containers their names again, the new one first: it has the old one's."""
    new, old = await _found(engine, data["new"]), await _found(engine, data["old"])
    if old is None:
        return  # somebody has removed it: the new one keeps the name
    if new is not None and new.name != data["spare"]:
        await engine.rename_container(new.id, data["spare"])
    if old.name != data["name"]:
        await engine.rename_container(old.id, data["name"])


async def _restart_policy(engine: Engine, directory: JobDirectory, data: Mapping[str, Any]) -> None:
    if await _found(engine, data["container"]) is not None:
        await engine.set_restart_policy(data["container"], data["policy"])


async def _start(engine: Engine, directory: JobDirectory, data: Mapping[str, Any]) -> None:
    """Stop the new container, which gives its addresses and ports free, and remove it: a start that is still under way
    must not come through later. Where somebody has removed the old one, the new one is all there is, and stays."""
    new = await _found(engine, data["container"])
    if data["old"] and await _found(engine, data["old"]) is None:
        directory.log("the old container is gone: the new one stays")
        return
    if new is not None:
        if new.running:
            await engine.stop(new.id)
        await engine.remove_container(new.id)


async def _discard(engine: Engine, directory: JobDirectory, data: Mapping[str, Any]) -> None:
    """Remove the old container, if another one has taken its place for good. Its volumes stay, the anonymous too."""
    result = committed(directory.path / "journal.ndjson") or {}
    if data["container"] in result.get(REPLACED, ()) and await _found(engine, data["container"]) is not None:
        await engine.remove_container(data["container"])


UNDO: Mapping[str, Undo] = {
    MAKE: _make,
    RENAME: _rename,
    RESTART_POLICY: _restart_policy,
    START: _start,
    DISCARD: _discard,
}
