"""Data containers: never started, of the empty image, they only hold mounts for others to take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voltui.engine.connection import Connection
from voltui.engine.helper import ensure_image
from voltui.model.container import DATA_LABEL
from voltui.model.safe import safe


async def create(connection: Connection, name: str, mounts: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """Make a data container that holds volumes, by the path at which they are to be found; its id.

    Raises `Refused` where the name is taken.
    """
    image = await ensure_image(connection)
    made = await connection.change(
        f"make the data container {safe(name)}",
        lambda api: api.create_container_from_config(_config(image, mounts, labels), name),
    )
    return str(made["Id"])


async def create_taker(
    connection: Connection, name: str, image: str, take_from: str, command: tuple[str, ...], labels: Mapping[str, str]
) -> str:
    """Make a container of a local image that takes the mounts of a data container; its id. It is not started.

    Raises `NotFound` where there is no such image: nothing is pulled.
    """
    config: dict[str, Any] = {"Image": image, "Labels": dict(labels), "HostConfig": {"VolumesFrom": [take_from]}}
    if command:
        config["Cmd"] = list(command)
    made = await connection.change(
        f"make a container of {safe(image)}", lambda api: api.create_container_from_config(config, name)
    )
    return str(made["Id"])


def _config(image: str, mounts: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "Image": image,
        "Cmd": ["-"],  # Docker refuses a container without a command, also one that never runs
        "Labels": {DATA_LABEL: "1", **labels},
        "HostConfig": {
            "NetworkMode": "none",
            "Mounts": [
                {"Type": "volume", "Source": volume, "Target": path, "VolumeOptions": {"NoCopy": True}}
                for path, volume in mounts.items()
            ],
        },
    }
