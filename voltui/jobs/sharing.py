"""What sharing will do, found out before it is asked for and again when it is done: the mounts that will be, what is
lost, and what speaks against it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from posixpath import normpath

from msgspec import Struct
from msgspec.structs import replace

from voltui.engine import images
from voltui.engine.adapter import Engine
from voltui.jobs.copy_out import split
from voltui.jobs.recreate import refusal_to_recreate, refuse_podman
from voltui.jobs.volume_plans import Share, SharePlan
from voltui.model import compose
from voltui.model.container import Container, ContainerDetail
from voltui.model.errors import NotFound, Refused, Usage
from voltui.model.inventory import Inventory, of_the_system
from voltui.model.mount import Mount, MountKind
from voltui.model.names import check_new_name
from voltui.model.safe import safe, safe_path
from voltui.model.text import listed, plural

ROOT = "/volumes"
"""Where shared volumes are found in containers unless it is said otherwise: one directory each, by name."""
_MOST_PATHS = 5
_PREDEFINED = frozenset(("bridge", "host", "none", "default"))
"""Networks that nobody can remove. An engine that runs without a bridge does not list that one."""


class Taker(Struct, frozen=True):
    """A container that is to be made anew, and what that does to it."""

    detail: ContainerDetail
    gains: tuple[Share, ...]
    loses: tuple[str, ...]
    """Paths that it has written into its own writable layer: they go with the old container."""
    notices: tuple[str, ...]
    """What else to know, in sentences."""
    snippet: tuple[str, ...]
    """Of a Compose service, what belongs into its compose file: Compose would undo the change."""
    refusal: Refused | None = None

    @property
    def name(self) -> str:
        """The container's, safe for a terminal."""
        return safe(self.detail.container.name)

    @property
    def loss(self) -> str:
        """A sentence about what is lost, or empty."""
        if not self.loses:
            return ""
        some = listed([safe_path(path.encode("utf-8", "surrogateescape")) for path in self.loses], most=_MOST_PATHS)
        return (
            f"{self.name} has written {plural(len(self.loses), 'path')} outside of its mounts, which are lost: {some}."
        )


def shares(volumes: Sequence[str], paths: Sequence[str]) -> tuple[Share, ...]:
    """The volumes, each at its path: those given in the same order, else ``/volumes/<name>``. Raises `Usage`."""
    if len(paths) > len(volumes):
        raise Usage(f"There are {len(paths)} paths for {plural(len(volumes), 'volume')}.", "Give one --at a volume.")
    if len(set(volumes)) < len(volumes):
        raise Usage("A volume is named twice.", "Name each once.")
    found = tuple(
        Share(volume, _checked(paths[number]) if number < len(paths) else f"{ROOT}/{volume}")
        for number, volume in enumerate(volumes)
    )
    places = [share.at for share in found]
    if len(set(places)) < len(places):
        raise Usage("Two volumes would be at one path.", "Give each its own --at.")
    return found


def data_name(volumes: Sequence[str]) -> str:
    """What to call the data container of these volumes."""
    return f"{volumes[0]}-data"


def _checked(path: str) -> str:
    plain = normpath(path)
    if not path.startswith("/") or of_the_system(plain) or ":" in path:
        raise Usage(f"{safe(path)} is no path to mount a volume at.", "Give an absolute path, such as /data.")
    return plain


async def takers_of(engine: Engine, inventory: Inventory, plan: SharePlan) -> tuple[Taker, ...]:
    """The plan's takers, with what speaks for and against each.

    Raises `NotFound`, `Usage` or `Refused` where the plan names what there is not, what there is already, or one
    container twice.
    """
    await _check_names(engine, inventory, plan)
    if not plan.takers:
        return ()
    await refuse_podman(engine)
    details = await engine.details(inventory.containers)
    named = [_named(details, name) for name in plan.takers]
    refuse_twice(named)
    networks = await engine.networks()
    found = [_with_networks(taker_of(details, detail, plan), networks) for detail in named]
    return tuple([one if one.refusal else await _with_losses(engine, one, plan) for one in found])


