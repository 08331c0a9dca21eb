"""Commands that containers want to be run in them before and after, told by their labels.

    voltui.backup.pre    voltui.backup.post     around the standstill of a backup
    voltui.restore.pre   voltui.restore.post    around the exchange of a restore
    voltui.hook.timeout                         seconds each of them may take

The value is given to the container's own ``/bin/sh -c``. What ``pre`` can't do fails the job; ``post`` runs always.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Literal

from voltui.jobs.context import JobContext
from voltui.jobs.undo_users import HOOK, run_hook
from voltui.model.container import Container
from voltui.model.errors import Failed
from voltui.model.safe import safe

_TIMEOUT_LABEL = "voltui.hook.timeout"
_TIMEOUT = 120.0
"""Seconds a hook may take where it does not say: a database's checkpoint takes some."""


@asynccontextmanager
async def hooked(
    context: JobContext, containers: Iterable[Container], occasion: Literal["backup", "restore"]
) -> AsyncIterator[None]:
    """Run the ``pre`` hooks of the running containers, then the block, then the ``post`` hooks in reverse.

    Raises `Failed` where a ``pre`` hook fails; the ``post`` hooks of those that were begun run then, too.
    """
    async with AsyncExitStack() as stack:
        for container in containers:
            pre = container.labels.get(f"voltui.{occasion}.pre", "")
            post = container.labels.get(f"voltui.{occasion}.post", "")
            if container.state != "running" or not (pre or post):
                continue
            seconds = _seconds(context, container)
            data = {"container": container.id, "name": container.name, "command": post, "seconds": seconds}
            await stack.enter_async_context(context.scoped(HOOK, data))
            if pre:
                await _pre(context, container, pre, seconds)
        yield


async def _pre(context: JobContext, container: Container, command: str, seconds: float) -> None:
    context.begin(f"Running the hook of {safe(container.name)}")
    code = await run_hook(context.engine, context.directory, container.id, container.name, command, seconds)
    if code:
        raise Failed(
            f"The hook of {safe(container.name)} before the job failed with status {code}: {safe(command)}.",
            f"What it said is in {context.directory.path / 'log'}.",
        )


def _seconds(context: JobContext, container: Container) -> float:
    told = container.labels.get(_TIMEOUT_LABEL, "")
    try:
        return max(1.0, float(told)) if told else _TIMEOUT
    except ValueError:
        context.warn(f"The label {_TIMEOUT_LABEL} of {safe(container.name)} is no number: {safe(told)}.")
        return _TIMEOUT
