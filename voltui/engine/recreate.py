"""A container made anew with other mounts, and all else as it was.

An engine can't change the mounts of a container. So its inspect is turned back into what it was created from: what the
engine or the image added is taken out, what the user asked for stays. Facts about the fields are from the Engine API's
documentation of ``POST /containers/create`` and from inspects of Docker 20.10.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from posixpath import normpath
from typing import Any

from msgspec import Struct, field

from voltui.engine.connection import Connection
from voltui.model.errors import Failed, NotFound, Refused
from voltui.model.safe import safe
from voltui.model.volume import ANONYMOUS_NAME

_SHORT_ID = 12
_FROM_THE_IMAGE = ("User", "WorkingDir", "Healthcheck", "StopSignal", "Shell")
"""Fields of ``Config`` that the engine copies from the image where the user says nothing."""
_TABLES_FROM_THE_IMAGE = ("Labels", "ExposedPorts", "Volumes")
"""Fields of ``Config`` that the engine merges with the image's."""
_MOUNTS = ("Binds", "Mounts", "VolumesFrom")
_NO_NETWORK_OF_ITS_OWN = ("none", "host")
_KEPT_OF_A_NETWORK = ("IPAMConfig", "Links", "DriverOpts")


class MountChange(Struct, frozen=True):
    """What is to be different."""

    take_from: tuple[str, ...] = ()
    """Data containers whose mounts it takes, as ``--volumes-from`` names them: ``data`` or ``data:ro``."""
    mounts: tuple[str, ...] = ()
    """Volumes it mounts itself: ``volume:/path`` or ``volume:/path:ro``."""
    leave: frozenset[str] = frozenset()
    """Names and ids of data containers whose mounts it takes no more."""
    unmount: frozenset[str] = frozenset()
    """The paths at which it mounts something itself no more."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels that are to say something else; nothing where they say what is empty."""


class Blueprint(Struct, frozen=True):
    """What a container is made from."""

    body: Mapping[str, Any]
    """Of ``POST /containers/create``."""
    connect: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Further networks by name, and the endpoint's settings in each: older engines take one network at creation."""
    disconnect: str = ""
    """A network that the creation joins and the container had left."""


async def draw(connection: Connection, container: str, change: MountChange, host_name: str) -> Blueprint:
    """What to make the container anew from, given the name of the engine's host.

    Raises `NotFound`, or `Refused` where its image is gone.
    """
    name = safe(container)
    found = await connection.call(f"show the container {name}", lambda api: api.inspect_container(container))
    try:
        image = await connection.call(f"show the image of {name}", lambda api: api.inspect_image(found["Image"]))
    except NotFound:
        raise Refused(
            f"The image of {safe(found['Name'].lstrip('/'))} is gone, so that it can't be made anew.",
            "Pull or build the image, then make the container yourself.",
        ) from None
    blueprint = blueprint_of(found, image, change, host_name)
    if await _moved(connection, found):
        return Blueprint({**blueprint.body, "Image": found["Image"]}, blueprint.connect, blueprint.disconnect)
    return blueprint


async def _moved(connection: Connection, found: Mapping[str, Any]) -> bool:
    """Whether the name of the container's image means another one by now, or none."""
    reference = found["Config"]["Image"]
    try:
        named = await connection.call("look at an image", lambda api: api.inspect_image(reference))
    except NotFound:
        return True
    return bool(named["Id"] != found["Image"])


def blueprint_of(
    container: Mapping[str, Any], image: Mapping[str, Any], change: MountChange, host_name: str
) -> Blueprint:
    """The blueprint of an inspected container, given the inspect of its image and the name of the engine's host."""
    host = _host(container, change)
    config = _config(container, image.get("Config") or {}, host_name)
    labels = {**(config.get("Labels") or {}), **change.labels}
    if change.labels:
        config["Labels"] = {name: said for name, said in labels.items() if said or name not in change.labels}
    body = {**config, "HostConfig": host}
    networks = _networks(container)
    mode = host.get("NetworkMode") or "default"
    if mode in _NO_NETWORK_OF_ITS_OWN or mode.startswith("container:"):
        return Blueprint(body)
    first = _first_network(container, mode)
    if first in networks:
        body["NetworkingConfig"] = {"EndpointsConfig": {first: networks.pop(first)}}
        return Blueprint(body, networks)
    return Blueprint(body, networks, disconnect=first)