async def _check_names(engine: Engine, inventory: Inventory, plan: SharePlan) -> None:
    if plan.copy_from:
        split(plan.copy_from)
    for share in plan.shares:
        there = share.volume in inventory.volumes
        if there and plan.copy_from:
            raise Refused(f"A volume {safe(share.volume)} exists already.", "--copy-from fills a new one.")
        if not there and not plan.copy_from:
            raise NotFound(f"There is no volume {safe(share.volume)}.", "`voltui volumes` lists what there is.")
    for name in filter(None, (plan.data, plan.name)):
        check_new_name("container", name)
    refuse_other(inventory.containers.values(), plan)
    if plan.name and plan.name in (plan.data, *(one.name for one in inventory.containers.values())):
        raise Refused(f"A container {safe(plan.name)} exists already.", "Choose another name with --new-name.")
    if plan.image:
        config = (await images.inspect(engine.connection, plan.image)).get("Config") or {}
        if not (plan.command or config.get("Cmd") or config.get("Entrypoint")):
            raise Usage(f"The image {safe(plan.image)} does not say what to run.", "Say it: --run COMMAND.")


def refuse_other(containers: Iterable[Container], plan: SharePlan) -> None:
    """Raise `Refused` where a container has the data container's name and does not hold what is shared."""
    there = next((one for one in containers if plan.data and one.name == plan.data), None)
    if there is None:
        return
    held = {(normpath(mount.destination), mount.source) for mount in there.mounts if mount.kind is MountKind.VOLUME}
    missing = [share for share in plan.shares if (share.at, share.volume) not in held]
    if missing:
        raise Refused(
            f"A container {safe(there.name)} exists already and does not hold {safe(missing[0].volume)} at "
            f"{safe(missing[0].at)}.",
            "Choose another name for the data container (--name).",
        )


def refuse_twice(details: Iterable[ContainerDetail]) -> None:
    """Raise `Usage` where one container is named twice, by name or id."""
    seen = set()
    for detail in details:
        if detail.container.id in seen:
            raise Usage(f"The container {safe(detail.container.name)} is named twice.", "Name it once.")
        seen.add(detail.container.id)


def _with_networks(taker: Taker, networks: frozenset[str]) -> Taker:
    """Refused where a network that it is in has been removed: it could not be what it was."""
    gone = [name for name in taker.detail.networks if name not in networks | _PREDEFINED]
    if not gone or taker.refusal is not None:
        return taker
    said = f"{taker.name} is in the network {safe(gone[0])}, which there is no more."
    hint = f"Make it again, or take the container out: docker network disconnect --force {safe(gone[0])} {taker.name}"
    return replace(taker, refusal=Refused(said, hint))


async def _with_losses(engine: Engine, taker: Taker, plan: SharePlan) -> Taker:
    """With what it loses: not what is copied into the volume before."""
    container, _, path = plan.copy_from.partition(":")
    saved = normpath(path) if path and container == taker.detail.container.name else ""
    lost = await losses(engine, taker.detail)
    kept = [one for one in lost if not (saved and (one == saved or one.startswith(f"{saved}/")))]
    return replace(taker, loses=tuple(kept))


def taker_of(details: Mapping[str, ContainerDetail], detail: ContainerDetail, plan: SharePlan) -> Taker:
    """What the plan does to one container, but for what it loses, which only the engine can tell.

    ``details`` are those of all containers, by id.
    """
    container = detail.container
    gains = gained(details, plan)
    refusal = refusal_to_recreate(detail, details) or refusal_to_add(detail, plan, gains)
    mounts = [(share.volume, share.at) for share in plan.shares]
    snippet = (
        compose.snippet(container.service, mounts, plan.data, read_only=plan.read_only) if container.service else ()
    )
    has = tuple(
        f"{safe(container.name)} has {safe(share.volume)} at {safe(mount.destination)} already."
        for share in plan.shares
        for mount in container.mounts
        if mount.kind is MountKind.VOLUME and mount.source == share.volume
    )
    dependents = [
        safe(one.container.name) for one in details.values() if any(map(container.answers_to, one.volumes_from))
    ]
    kept = f"{listed(dependents)} took the mounts of {safe(container.name)} and will not get these, until made anew."
    said = (*has, *notices(detail), *([kept] if dependents else []))
    return Taker(detail, gains, (), said, tuple(snippet), refusal)


