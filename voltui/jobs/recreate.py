"""Making containers anew with other mounts: the old one stays until the new one is well, and comes back if it is not.

make the new -> exchange the names -> stop the old -> start the new -> wait until it is well -> (done) -> remove the old
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

from voltui.engine.recreate import MountChange, draw, make
from voltui.jobs.context import JobContext
from voltui.jobs.undo import STOP
from voltui.jobs.undo_containers import DISCARD, MAKE, RENAME, RESTART_POLICY, START
from voltui.jobs.users import before_stopping, refusal_to_stop
from voltui.model.container import ContainerDetail
from voltui.model.errors import Failed, Refused
from voltui.model.safe import safe

_LOOK_EVERY = 0.2
_STEADY = 2.0
"""Seconds that a container without a health check must run before it counts as well: one that can't live with what it
was given ends sooner."""
_HEALTH_PATIENCE = 600.0
"""Seconds a health check may take to say ``healthy``."""
_KEEPS_STOPPED = ("", "no", "unless-stopped")
"""Restart policies under which an engine that starts again leaves a stopped container stopped."""


@dataclass(frozen=True, slots=True)
class Recreation:
    """A container to be made anew."""

    detail: ContainerDetail
    change: MountChange


def refusal_to_recreate(detail: ContainerDetail, others: Mapping[str, ContainerDetail]) -> Refused | None:
    """Why a container must not be made anew, if so. ``others`` are the details of all containers, by id."""
    name = safe(detail.container.name)
    if refusal := refusal_to_stop(detail):
        return Refused(refusal.sentence, "Give it the data when you start it the next time, by --volumes-from.")
    if detail.container.state not in ("created", "running", "exited"):
        return Refused(f"{name} is {safe(detail.container.state)}.", "See to it first: it must run, or be stopped.")
    for key, other in others.items():
        if key != detail.container.id and {detail.container.id, detail.container.name} & {
            other.network_of,
            *other.bound_to,
        }:
            return Refused(
                f"{safe(other.container.name)} depends on just this container {name}: it shares its network or "
                "processes, or is linked to it.",
                f"Make both anew yourself, or share with {safe(other.container.name)} too.",
            )
    return None


async def recreate(context: JobContext, stack: AsyncExitStack, recreation: Recreation) -> str:
    """Put a new container in an old one's place; its id.

    The steps end with the stack: undone in reverse where that ends in an error. The old container is removed then only
    if the job's result, committed before, names it as replaced.
    """
    old = recreation.detail.container
    name, job = safe(old.name), context.directory.id
    spare, aside = f"{old.name}.voltui-new-{job}", f"{old.name}.voltui-old-{job}"
    context.begin(f"Making {name} anew")
    connection = context.engine.connection
    blueprint = await draw(connection, old.id, recreation.change)
    await stack.enter_async_context(context.scoped(DISCARD, {"container": old.id}))
    await stack.enter_async_context(context.tentative(MAKE, {"name": spare, "labelled": False}))
    new = await make(connection, blueprint, spare)
    names = {"old": old.id, "new": new, "name": old.name, "spare": spare}
    await stack.enter_async_context(context.tentative(RENAME, names))
    await context.engine.rename_container(old.id, aside)
    await context.engine.rename_container(new, old.name)
    context.raise_if_cancelled()
    if old.running:
        await _hand_over(context, stack, recreation.detail, new)
    return new


async def _hand_over(context: JobContext, stack: AsyncExitStack, detail: ContainerDetail, new: str) -> None:
    """Stop the old container, start the new one, and see that it is well. They share addresses and ports."""
    engine, old = context.engine, detail.container
    if detail.restart_policy not in _KEEPS_STOPPED:
        policy = {"container": old.id, "policy": detail.restart_policy}
        await stack.enter_async_context(context.tentative(RESTART_POLICY, policy))
        await engine.set_restart_policy(old.id, "no")
    context.begin(f"Stopping {safe(old.name)}")
    await stack.enter_async_context(context.tentative(STOP, before_stopping(detail)))
    await engine.stop(old.id)
    context.raise_if_cancelled()
    context.begin(f"Starting {safe(old.name)} with its new mounts")
    await stack.enter_async_context(context.tentative(START, {"container": new}))
    await engine.start(new)
    await wait_until_well(context, new)


async def wait_until_well(context: JobContext, container: str) -> None:
    """Wait until a container that was started is healthy, or without a check runs steadily.

    Raises `Failed`, with its last words, where it ends, or its check says that it is not well.
    """
    since = time.monotonic()
    while True:
        context.raise_if_cancelled()
        detail = await context.engine.container(container)
        name, passed = safe(detail.container.name), time.monotonic() - since
        if detail.container.state != "running" or detail.restarts:
            raise Failed(f"{name} ended at once with status {detail.exit_code}{await _said(context, container)}.")
        if detail.health == "unhealthy":
            raise Failed(f"{name} is not healthy{await _said(context, container)}.")
        if detail.health == "healthy" or (not detail.health and passed >= _STEADY):
            return
        if passed > _HEALTH_PATIENCE:
            raise Failed(f"{name} was not healthy within {_HEALTH_PATIENCE / 60:.0f} minutes.")
        await asyncio.sleep(_LOOK_EVERY)


async def _said(context: JobContext, container: str) -> str:
    words = safe(await context.engine.last_words(container))
    return f": it said {words.rstrip('.')}" if words else ""
