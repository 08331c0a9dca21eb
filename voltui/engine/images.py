"""Images as a means to move data: a container's files as they are, and a volume's content for another host."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from voltui.engine.archive_api import Upload
from voltui.engine.connection import Connection
from voltui.model.container import HELPER_LABEL
from voltui.model.errors import Failed, NotFound
from voltui.model.safe import safe

_COMMIT_PATIENCE = 3600.0
"""Seconds a commit may take: it copies all that the container has written."""
_DIRECTORY, _SYMLINK = 1 << 31, 1 << 27
"""Bits of Go's ``os.FileMode``, which the engine tells of a path."""
_PIECE = 1 << 20


class PathKind(Struct, frozen=True):
    """What a path in a container is."""

    directory: bool
    link_to: str
    """Where a symlink leads, or empty."""


async def commit(connection: Connection, container: str, reference: str) -> None:
    """Keep a container's files, as they are at one moment, as an image. It stands still meanwhile."""
    repository, _, tag = reference.rpartition(":")
    await connection.change(
        "keep a container's files as an image",
        lambda api: api.commit(container, repository, tag, pause=True),
        deadline=_COMMIT_PATIENCE,
    )


async def remove(connection: Connection, reference: str) -> None:
    """Remove an image's name, and the image with its last one. One that is gone already is no error."""
    try:
        await connection.change("remove an image", lambda api: api.remove_image(reference))
    except NotFound:
        return


async def inspect(connection: Connection, reference: str) -> Mapping[str, Any]:
    """What the engine tells of an image. Raises `NotFound`: nothing is pulled."""
    try:
        found: Mapping[str, Any] = await connection.call("show an image", lambda api: api.inspect_image(reference))
    except NotFound:
        raise NotFound(
            f"There is no image {safe(reference)} here.", "Load it first: docker load --input FILE."
        ) from None
    return found


async def exists(connection: Connection, reference: str) -> bool:
    """Whether there is an image of that name."""
    try:
        await inspect(connection, reference)
    except NotFound:
        return False
    return True


async def create_helper(connection: Connection, image: str, name: str, labels: Mapping[str, str]) -> str:
    """A helper with an image's files, never started; its id.

    For what the image declares as volumes the engine would make anonymous ones that stay: a tmpfs stands there instead.
    """
    declared = ((await inspect(connection, image)).get("Config") or {}).get("Volumes") or {}
    config = {
        "Image": image,
        "Cmd": ["-"],
        "Labels": {HELPER_LABEL: "1", **labels},
        "HostConfig": {
            "NetworkMode": "none",
            "LogConfig": {"Type": "none"},
            "Tmpfs": dict.fromkeys(declared, ""),
        },
    }
    made = await connection.change(
        f"make a helper of {safe(image)}", lambda api: api.create_container_from_config(config, name)
    )
    return str(made["Id"])


async def path_kind(connection: Connection, helper: str, path: str) -> PathKind:
    """What a path in a helper is (``X-Docker-Container-Path-Stat``, Engine API). Raises `NotFound`."""

    def ask(api: Any) -> dict[str, Any]:
        url = api._url("/containers/{0}/archive", helper)
        response = api.head(url, params={"path": path})
        api._raise_for_status(response)
        told: dict[str, Any] = json.loads(base64.b64decode(response.headers["X-Docker-Container-Path-Stat"]))
        return told

    told = await connection.call("look at a path", ask)
    mode = int(told.get("mode") or 0)
    link = str(told.get("linkTarget") or "") if mode & _SYMLINK else ""
    return PathKind(bool(mode & _DIRECTORY), link)


class ImageUpload(Upload):
    """Imports tar as an image of one layer, under a name. A `ByteSink` for one thread."""

    def __init__(
        self,
        connection: Connection,
        reference: str,
        changes: Sequence[str],
        cancelled: threading.Event,
        idle_limit: float,
    ) -> None:
        repository, _, tag = reference.rpartition(":")
        self._params = {"fromSrc": "-", "repo": repository, "tag": tag, "changes": list(changes)}
        super().__init__(connection, cancelled, idle_limit)

    def _send(self, client: Any, pieces: Iterator[bytes]) -> None:
        response = client.post(
            client._url("/images/create"), params=self._params, data=pieces, timeout=self._idle_limit, stream=True
        )
        client._raise_for_status(response)
        _raise_what_it_says(response.iter_lines())


def _raise_what_it_says(lines: Iterator[bytes]) -> None:
    """Raise `Failed` with the error that the engine tells inside of a response of status 200."""
    for line in lines:
        said = json.loads(line) if line.strip() else {}
        if said.get("error"):
            raise Failed(f"The engine could not import the image: {safe(str(said['error']))}.")


def save(
    connection: Connection, reference: str, file: Path, cancelled: threading.Event, idle_limit: float
) -> Iterator[int]:
    """Write an image to a new file that only its owner can read, as ``docker load`` takes it.

    Yields the bytes so far. For a thread. Raises `OSError` where the file can't be written.
    """
    with connection.translated("save an image"):
        client = connection.new_client(idle_limit)
    try:
        with connection.translated("save an image"):
            response = client.get(client._url("/images/{0}/get", reference), stream=True, timeout=idle_limit)
            client._raise_for_status(response)

        def piece() -> bytes:
            with connection.translated("save an image"):
                read: bytes = response.raw.read(_PIECE)
                return read

        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            for data in iter(piece, b""):
                if cancelled.is_set():
                    return
                out.write(data)
                yield out.tell()
    finally:
        connection.release(client)
