"""How running users are given back what a job took from them: paused, stopped, or held by a hook. Each may be done
twice."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from voltui.engine.adapter import Engine
from voltui.jobs.directory import JobDirectory
from voltui.jobs.undo_containers import Undo
from voltui.model.errors import Failed, NoEngine, NotFound, Refused, VoltuiError
from voltui.model.safe import safe

PAUSE, STOP, HOOK = "pause", "stop", "hook"

_PAUSE_PATIENCE, _STOP_PATIENCE = 3.0, 5.0
"""Seconds after which a request that was made has been carried out, a stop's own patience not counted."""
_LOOK_EVERY = 0.2
_MOST_OUTPUT = 64 << 10
"""Bytes of a hook's output that the log keeps."""


async def _pause(engine: Engine, directory: JobDirectory, data: Mapping[str, Any]) -> None:
    if await _settled_state(engine, data, _PAUSE_PATIENCE) == "paused":
        await engine.unpause(data["container"])


async def _stop(engine: Engine, directory: JobDirectory, data: Mapping[str, Any]) -> None:
    if await _settled_state(engine, data, data["patience"] + _STOP_PATIENCE) in ("exited", "created"):
        await engine.start(data["container"])


async def _settled_state(engine: Engine, data: Mapping[str, Any], patience: float) -> str:
    """The container's state once no request of a dead worker can be under way any more.

    The engine goes on stopping a container when whoever asked for it is gone. One that still runs, and was not
    started since, is looked at until ``patience`` seconds have passed since the request.
    """
    passed = time.time() - datetime.fromisoformat(data["asked"]).timestamp()
    until = time.monotonic() + patience - max(passed, 0)
    while True:
        try:
            detail = await engine.container(data["container"])
        except NotFound:
            return "gone"
        started = detail.started.isoformat() if detail.started else ""
        running = detail.container.state == "running" and started == data["started"]
        if not running or time.monotonic() >= until:
            return detail.container.state
        await asyncio.sleep(_LOOK_EVERY)


async def _hook(engine: Engine, directory: JobDirectory, data: Mapping[str, Any]) -> None:
    """Run what is to be run afterwards. That it fails is told, and is no reason to try again."""
    if not data["command"]:
        return
    try:
        code = await run_hook(engine, directory, data["container"], data["name"], data["command"], data["seconds"])
    except (Failed, NotFound, Refused) as error:
        directory.log(f"warning: the hook of {data['name']} after the job: {error.sentence}")
        return
    if code:
        directory.log(f"warning: the hook of {data['name']} after the job failed with status {code}")


async def run_hook(
    engine: Engine, directory: JobDirectory, container_id: str, name: str, command: str, seconds: float
) -> int:
    """Run a container's own command in it, what it says going into the job's log; its exit status."""
    directory.log(f"hook in {name}: {command}")
    mark = secrets.token_hex(8)
    try:
        code, said = await engine.execute(container_id, command, seconds, mark=mark)
    except NoEngine as error:
        if not await engine.answers():
            raise
        ended = "was killed" if await _killed(engine, container_id, mark) else "may still run in it"
        raise Failed(
            f"The hook of {safe(name)} did not end within {seconds:.0f} s and {ended}: {safe(command)}.",
            "The label voltui.hook.timeout of its container gives it more seconds.",
        ) from error
    for line in said[:_MOST_OUTPUT].decode("utf-8", "replace").splitlines():
        directory.log(f"  {safe(line)}")
    return code


async def _killed(engine: Engine, container_id: str, mark: str) -> bool:
    try:
        return await engine.kill_marked(container_id, mark)
    except VoltuiError:
        return False


UNDO: Mapping[str, Undo] = {PAUSE: _pause, STOP: _stop, HOOK: _hook}