def gained(details: Mapping[str, ContainerDetail], plan: SharePlan) -> tuple[Share, ...]:
    """What each taker gets: all that the data container holds, where that is there already."""
    data = next((one.container for one in details.values() if one.container.name == plan.data), None)
    if data is None:
        return tuple(replace(share, read_only=plan.read_only) for share in plan.shares)
    return tuple(
        Share(mount.source, normpath(mount.destination), mount.read_only or plan.read_only) for mount in data.mounts
    )


def _named(details: Mapping[str, ContainerDetail], name: str) -> ContainerDetail:
    for detail in details.values():
        if detail.container.answers_to(name):
            return detail
    raise NotFound(f"There is no container {safe(name)}.", "`voltui containers` lists them.")


def refusal_to_add(detail: ContainerDetail, plan: SharePlan, gains: Iterable[Share]) -> Refused | None:
    """Why a container can't get more mounts beside its own, if so."""
    container = detail.container
    name = safe(container.name)
    if plan.data and plan.data in (container.name, *(_reference(one) for one in detail.volumes_from)):
        return Refused(f"{name} has the data of {safe(plan.data)} already.", "There is nothing to do.")
    for share in gains:
        there = _mount_at(container, share.at)
        if there is not None and there.source == share.volume:
            return Refused(
                f"{name} mounts {safe(share.volume)} at {safe(share.at)} already.", "There is nothing to do."
            )
        if there is not None:
            return Refused(f"{name} has something else mounted at {safe(share.at)}.", "Choose another path with --at.")
    return None


def _reference(taken: str) -> str:
    return taken.partition(":")[0]


def _mount_at(container: Container, path: str) -> Mount | None:
    return next((mount for mount in container.mounts if normpath(mount.destination) == path), None)


def notices(detail: ContainerDetail) -> tuple[str, ...]:
    """What else changes where a container is made anew, in sentences."""
    name = safe(detail.container.name)
    found = []
    if detail.container.running:
        found.append(f"{name} is stopped and started anew: its log so far goes.")
    elif detail.started:
        found.append(f"The log and the exit status of {name} go: it will be as if it was never started.")
    if detail.random_ports:
        ports = listed([safe(port) for port in detail.random_ports])
        found.append(f"{name} publishes {ports} wherever there is room: it will be elsewhere.")
    if detail.container.service:
        found.append(f"`compose up` undoes it for {name}, unless its file says the same.")
    return tuple(found)


async def losses(engine: Engine, detail: ContainerDetail) -> tuple[str, ...]:
    """The paths in a container's writable layer that are lost with it: all but the directories that mounts stand on."""
    places = [*(mount.destination for mount in detail.container.mounts), *detail.made_folders]
    return _leaves(path for path in await engine.written(detail.container.id) if not _holds_a_mount(path, places))


def _holds_a_mount(path: str, places: Iterable[str]) -> bool:
    return any(place == path or place.startswith(path.rstrip("/") + "/") for place in places)


def _leaves(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that are no directory of another: the engine names every directory on the way."""
    ordered = sorted(paths, key=lambda path: path.split("/"))
    pairs = itertools.pairwise([*ordered, ""])
    return tuple(path for path, after in pairs if not after.startswith(path + "/"))


def check(takers: Iterable[Taker], *, lose: bool) -> None:
    """Raise `Refused` for the first taker that can't be made anew, or would lose what nobody has consented to lose."""
    for taker in takers:
        if taker.refusal is not None:
            raise taker.refusal
        if taker.loses and not lose:
            raise Refused(
                taker.loss,
                "Save what counts first (voltui share NEW --copy-from CONTAINER:PATH), or say --lose-changes.",
            )
