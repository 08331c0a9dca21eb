"""Helper containers: short-lived, labelled, of an empty image, with no network and the fewest rights.

Nothing is pulled: the image is made by importing an empty archive, and where a helper runs, its tools are the host's
own, bound read-only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from voltui.engine.connection import Connection
from voltui.model.container import HELPER_LABEL
from voltui.model.errors import Failed, NotFound, Refused, VoltuiError
from voltui.model.safe import safe
from voltui.model.source import Source

IMAGE = "voltui-empty:latest"
"""Podman takes no other tag when it imports."""
TARGET = "/v"
"""Where the source is mounted in the helper."""
BESIDE = "/s"
"""Where another one is, to be read beside it."""
IO = "/io"
"""Where the job's private directory is mounted."""
_EMPTY_TAR = bytes(1024)
TOOL_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
JOB_LABEL = "voltui.job"
CLIENT_LABEL = "voltui.client"
_REMOVAL_LOOKS, _REMOVAL_PAUSE = 200, 0.05
"""How often, and with how many seconds between, a helper that the engine is removing is looked for."""
_PHANTOM_LABEL = "voltui.phantom"

READ_CAPABILITIES = ("DAC_READ_SEARCH", "SYS_ADMIN")
"""Reading everything; without SYS_ADMIN, trusted.* attributes are invisible."""
WRITE_CAPABILITIES = ("CHOWN", "FOWNER", "DAC_OVERRIDE", "FSETID", "MKNOD", "SETFCAP")
"""Extracting everything but trusted.* attributes, which need SYS_ADMIN too."""
TRUSTED_CAPABILITIES = (*WRITE_CAPABILITIES, "SYS_ADMIN")


class HelperSpec(Struct, frozen=True):
    """What a helper is for."""

    name: str
    """Unique on the engine; known before it is made, so that whatever happens it can be removed."""
    source: Source
    writable: bool
    labels: Mapping[str, str]
    capabilities: tuple[str, ...] = ()
    command: tuple[str, ...] = ("-",)
    """A created, never started helper needs a word here too: Docker refuses a container without a command."""
    io: Path | None = None
    """The private directory to mount at ``/io``; with it the host's tools are mounted too."""
    beside: Source | None = None
    """Another source, mounted read-only at ``/s``."""
    attached: bool = False
    """It runs with the engine host's tools for as long as somebody is attached to its standard input."""


async def ensure_image(connection: Connection) -> str:
    """Make the empty image where it is missing; its id. Importing it again would leave a dangling one behind each time.

    The id, since Podman takes a short name for one of a registry.
    """
    repository, tag = IMAGE.split(":")
    try:
        image = await connection.call("look for the empty image", lambda api: api.inspect_image(IMAGE))
    except NotFound:
        await connection.change(
            "make an empty image",
            lambda api: api.import_image_from_data(_EMPTY_TAR, repository=repository, tag=tag),
        )
        image = await connection.call("look for the empty image", lambda api: api.inspect_image(IMAGE))
    return str(image["Id"])


async def create(connection: Connection, spec: HelperSpec, tools: Iterable[str] = ()) -> str:
    """Create a helper; its id. ``tools`` are folders of the engine's host; one with ``io`` has those of this host.

    Raises `NotFound` where its volume does not exist, and leaves none behind then.
    """
    if spec.io is not None:
        tools = tool_folders()
    config = _config(spec, await ensure_image(connection), tools)
    created = await connection.change(
        f"make a helper for the {spec.source.kind} {safe(spec.source.name)}",
        lambda api: api.create_container_from_config(config, spec.name),
    )
    if spec.source.kind == "volume":
        await _refuse_phantom(connection, spec)
    return str(created["Id"])


async def create_attached(connection: Connection, spec: HelperSpec) -> str:
    """Like `create`, for one with the tools of the engine's host, wherever that is: which folders it has is tried."""
    folders = list(TOOL_FOLDERS)
    while True:
        try:
            return await create(connection, spec, folders)
        except Failed as error:
            missing = [folder for folder in folders if f"source path does not exist: {folder}" in f"{error.sentence}."]
            if not missing:
                raise
            folders.remove(max(missing, key=len))


async def start(connection: Connection, helper_id: str) -> None:
    """Start a helper."""
    await connection.change("start a helper", lambda api: api.start(helper_id))