async def make(connection: Connection, blueprint: Blueprint, name: str) -> str:
    """Make a container of a blueprint, not started; its id. Raises `Refused` where the name is taken."""
    try:
        made = await connection.change(
            "make the container anew", lambda api: api.create_container_from_config(dict(blueprint.body), name)
        )
    except NotFound as error:
        raise Failed(f"A container can't be made anew: {error.sentence}", "What it was made from is gone.") from error
    identifier = str(made["Id"])
    if blueprint.disconnect:
        await connection.change(
            "leave a network", lambda api: api.disconnect_container_from_network(identifier, blueprint.disconnect)
        )
    for network, settings in blueprint.connect.items():
        await _connect(connection, identifier, network, settings)
    return identifier


async def differences(connection: Connection, old: str, new: str, change: MountChange) -> list[str]:
    """The settings in which a container made anew, not started yet, is not as the old one: ``HostConfig.Init`` and the
    like. What was to be different is left out, mounts too, and names and addresses that engines make up."""
    before = await connection.call("show a container", lambda api: api.inspect_container(old))
    after = await connection.call("show a container", lambda api: api.inspect_container(new))
    return differing(before, after, change)


def differing(before: Mapping[str, Any], after: Mapping[str, Any], change: MountChange) -> list[str]:
    """The same of two inspects."""
    was, now = _settings(before, change), _settings(after, change)
    return sorted(name for name in was.keys() | now.keys() if (was.get(name) or None) != (now.get(name) or None))


def _settings(container: Mapping[str, Any], change: MountChange) -> dict[str, Any]:
    config = {name: value for name, value in container["Config"].items() if name != "Hostname"}
    if container["Config"].get("Hostname") != container["Id"][:_SHORT_ID]:
        config["Hostname"] = container["Config"].get("Hostname")
    labels = config.get("Labels") or {}
    config["Labels"] = {name: value for name, value in labels.items() if name not in change.labels}
    for name in ("Env", "Entrypoint", "Cmd"):
        # An entrypoint of "" is shown as it was sent, and as none where the container was made otherwise.
        config[name] = [entry for entry in config.get(name) or () if entry]
    config["Env"] = sorted(config["Env"])
    host = {name: value for name, value in container["HostConfig"].items() if name not in _MOUNTS}
    host["Links"] = sorted(_link(link) for link in host.get("Links") or ())
    # Without a bridge of its own the engine says so of a container that it has started.
    endpoints = {} if config.get("NetworkDisabled") else _networks(container)
    networks = {name: (one.get("IPAMConfig") or None, sorted(one.get("Aliases") or ()))
                for name, one in endpoints.items()}  # fmt: skip
    return {
        **{f"Config.{name}": value for name, value in config.items()},
        **{f"HostConfig.{name}": value for name, value in host.items()},
        **{f"NetworkSettings.Networks.{name}": value for name, value in networks.items()},
    }


async def _connect(connection: Connection, container: str, network: str, settings: Mapping[str, Any]) -> None:
    addresses = settings.get("IPAMConfig") or {}
    links = [tuple(link.split(":", 1)) for link in settings.get("Links") or ()]
    await connection.change(
        f"connect a container to the network {safe(network)}",
        lambda api: api.connect_container_to_network(
            container,
            network,
            ipv4_address=addresses.get("IPv4Address") or None,
            ipv6_address=addresses.get("IPv6Address") or None,
            link_local_ips=addresses.get("LinkLocalIPs") or None,
            aliases=settings.get("Aliases") or None,
            links=links or None,
            driver_opt=settings.get("DriverOpts") or None,
        ),
    )


def _config(container: Mapping[str, Any], image: Mapping[str, Any], host_name: str) -> dict[str, Any]:
    """``Config`` without what came from the image, whose fields the engine fills in again."""
    config = dict(container["Config"])
    for name in _FROM_THE_IMAGE:
        if config.get(name) == image.get(name):
            config.pop(name, None)
    for name in _TABLES_FROM_THE_IMAGE:
        theirs = image.get(name) or {}
        if config.get(name):
            config[name] = {key: value for key, value in config[name].items() if theirs.get(key, ...) != value}
    ours = set(image.get("Env") or ())
    if config.get("Env"):
        config["Env"] = [entry for entry in config["Env"] if entry not in ours]
    if all((config.get(name) or None) == (image.get(name) or None) for name in ("Entrypoint", "Cmd")):
        # One alone must stay: an entrypoint of the user's own makes the engine forget the image's command.
        config.pop("Entrypoint", None)
        config.pop("Cmd", None)
    elif image.get("Entrypoint") and not config.get("Entrypoint"):
        config["Entrypoint"] = [""]  # what ``--entrypoint ""`` sends; without it the image's would be run
    if _hostname_is_generated(container, host_name):
        config.pop("Hostname", None)
    config.pop("OnBuild", None)
    return config


