"""Everything an engine holds at one moment, and who uses what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from voltui.model.container import Container
from voltui.model.mount import Mount, MountKind
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.volume import Volume

SANDBOX_LABEL = "voltui.sandbox=true"
"""The label of a sandbox's engine: tests refuse to run on one that does not bear it."""
_VOLUMES_HAVE_BIRTHDAYS = 42
"""The minor version of the API, Docker 23, from which on a volume's time is that of its making (measured on 20.10)."""
_SYSTEM_TREES = ("/proc", "/sys", "/dev", "/run", "/var/run")
_SYSTEM_ROOTS = frozenset(("/", "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/boot", "/etc"))
_SYSTEM_FILES = frozenset(
    f"/etc/{name}" for name in ("localtime", "timezone", "passwd", "group", "hosts", "resolv.conf", "machine-id")
)


class Use(Struct, frozen=True):
    """One container's use of one volume or path: ``user (of a volume)`` in VolTUI's words."""

    container: Container
    mount: Mount

    @property
    def writer(self) -> bool:
        """Whether the container is running and may write there."""
        return self.container.running and not self.mount.read_only

    @property
    def words(self) -> str:
        """``web (running, rw)``, ready for a terminal."""
        return f"{safe(self.container.name)} ({safe(self.container.state)}, {self.mount.access})"


class EngineInfo(Struct, frozen=True):
    """Who answers at the endpoint."""

    id: str
    name: str
    """The host's name."""
    product: str
    """``Docker`` or ``Podman``."""
    version: str
    api_version: str
    root_dir: str = ""
    """Where the engine keeps its data, on its own host."""
    labels: tuple[str, ...] = ()

    @property
    def sandbox(self) -> bool:
        """Whether `voltui sandbox` made it: it may be filled and emptied at will, and ends with its command."""
        return SANDBOX_LABEL in self.labels

    @property
    def volume_time(self) -> str:
        """What the time of a volume tells: before API 1.42 Docker gives when its root directory was last changed."""
        major, _, minor = self.api_version.partition(".")
        old = not self.podman and major == "1" and minor.isdigit() and int(minor) < _VOLUMES_HAVE_BIRTHDAYS
        return "changed" if old else "created"

    @property
    def podman(self) -> bool:
        """Whether the engine is Podman, whose archive API loses data (see the README's table)."""
        return self.product == "Podman"


