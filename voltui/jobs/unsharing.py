"""What taking data back will do: who has it from where, and what is different without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from posixpath import normpath

from msgspec import Struct

from voltui.engine.adapter import Engine
from voltui.engine.recreate import MountChange
from voltui.jobs.recreate import refusal_to_recreate, refuse_podman
from voltui.jobs.sharing import Taker, losses, notices, refuse_twice
from voltui.model.container import Container, ContainerDetail
from voltui.model.errors import NotFound, Refused
from voltui.model.inventory import Inventory
from voltui.model.mount import MountKind
from voltui.model.safe import safe
from voltui.model.shared import SHARED_LABEL, given, label_of


class Departure(Struct, frozen=True):
    """A container that is made anew without what it was given."""

    taker: Taker
    change: MountChange
    gives_up: frozenset[str]
    """The paths at which it may have nothing then."""


class Leaving(Struct, frozen=True):
    """What is taken back, and from whom."""

    name: str
    data: Container | None
    """The data container; ``None`` where a volume is meant that containers mount themselves."""
    departures: tuple[Departure, ...]
    dependents: tuple[Container, ...]
    """All containers that take their mounts from the data container."""

    @property
    def takers(self) -> tuple[Taker, ...]:
        """Those that are made anew."""
        return tuple(one.taker for one in self.departures)


async def leaving(engine: Engine, inventory: Inventory, name: str, takers: Iterable[str]) -> Leaving:
    """What taking ``name`` from ``takers`` means: only what shares gave goes.

    Raises `NotFound`, or `Refused` where one does not have it, or has it of its own.
    """
    if takers:
        await refuse_podman(engine)
    details = await engine.details(inventory.containers)
    data = next((one.container for one in details.values() if one.container.name == name), None)
    lost = data is None and name not in inventory.volumes
    if lost and not (takers and any(name in one.volumes_from for one in details.values())):
        raise NotFound(f"There is no data container or volume {safe(name)}.", "`voltui graph` shows all there are.")
    if data is not None and not takers:
        _refuse_workers(data)
    dependents = [one for one in details.values() if data is not None and _takes(one, data)]
    named = [_named(details, taker, name) for taker in takers]
    refuse_twice(named)
    found = []
    for detail in named:
        if lost or data:
            change, gives_up = _without_data(detail, data, name)
        else:
            change, gives_up = _without_volume(details, detail, name)
        refusal = refusal_to_recreate(detail, details)
        loses = () if refusal else await losses(engine, detail)
        found.append(Departure(Taker(detail, (), loses, notices(detail), (), refusal), change, gives_up))
    return Leaving(name, data, tuple(found), tuple(one.container for one in dependents))


def _named(details: Mapping[str, ContainerDetail], taker: str, name: str) -> ContainerDetail:
    found = next((one for one in details.values() if one.container.answers_to(taker)), None)
    if found is None:
        raise _without(taker, name)
    return found


def _without(taker: str, name: str) -> Refused:
    return Refused(f"{safe(taker)} does not have the data of {safe(name)}.", "`voltui graph` shows who has.")


def _without_data(detail: ContainerDetail, data: Container | None, name: str) -> tuple[MountChange, frozenset[str]]:
    """Without the mounts of a data container, which may be gone itself. That a container takes from it is enough, with
    or without a label: what the container mounts of its own stays."""

    def means(reference: str) -> bool:
        return reference == name or (data is not None and data.answers_to(reference))

    references = frozenset(filter(means, detail.volumes_from))
    if not references:
        raise _without(detail.container.name, name)
    all_given = given(detail.container)
    told = [one for one in all_given if not means(one.data)]
    places = {one.at for one in all_given if one not in told}
    places |= {normpath(mount.destination) for mount in (data.mounts if data else ())}
    return MountChange(leave=references, labels={SHARED_LABEL: label_of(told)}), frozenset(places)


def _without_volume(
    details: Mapping[str, ContainerDetail], detail: ContainerDetail, volume: str
) -> tuple[MountChange, frozenset[str]]:
    """Without what shares gave of a volume. Where it mounts that by itself, too, or takes it from another, it stays."""
    all_given = given(detail.container)
    places = frozenset(one.at for one in all_given if one.volume == volume and not one.data)
    if not places:
        raise _not_given(details, detail, volume)
    told = [one for one in all_given if one.at not in places]
    return MountChange(unmount=places, labels={SHARED_LABEL: label_of(told)}), places


def _not_given(details: Mapping[str, ContainerDetail], detail: ContainerDetail, volume: str) -> Refused:
    """Why a volume can't be taken back from a container that no share gave it to."""
    container = detail.container
    if not _mounts(detail, volume):
        return _without(container.name, volume)
    givers = [one.container for one in details.values() if _takes(detail, one.container) and _mounts(one, volume)]
    if givers:
        return Refused(
            f"{safe(container.name)} has {safe(volume)} from {safe(givers[0].name)}.",
            f"Take that back: voltui unshare {safe(givers[0].name)} --from {safe(container.name)}",
        )
    return Refused(
        f"{safe(container.name)} mounts {safe(volume)} of its own: no share gave it, so none is taken back.",
        "Make the container anew without it yourself, if that is what you want.",
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


def _mounts(detail: ContainerDetail, volume: str) -> bool:
    return any(mount.kind is MountKind.VOLUME and mount.source == volume for mount in detail.container.mounts)