def _hostname_is_generated(container: Mapping[str, Any], host_name: str) -> bool:
    """Whether the engine made the host name up: of the id, or because the name is another's."""
    mode = container["HostConfig"].get("NetworkMode") or ""
    name = container["Config"].get("Hostname") or ""
    hosts_own = mode == "host" and name == host_name
    return name == container["Id"][:_SHORT_ID] or hosts_own or mode.startswith("container:")


def _host(container: Mapping[str, Any], change: MountChange) -> dict[str, Any]:
    host = dict(container["HostConfig"])
    taken = [entry for entry in host.get("VolumesFrom") or () if entry.partition(":")[0] not in change.leave]
    given = [bind for bind in host.get("Binds") or () if _place(bind) not in change.unmount]
    mounts = [_named(mount, container) for mount in host.get("Mounts") or ()]
    lists = {
        # ``/db:/web/alias`` is what an inspect says of ``--link db:alias``.
        "Links": [_link(link) for link in host.get("Links") or ()],
        "VolumesFrom": [*taken, *change.take_from],
        "Mounts": [mount for mount in mounts if normpath(mount.get("Target") or "") not in change.unmount],
        "Binds": [*given, *_anonymous(container, [*given, *change.mounts], mounts), *change.mounts],
    }
    # What was absent or null stays so.
    return {**host, **{name: entries for name, entries in lists.items() if entries or host.get(name)}}


def _place(bind: str) -> str:
    """Where ``source:/path:mode`` is in the container."""
    parts = bind.split(":")
    return normpath(parts[1] if len(parts) > 1 else parts[0])


def _link(link: str) -> str:
    target, _, alias = link.partition(":")
    return f"{target.lstrip('/')}:{alias.rpartition('/')[2]}"


def _named(mount: Mapping[str, Any], container: Mapping[str, Any]) -> dict[str, Any]:
    """A mount of ``--mount``; where that named no volume, with the one that the engine made for it."""
    if mount.get("Type") != "volume" or mount.get("Source"):
        return dict(mount)
    target = normpath(mount.get("Target") or "")
    made = [one for one in container.get("Mounts") or () if normpath(one["Destination"]) == target]
    return {**mount, "Source": made[0]["Name"]} if made else dict(mount)


def _anonymous(container: Mapping[str, Any], binds: Iterable[str], mounts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Binds that give the container its anonymous volumes again: made anew it would get empty ones.

    They stand at the places that the image or ``-v /path`` asks for a volume at.
    """
    asked = set(map(normpath, container["Config"].get("Volumes") or ()))
    settled = {_place(bind) for bind in binds if ":" in bind}
    settled |= {normpath(mount.get("Target") or "") for mount in mounts}
    return [
        f"{mount['Name']}:{mount['Destination']}" + ("" if mount.get("RW", True) else ":ro")
        for mount in container.get("Mounts") or ()
        if ANONYMOUS_NAME.fullmatch(mount.get("Name") or "") and normpath(mount["Destination"]) in asked - settled
    ]


def _networks(container: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The container's networks by name, as the user asked for them: no address or name that the engine gave."""
    return {
        name: _endpoint(settings, container["Id"])
        for name, settings in ((container.get("NetworkSettings") or {}).get("Networks") or {}).items()
    }


def _endpoint(settings: Mapping[str, Any], container: str) -> dict[str, Any]:
    kept = {name: settings[name] for name in _KEPT_OF_A_NETWORK if settings.get(name)}
    aliases = [alias for alias in settings.get("Aliases") or () if alias != container[:_SHORT_ID]]
    return {**kept, "Aliases": aliases} if aliases else kept


def _first_network(container: Mapping[str, Any], mode: str) -> str:
    """The name of the network that the creation joins."""
    if mode == "default":
        return "bridge"
    networks = (container.get("NetworkSettings") or {}).get("Networks") or {}
    return next((name for name, settings in networks.items() if settings.get("NetworkID") == mode), mode)
