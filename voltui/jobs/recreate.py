"""Making containers anew with other mounts: the old one stays until the new one is well, and comes back if it is not.

make the new -> exchange the names -> stop the old -> start the new -> wait until it is well -> (done) -> remove the old
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from posixpath import normpath

from msgspec import Struct, field

from voltui.engine.adapter import Engine
from voltui.engine.pool import settled
from voltui.engine.recreate import Blueprint, MountChange, differences, draw, make
from voltui.jobs.context import JobContext
from voltui.jobs.undo_containers import DISCARD, MAKE, RENAME, RESTART_POLICY, START
from voltui.jobs.undo_users import STOP
from voltui.jobs.users import before_stopping, refusal_to_stop
from voltui.model.container import Container, ContainerDetail
from voltui.model.errors import Failed, NotFound, Refused, VoltuiError
from voltui.model.safe import safe
from voltui.model.text import listed

_LOOK_EVERY = 0.2
_MOST_SETTINGS = 4
_STEADY = 2.0
"""Seconds that a container without a health check must run before it counts as well: one that can't live with what it
was given ends sooner."""
_HEALTH_PATIENCE = 600.0
"""Seconds a health check may take to say ``healthy``."""
_KEEPS_STOPPED = ("", "no", "unless-stopped")
"""Restart policies under which an engine that starts again leaves a stopped container stopped."""


class Recreation(Struct, frozen=True):
    """A container to be made anew."""

    detail: ContainerDetail
    change: MountChange
    blueprint: Blueprint
    gains: Mapping[str, str] = field(default_factory=dict)
    """What it must have in the end: the volume by the path."""
    gives_up: frozenset[str] = frozenset()
    """The paths at which it may have nothing in the end."""
    held: bool = False
    """Whether it was stopped already (`stop_old`)."""


async def refuse_podman(engine: Engine) -> None:
    """Raise `Refused` for an engine whose inspects nobody has held against what a container was made from."""
    if (await engine.info()).podman:
        raise Refused(
            "Podman's containers are not made anew: what its Docker API tells of them is not all there is.",
            "Make it anew yourself, with --volumes-from or --volume.",
        )


def refusal_to_recreate(detail: ContainerDetail, others: Mapping[str, ContainerDetail]) -> Refused | None:
    """Why a container must not be made anew, if so. ``others`` are the details of all containers, by id."""
    name = safe(detail.container.name)
    if refusal := refusal_to_stop(detail):
        again = "Give it the data when you start it the next time, by --volumes-from."
        return refusal if detail.container.state == "paused" else Refused(refusal.sentence, again)
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
                "Make both anew yourself: neither can be without the other.",
            )
    return None


async def prepared(
    context: JobContext,
    detail: ContainerDetail,
    change: MountChange,
    gains: Mapping[str, str] | None = None,
    gives_up: frozenset[str] = frozenset(),
) -> Recreation:
    """What to make a container anew from. Raises `Refused` where that is gone: before anything is stopped."""
    host = (await context.engine.info()).name
    blueprint = await draw(context.engine.connection, detail.container.id, change, host)
    return Recreation(detail, change, blueprint, gains or {}, gives_up)


async def recreate(context: JobContext, stack: AsyncExitStack, recreation: Recreation) -> str:
    """Put a new container in an old one's place; its id.

    The steps end with the stack: undone in reverse where that ends in an error. The old container is removed then only
    if the job's result, committed before, names it as replaced.
    """
    old = recreation.detail.container
    name, job = safe(old.name), context.directory.id
    spare, aside = f"{old.name}.voltui-new-{job}", f"{old.name}.voltui-old-{job}"
    context.begin(f"Making {name} anew")
    await stack.enter_async_context(context.scoped(DISCARD, {"container": old.id}))
    await stack.enter_async_context(context.tentative(MAKE, {"name": spare, "labelled": False}))
    new = await make(context.engine.connection, recreation.blueprint, spare)
    _check_mounts(old, (await context.engine.container(new)).container, recreation)
    await _tell_differences(context, recreation, new)
    names = {"old": old.id, "new": new, "name": old.name, "spare": spare}
    await stack.enter_async_context(context.tentative(RENAME, names))
    await context.engine.rename_container(old.id, aside)
    await context.engine.rename_container(new, old.name)
    context.raise_if_cancelled()
    if old.running:
        await _hand_over(context, stack, recreation, new)
    return new


async def _tell_differences(context: JobContext, recreation: Recreation, new: str) -> None:
    """Nothing is different without being said: engines of other versions may make something else of what they get."""
    old = recreation.detail.container
    found = await differences(context.engine.connection, old.id, new, recreation.change)
    if found:
        names = listed([safe(name) for name in found], most=_MOST_SETTINGS)
        context.warn(f"{safe(old.name)} made anew is not as it was in {names}: compare with `docker inspect`.")


def _check_mounts(old: Container, new: Container, recreation: Recreation) -> None:
    """Raise `Failed`, before it is started, where a new container has other data than it is to have.

    Whose mounts it took by a name (``--volumes-from``) may have been made again with other volumes.
    """
    name = safe(old.name)
    before, after = ({normpath(one.destination): one for one in container.mounts} for container in (old, new))
    for path, mount in before.items():
        now = after.get(path)
        same = now is not None and (now.kind, now.source, now.read_only) == (mount.kind, mount.source, mount.read_only)
        if not same and path not in recreation.gives_up:
            has = safe(now.source) if now is not None else "nothing"
            raise Failed(
                f"{name} made anew would have {has} at {safe(path)}, not {safe(mount.source)}.",
                "What it takes its mounts from may have been made again: see to that first.",
            )
    for path, volume in recreation.gains.items():
        if path not in after or after[path].source != volume:
            raise Failed(f"{name} made anew would not have {safe(volume)} at {safe(path)}.", "Choose another path.")


async def stop_old(context: JobContext, stack: AsyncExitStack, detail: ContainerDetail) -> None:
    """Stop a container that is to be made anew, until the stack ends in an error or another stands in its place."""
    engine, old = context.engine, detail.container
    if detail.restart_policy not in _KEEPS_STOPPED:
        policy = {"container": old.id, "policy": detail.restart_policy}
        await stack.enter_async_context(context.tentative(RESTART_POLICY, policy))
        await engine.set_restart_policy(old.id, "no")
    context.begin(f"Stopping {safe(old.name)}")
    await stack.enter_async_context(context.tentative(STOP, before_stopping(detail)))
    await engine.stop(old.id)
    context.raise_if_cancelled()


async def _hand_over(context: JobContext, stack: AsyncExitStack, recreation: Recreation, new: str) -> None:
    """Stop the old container, start the new one, see that it is well. They share addresses and ports."""
    detail, engine = recreation.detail, context.engine
    old = detail.container
    if not recreation.held:
        await stop_old(context, stack, detail)
    context.begin(f"Starting {safe(old.name)} with its new mounts")
    await stack.enter_async_context(context.tentative(START, {"container": new, "old": old.id}))
    try:
        await start_new(
            context, new, f"{safe(old.name)} does not start with its new mounts", "The old one is put back."
        )
        await wait_until_well(context, new)
        if (await engine.container(new)).container.name != old.name:
            raise Failed(f"Somebody has given the new container of {safe(old.name)} another name meanwhile.")
    except (VoltuiError, asyncio.CancelledError):
        with suppress(asyncio.CancelledError):
            await settled(_tell_if_gone(context, old))
        raise


async def start_new(context: JobContext, container: str, words: str, hint: str = "") -> None:
    """Start a container that the job has made. Raises `Failed`: the ``words``, and what the engine says of it."""
    try:
        await context.engine.start(container)
    except (Failed, NotFound, Refused) as error:
        raise Failed(f"{words}: {error.reason}", hint) from error


async def _tell_if_gone(context: JobContext, old: Container) -> None:
    """There is no way back to a container that somebody has removed."""
    try:
        await context.engine.container(old.id)
    except NotFound:
        context.left[old.id] = f"The old {safe(old.name)} was removed meanwhile, so the new one stays."
    except VoltuiError:
        return


async def wait_until_well(context: JobContext, container: str) -> None:
    """Wait until a container that was started is healthy, or without a check runs steadily.

    Raises `Failed`, with its last words, where it ends, or its check says that it is not well.
    """
    since = time.monotonic()
    while True:
        context.raise_if_cancelled()
        detail = await context.engine.container(container)
        context.meter.note("waiting for its health check" if detail.health == "starting" else "")
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
