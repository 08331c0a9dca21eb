"""The Engine API's JSON turned into the model. Absent and null fields are told apart nowhere: engines mix them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from posixpath import normpath
from typing import Any

from msgspec.structs import replace

from voltui.model.container import Container, ContainerDetail
from voltui.model.inventory import EngineInfo
from voltui.model.mount import Mount, MountKind
from voltui.model.volume import Volume
from voltui.model.when import parse_time

_KINDS = {"volume": MountKind.VOLUME, "bind": MountKind.BIND, "tmpfs": MountKind.TMPFS}
_PODMAN = "Podman Engine"


def engine_info(version: Mapping[str, Any], info: Mapping[str, Any]) -> EngineInfo:
    """From ``GET /version`` and ``GET /info``. Podman gives itself another id at each call (measured on 4.3)."""
    podman = any(component.get("Name") == _PODMAN for component in version.get("Components") or ())
    name = info.get("Name") or ""
    return EngineInfo(
        id=f"podman-{name}" if podman else info.get("ID") or name,
        name=name,
        product="Podman" if podman else "Docker",
        version=version.get("Version") or "",
        api_version=version.get("ApiVersion") or "",
        root_dir=info.get("DockerRootDir") or "",
        labels=tuple(info.get("Labels") or ()),
    )


def volume(data: Mapping[str, Any]) -> Volume:
    """From an entry of ``GET /volumes`` or a volume inspect."""
    return Volume(
        name=data["Name"],
        driver=data.get("Driver") or "local",
        created=parse_time(data.get("CreatedAt") or ""),
        labels=data.get("Labels") or {},
        options=data.get("Options") or {},
        mountpoint=data.get("Mountpoint") or "",
        scope=data.get("Scope") or "local",
    )


def volumes(data: Mapping[str, Any]) -> list[Volume]:
    """From ``GET /volumes``, by name."""
    return sorted(map(volume, data.get("Volumes") or ()), key=lambda one: one.name)


def mount(data: Mapping[str, Any]) -> Mount:
    """From an entry of a container's ``Mounts``. Podman leaves ``Name`` empty for binds, Docker leaves it out."""
    kind = _KINDS.get(data.get("Type") or "", MountKind.OTHER)
    return Mount(
        kind=kind,
        source=(data.get("Name") if kind is MountKind.VOLUME else data.get("Source")) or "",
        destination=data.get("Destination") or "",
        read_only=not data.get("RW", True),
        propagation=data.get("Propagation") or "",
        driver=data.get("Driver") or "",
    )


def container(data: Mapping[str, Any]) -> Container:
    """From an entry of ``GET /containers/json``."""
    created = data.get("Created")
    return Container(
        id=data["Id"],
        name=(data.get("Names") or [data["Id"][:12]])[0].lstrip("/"),
        image=data.get("Image") or "",
        state=data.get("State") or "",
        status=data.get("Status") or "",
        created=datetime.fromtimestamp(created, UTC) if isinstance(created, int) else parse_time(str(created)),
        labels=data.get("Labels") or {},
        mounts=tuple(mount(entry) for entry in data.get("Mounts") or ()),
    )


def container_detail(data: Mapping[str, Any]) -> ContainerDetail:
    """From a container inspect."""
    state, config, host = data.get("State") or {}, data.get("Config") or {}, data.get("HostConfig") or {}
    return ContainerDetail(
        container=Container(
            id=data["Id"],
            name=(data.get("Name") or data["Id"][:12]).lstrip("/"),
            image=config.get("Image") or "",
            state=state.get("Status") or "",
            created=parse_time(data.get("Created") or ""),
            labels=config.get("Labels") or {},
            mounts=tuple(_with_subpath(mount(entry), host) for entry in data.get("Mounts") or ()),
        ),
        volumes_from=tuple(entry.split(":")[0] for entry in host.get("VolumesFrom") or ()),
        auto_remove=bool(host.get("AutoRemove")),
        started=parse_time(state.get("StartedAt") or ""),
        stop_timeout=config.get("StopTimeout"),
        network_of=_container_of(host.get("NetworkMode") or ""),
        bound_to=_bound_to(host),
        health=(state.get("Health") or {}).get("Status") or "",
        restarts=data.get("RestartCount") or 0,
        restart_policy=_restart_policy(host.get("RestartPolicy") or {}),
        exit_code=state.get("ExitCode") or 0,
        made_folders=tuple(filter(None, (config.get("WorkingDir"), *(host.get("Tmpfs") or ())))),
        networks=tuple((data.get("NetworkSettings") or {}).get("Networks") or ()),
        random_ports=tuple(
            port
            for port, bindings in (host.get("PortBindings") or {}).items()
            if any(binding.get("HostPort") in ("", "0") for binding in bindings or ())
        ),
    )


def _bound_to(host: Mapping[str, Any]) -> tuple[str, ...]:
    shared = (_container_of(host.get(mode) or "") for mode in ("IpcMode", "PidMode"))
    linked = (link.partition(":")[0].lstrip("/") for link in host.get("Links") or ())
    return tuple(filter(None, (*shared, *linked)))


def _restart_policy(policy: Mapping[str, Any]) -> str:
    count = policy.get("MaximumRetryCount")
    return f"{policy['Name']}:{count}" if count else policy.get("Name") or ""


def _container_of(mode: str) -> str:
    """The container of ``container:<name or id>``."""
    kind, _, name = mode.partition(":")
    return name if kind == "container" else ""


def _with_subpath(found: Mount, host: Mapping[str, Any]) -> Mount:
    """A mount with the directory of its volume, which stands only in what was asked for when the container was made."""
    for asked in host.get("Mounts") or ():
        if normpath(asked.get("Target") or "") == found.destination:
            return replace(found, subpath=(asked.get("VolumeOptions") or {}).get("Subpath") or "")
    return found