async def remove(connection: Connection, name: str) -> None:
    """Remove a helper, running or not, by id or name. One that is gone already is no error."""
    try:
        await connection.change("remove a helper", lambda api: api.remove_container(name, force=True))
    except NotFound:
        return
    except Refused as refused:
        if "already in progress" not in refused.sentence:
            raise
        await _gone(connection, name)


async def _gone(connection: Connection, name: str) -> None:
    """Wait until a helper that is being removed is gone: until then its volume is in use."""
    for _ in range(_REMOVAL_LOOKS):
        try:
            await connection.call("look after a helper", lambda api: api.inspect_container(name))
        except NotFound:
            return
        await asyncio.sleep(_REMOVAL_PAUSE)
    raise Failed(f"The helper {name} is being removed, but does not go.")


async def find(connection: Connection, label: str = HELPER_LABEL) -> list[dict[str, Any]]:
    """The helpers on the engine that bear a label (``key`` or ``key=value``): rows of the container list."""
    rows: list[dict[str, Any]] = await connection.call(
        "list helpers", lambda api: api.containers(all=True, filters={"label": label})
    )
    return rows


async def remove_all(connection: Connection, names: Iterable[str]) -> None:
    """Remove several; the first error is raised when all have been tried."""
    errors: list[VoltuiError] = []
    for name in names:
        try:
            await remove(connection, name)
        except VoltuiError as error:
            errors.append(error)
    if errors:
        raise errors[0]


async def _refuse_phantom(connection: Connection, spec: HelperSpec) -> None:
    """An engine makes a volume that is missing rather than refuse the mount; the label tells that it did."""
    volume = await connection.call("look at the volume", lambda api: api.inspect_volume(spec.source.name))
    if (volume.get("Labels") or {}).get(_PHANTOM_LABEL) == spec.name:
        await remove(connection, spec.name)
        await connection.change("remove the volume again", lambda api: api.remove_volume(spec.source.name))
        raise NotFound(f"There is no volume {safe(spec.source.name)} any more.", "It was removed a moment ago.")


def tool_folders() -> list[str]:
    """The host's folders of programs and libraries that exist."""
    return [folder for folder in TOOL_FOLDERS if Path(folder).is_dir()]


def _config(spec: HelperSpec, image: str, tools: Iterable[str]) -> dict[str, Any]:
    runs = spec.io is not None or spec.attached
    mounts = [_source_mount(spec, spec.source, TARGET, writable=spec.writable)]
    if spec.beside is not None:
        mounts.append(_source_mount(spec, spec.beside, BESIDE, writable=False))
    mounts += [_bind(folder, folder, read_only=True) for folder in tools]
    if spec.io is not None:
        mounts.append(_bind(str(spec.io), IO, read_only=False))
    return {
        "Image": image,
        "Cmd": list(spec.command),
        "Env": ["LC_ALL=C", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        "User": "0:0",
        "WorkingDir": "/",
        "AttachStdin": spec.attached,
        "OpenStdin": spec.attached,
        "StdinOnce": spec.attached,
        "Labels": {HELPER_LABEL: "1", **spec.labels},
        "HostConfig": {
            "Mounts": mounts,
            "NetworkMode": "none",
            "AutoRemove": runs,
            "CapDrop": ["ALL"],
            "CapAdd": list(spec.capabilities),
            "ReadonlyRootfs": runs,  # the archive API refuses to write below a read-only root
            "SecurityOpt": ["no-new-privileges", "label=disable"],
            "UsernsMode": "host",
            "LogConfig": {"Type": "none"},
            **({"Tmpfs": {"/tmp": "mode=1777"}} if spec.attached else {}),  # noqa: S108 - the helper's own
        },
    }


def _source_mount(spec: HelperSpec, source: Source, target: str, *, writable: bool) -> dict[str, Any]:
    if source.kind == "path":
        return _bind(source.name, target, read_only=not writable)
    return {
        "Type": "volume",
        "Source": source.name,
        "Target": target,
        "ReadOnly": not writable,
        "VolumeOptions": {"NoCopy": True, "Labels": {_PHANTOM_LABEL: spec.name}},
    }


def _bind(source: str, target: str, *, read_only: bool) -> dict[str, Any]:
    return {"Type": "bind", "Source": source, "Target": target, "ReadOnly": read_only}
