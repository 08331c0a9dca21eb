"""What is done to the users of a source while it is read or replaced: paused, or stopped and started again."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

from msgspec import Struct, field

from voltui.engine.adapter import stop_patience
from voltui.jobs.common import Treatment
from voltui.jobs.context import JobContext
from voltui.jobs.sources import take_inventory
from voltui.jobs.undo_users import PAUSE, STOP
from voltui.model.backup import Consistency
from voltui.model.container import Container, ContainerDetail
from voltui.model.errors import NotFound, Refused
from voltui.model.inventory import Inventory
from voltui.model.order import stop_order
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed


class Stillness(Struct):
    """How still the writers were while the sources were read."""

    consistency: Consistency
    since: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    """How long they were held, filled in when they go on."""

    def of(self, inventory: Inventory, source: Source) -> Consistency:
        """How still those of one source were: where several are held together, some have no writer."""
        held = self.consistency in (Consistency.PAUSED, Consistency.STOPPED)
        return Consistency.UNUSED if held and not inventory.writers(source) else self.consistency


@asynccontextmanager
async def still(
    context: JobContext, inventory: Inventory, sources: Sequence[Source], treatment: Treatment
) -> AsyncIterator[Stillness]:
    """Hold all running writers of the sources during the block.

    At its end it looks whether they were held throughout and whether new ones came; if not, the consistency becomes
    ``live`` and the job warns. Containers that were paused already are left as they are.
    """
    writers = _unique(writer for source in sources for writer in inventory.writers(source))
    moving = [writer for writer in writers if writer.state != "paused"]
    if not writers:
        stillness = Stillness(Consistency.UNUSED)
        yield stillness
        await _check_new_writers(context, stillness, sources, known=())
        return
    if treatment is Treatment.LIVE:
        yield Stillness(Consistency.LIVE)
        return
    if treatment is Treatment.STOP:
        stillness = Stillness(Consistency.STOPPED)
        async with stopped(context, moving):
            yield stillness
            await _check_new_writers(context, stillness, sources, known=())
            stillness.seconds = time.monotonic() - stillness.since
        return
    stillness = Stillness(Consistency.PAUSED)
    async with _paused(context, moving):
        yield stillness
        await _check_paused(context, stillness, writers)
        await _check_new_writers(context, stillness, sources, known=writers)
        stillness.seconds = time.monotonic() - stillness.since


@asynccontextmanager
async def stopped(context: JobContext, containers: Sequence[Container]) -> AsyncIterator[None]:
    """Stop the containers during the block, dependents first, and start them in reverse.

    Raises `Refused`, before anything is stopped, where one could not be brought back as it was.
    """
    details = [await context.engine.container(container.id) for container in containers]
    for detail in details:
        _refuse_to_stop(detail)
    order = stop_order(details)
    if not order:
        yield
        return
    async with AsyncExitStack() as stack:
        context.meter.note(f"stopped: {listed([safe(detail.container.name) for detail in order])}")
        for detail in order:
            await stack.enter_async_context(context.scoped(STOP, before_stopping(detail)))
            await context.engine.stop(detail.container.id)
            context.raise_if_cancelled()
        yield
    context.meter.note("")


def before_stopping(detail: ContainerDetail) -> dict[str, object]:
    """What the undo of a pause or stop has to know of the container as it was."""
    started = detail.started.isoformat() if detail.started else ""
    asked = datetime.now(UTC).isoformat()
    return {"container": detail.container.id, "started": started, "patience": stop_patience(detail), "asked": asked}


async def check_can_stop(context: JobContext, containers: Iterable[Container]) -> None:
    """Raise `Refused` where one of the containers can't be stopped and started again."""
    for container in containers:
        _refuse_to_stop(await context.engine.container(container.id))


@asynccontextmanager
async def _paused(context: JobContext, containers: Sequence[Container]) -> AsyncIterator[None]:
    if not containers:
        yield
        return
    async with AsyncExitStack() as stack:
        context.meter.note(f"paused: {listed([safe(container.name) for container in containers])}")
        for container in containers:
            await _pause(context, container, stack)
            context.raise_if_cancelled()
        yield
    context.meter.note("")


async def _pause(context: JobContext, container: Container, stack: AsyncExitStack) -> None:
    """Pause it until the stack ends, unless it has ended in the meantime: then it writes no more."""
    try:
        before = before_stopping(await context.engine.container(container.id))
        await stack.enter_async_context(context.scoped(PAUSE, before))
        await context.engine.pause(container.id)
    except NotFound:
        return
    except Refused:
        # One that crashes and starts again can't be paused, nor one that has ended. What it does meanwhile is told.
        if (await context.engine.container(container.id)).container.state == "running":
            raise


async def _check_paused(context: JobContext, stillness: Stillness, writers: Iterable[Container]) -> None:
    for writer in writers:
        try:
            state = (await context.engine.container(writer.id)).container.state
        except NotFound:
            state = "removed"
        if state != "paused":
            # Whoever stops a paused container lets it run first: it writes what it has to.
            stillness.consistency = Consistency.LIVE
            context.warn(f"{safe(writer.name)} did not stay paused while the backup was read: it is {state} now.")


async def _check_new_writers(
    context: JobContext, stillness: Stillness, sources: Iterable[Source], known: Iterable[Container]
) -> None:
    inventory = await take_inventory(context)
    ids = {container.id for container in known}
    writers = _unique(writer for source in sources for writer in inventory.writers(source))
    for writer in writers:
        if writer.id not in ids and writer.state != "paused":
            stillness.consistency = Consistency.LIVE
            context.warn(f"{safe(writer.name)} started while the backup was read.")


def refusal_to_stop(detail: ContainerDetail) -> Refused | None:
    """Why a container must not be stopped: it would not come back as it was."""
    name = safe(detail.container.name)
    if detail.auto_remove:
        return Refused(
            f"{name} was started with --rm: stopping it would delete it.", "Stop it yourself, or use a new volume."
        )
    if detail.container.swarm_task:
        return Refused(f"{name} is a Swarm task: Swarm would start another.", "Scale its service to 0 first.")
    if detail.container.state == "paused":
        return Refused(f"{name} is paused, by someone else.", "Unpause or stop it first.")
    return None


def _refuse_to_stop(detail: ContainerDetail) -> None:
    refusal = refusal_to_stop(detail)
    if refusal is not None:
        raise refusal


def _unique(containers: Iterable[Container]) -> list[Container]:
    return list({container.id: container for container in containers}.values())