class Inventory(Struct, frozen=True, dict=True):
    """Volumes and containers of one engine. Helpers are left out. Immutable: an event makes a new one."""

    engine: EngineInfo
    volumes: Mapping[str, Volume]
    """By name, in the engine's order."""
    containers: Mapping[str, Container]
    """By id."""

    @classmethod
    def of(cls, engine: EngineInfo, volumes: Iterable[Volume], containers: Iterable[Container]) -> Inventory:
        """An inventory of these volumes and containers."""
        return cls(
            engine,
            {volume.name: volume for volume in volumes},
            {container.id: container for container in containers if not container.helper},
        )

    @cached_property
    def _uses(self) -> Mapping[MountKind, Mapping[str, tuple[Use, ...]]]:
        """By kind and source."""
        found: dict[MountKind, dict[str, list[Use]]] = {kind: {} for kind in MountKind}
        for container in self.containers.values():
            for mount in container.mounts:
                found[mount.kind].setdefault(mount.source, []).append(Use(container, mount))
        return {
            kind: {source: tuple(sorted(uses, key=_use_order)) for source, uses in of_kind.items()}
            for kind, of_kind in found.items()
        }

    @cached_property
    def uses_of_volumes(self) -> Mapping[str, tuple[Use, ...]]:
        """Who mounts each volume that anybody mounts, in the order of `uses`."""
        return self._uses[MountKind.VOLUME]

    def uses(self, volume: str) -> tuple[Use, ...]:
        """Who mounts the volume, running ones first, then by name."""
        return self.uses_of_volumes.get(volume, ())

    def uses_of_source(self, source: Source) -> tuple[Use, ...]:
        """Who mounts the source. Of a path, binds of what is below it count too, and binds of a parent that may write.

        Monitoring agents bind ``/`` and the like read-only: they see every file and use none.
        """
        if source.kind != "volume":
            return tuple(sorted(self._overlapping(source.name), key=_use_order))
        volume = self.volumes.get(source.name)
        found = [*self.uses(source.name)]
        for place in volume.places if volume else ():
            found += self._overlapping(place)
        once = {(use.container.id, use.mount.destination): use for use in found}
        return tuple(sorted(once.values(), key=_use_order))

    def _overlapping(self, directory: str) -> Iterator[Use]:
        """The uses of whatever lies in a directory of the host, and of what it lies in if they may write."""
        of_all = ((kind, name, uses) for kind, of_kind in self._uses.items() for name, uses in of_kind.items())
        for kind, name, uses in of_all:
            volume = self.volumes.get(name) if kind is MountKind.VOLUME else None
            places = volume.places if volume else (name,) if kind is MountKind.BIND else ()
            within = any(_within(place, directory) for place in places)
            around = any(_within(directory, place) and place != "/" for place in places)
            yield from (use for use in uses if within or (around and not use.mount.read_only))

    @cached_property
    def up(self) -> int:
        """How many containers run."""
        return sum(container.running for container in self.containers.values())

    def running_users(self, source: Source) -> tuple[Container, ...]:
        """The running containers that mount the source, each once."""
        return _unique(use.container for use in self.uses_of_source(source) if use.container.running)

    def writers(self, source: Source) -> tuple[Container, ...]:
        """The running containers that may write to the source, each once."""
        return _unique(use.container for use in self.uses_of_source(source) if use.writer)

    @cached_property
    def unused_names(self) -> frozenset[str]:
        """The names of the volumes that no container mounts, running or not."""
        return frozenset(self.volumes.keys() - self.uses_of_volumes.keys())

    def unused(self) -> list[Volume]:
        """The volumes that no container mounts, running or not, by name."""
        return [self.volumes[name] for name in sorted(self.unused_names)]

    def display_name(self, volume: Volume) -> str:
        """The volume's name; an anonymous one by its first user (``shop-db:/cache``), else shortened as docker does."""
        if not volume.anonymous:
            return volume.name
        uses = self.uses(volume.name)
        if uses:
            return f"{uses[0].container.name}:{uses[0].mount.destination}"
        return Source("volume", volume.name).short

    def birthday(self, volume: Volume) -> datetime | None:
        """When a volume was made; ``None`` where the engine does not tell that."""
        return volume.created if self.engine.volume_time == "created" else None

    def projects(self) -> tuple[str, ...]:
        """The names of all Compose projects seen, sorted."""
        named = {volume.project for volume in self.volumes.values()}
        named.update(container.project for container in self.containers.values())
        return tuple(sorted(named - {""}))

    def data_of(self, containers: Iterable[Container]) -> tuple[Source, ...]:
        """All data of these containers: volumes, anonymous ones included, and binds; system files are left out."""
        sources = (data_source(mount) for container in containers for mount in container.mounts)
        return tuple(sorted({source for source in sources if source is not None}))

    def data_of_project(self, project: str) -> tuple[Source, ...]:
        """All data of a Compose project: what its containers mount, and its volumes that nothing mounts now."""
        members = [container for container in self.containers.values() if container.project == project]
        own = {Source("volume", volume.name) for volume in self.volumes.values() if volume.project == project}
        return tuple(sorted(own | set(self.data_of(members))))

    def with_volume(self, volume: Volume) -> Inventory:
        """This inventory with the volume added or replaced."""
        return self._with_volumes({**self.volumes, volume.name: volume})

    def without_volume(self, name: str) -> Inventory:
        """This inventory without the volume."""
        return self._with_volumes({key: value for key, value in self.volumes.items() if key != name})

    def with_container(self, container: Container) -> Inventory:
        """This inventory with the container added or replaced; a helper is not taken in."""
        if container.helper:
            return self
        return self._with_containers({**self.containers, container.id: container}, container.id)

    def without_container(self, container_id: str) -> Inventory:
        """This inventory without the container."""
        kept = {key: value for key, value in self.containers.items() if key != container_id}
        return self._with_containers(kept, container_id)

    def _with_volumes(self, volumes: Mapping[str, Volume]) -> Inventory:
        new = replace(self, volumes=volumes)
        new.__dict__["_uses"] = self._uses  # what containers mount has not changed
        return new

    def _with_containers(self, containers: Mapping[str, Container], changed: str) -> Inventory:
        """These containers, of which one is another. Who uses what else is kept: most of it is the same."""
        new = replace(self, containers=containers)
        before, now = self.containers.get(changed), containers.get(changed)
        uses = {kind: {**of_kind} for kind, of_kind in self._uses.items()}
        for mount in before.mounts if before else ():
            kept = [use for use in uses[mount.kind].get(mount.source, ()) if use.container.id != changed]
            uses[mount.kind][mount.source] = tuple(kept)
        for mount in now.mounts if now else ():
            added = (*uses[mount.kind].get(mount.source, ()), Use(now, mount)) if now else ()
            uses[mount.kind][mount.source] = tuple(sorted(added, key=_use_order))
        for mount in before.mounts if before else ():
            if not uses[mount.kind].get(mount.source, True):
                del uses[mount.kind][mount.source]
        new.__dict__["_uses"] = uses
        return new


def data_source(mount: Mount) -> Source | None:
    """The user's data that a mount stands for; ``None`` for tmpfs, sockets and files of the system."""
    if mount.kind is MountKind.VOLUME:
        return Source("volume", mount.source)
    if mount.kind is MountKind.BIND and not of_the_system(mount.source):
        return Source("path", mount.source)
    return None


def of_the_system(path: str) -> bool:
    """Whether a path is a file, a socket or a directory of the system rather than somebody's data."""
    in_tree = any(path == tree or path.startswith(tree + "/") for tree in _SYSTEM_TREES)
    return in_tree or path in _SYSTEM_ROOTS or path in _SYSTEM_FILES or path.endswith(".sock")


def of_the_kernel(path: str) -> bool:
    """Whether a path is the root of everything, or in a tree that the kernel makes up."""
    return path == "/" or any(path == tree or path.startswith(tree + "/") for tree in ("/proc", "/sys", "/dev"))


def _within(path: str, parent: str) -> bool:
    return path == parent or path.startswith(parent.rstrip("/") + "/")


def _use_order(use: Use) -> tuple[bool, str, str]:
    return (not use.container.running, use.container.name, use.mount.destination)


def _unique(containers: Iterable[Container]) -> tuple[Container, ...]:
    return tuple({container.id: container for container in containers}.values())
