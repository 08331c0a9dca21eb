"""What taking data back will do: who has it from where, and what is different without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from posixpath import normpath

from msgspec import Struct

from voltui.engine.adapter import Engine
from voltui.engine.recreate import MountChange
from voltui.jobs.recreate import refusal_to_recreate, refuse_podman
from voltui.jobs.sharing import Taker, losses, notices
from voltui.model.container import Container, ContainerDetail
from voltui.model.errors import NotFound, Refused
from voltui.model.inventory import Inventory
from voltui.model.mount import MountKind
from voltui.model.safe import safe


class Leaving(Struct, frozen=True):
    """What is taken back, and from whom."""

    name: str
    data: Container | None
    """The data container; ``None`` where a volume is meant that containers mount themselves."""
    takers: tuple[Taker, ...]
    """Those that are made anew without it."""
    dependents: tuple[Container, ...]
    """All containers that take their mounts from the data container."""
    change: MountChange
    gives_up: frozenset[str]
    """The paths at which they have nothing then."""


async def leaving(engine: Engine, inventory: Inventory, name: str, takers: Iterable[str]) -> Leaving:
    """What taking ``name`` from ``takers`` means. Raises `NotFound`, or `Refused` where one does not have it."""
    if takers:
        await refuse_podman(engine)
    details = await engine.details(inventory.containers)
    data = next((one.container for one in details.values() if one.container.name == name), None)
    if data is None and name not in inventory.volumes:
        raise NotFound(f"There is no data container or volume {safe(name)}.", "`voltui graph` shows all there are.")
    if data is not None and not takers:
        _refuse_workers(data)
    dependents = tuple(one for one in details.values() if data is not None and _takes(one, data))
    users = dependents if data is not None else tuple(one for one in details.values() if _mounts(one, name))
    if data is None:
        _refuse_taken(details, users, name, takers)
    change = (
        MountChange(leave=frozenset(_references(data, users)))
        if data is not None
        else MountChange(unmount=frozenset((name,)))
    )
    found = [await _taker(engine, details, users, name, taker) for taker in takers]
    gives_up = frozenset(
        normpath(mount.destination)
        for one in ((data,) if data is not None else (taker.detail.container for taker in found))
        for mount in one.mounts
        if data is not None or mount.source == name
    )
    return Leaving(name, data, tuple(found), tuple(one.container for one in dependents), change, gives_up)


def _refuse_taken(
    details: Mapping[str, ContainerDetail], users: Iterable[ContainerDetail], volume: str, takers: Iterable[str]
) -> None:
    """Raise `Refused` where a container has the volume of another: without that it would have it still."""
    for user in users:
        givers = [one.container for one in details.values() if _takes(user, one.container)]
        giver = next((one for one in givers if any(mount.source == volume for mount in one.mounts)), None)
        if giver is not None and any(map(user.container.answers_to, takers)):
            raise Refused(
                f"{safe(user.container.name)} has {safe(volume)} from {safe(giver.name)}.",
                f"Take that back: voltui unshare {safe(giver.name)} --from {safe(user.container.name)}",
            )


def _refuse_workers(data: Container) -> None:
    """Raise `Refused` for a container that VolTUI has not made to hold data: it may be more than that."""
    if not data.data_container or data.state != "created":
        raise Refused(
            f"{safe(data.name)} was not made by `voltui share`, so it is not removed.",
            "Name the containers with --from that are to do without its data; `docker rm` removes it.",
        )


def _takes(detail: ContainerDetail, data: Container) -> bool:
    return any(map(data.answers_to, detail.volumes_from))


def _references(data: Container, users: Iterable[ContainerDetail]) -> set[str]:
    return {one for user in users for one in user.volumes_from if data.answers_to(one)}


def _mounts(detail: ContainerDetail, volume: str) -> bool:
    return any(mount.kind is MountKind.VOLUME and mount.source == volume for mount in detail.container.mounts)


async def _taker(
    engine: Engine, details: Mapping[str, ContainerDetail], users: Iterable[ContainerDetail], name: str, taker: str
) -> Taker:
    detail = next((one for one in users if one.container.answers_to(taker)), None)
    if detail is None:
        raise Refused(f"{safe(taker)} does not have the data of {safe(name)}.", "`voltui graph` shows who has.")
    refusal = refusal_to_recreate(detail, details)
    loses = () if refusal else await losses(engine, detail)
    return Taker(detail, (), loses, notices(detail), (), refusal)
