"""Sample data that looks like real life: two Compose projects, shared, anonymous, unused and odd volumes.

Containers run from the empty image with the host's own tools, so nothing is pulled.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from voltui.engine.adapter import Engine
from voltui.engine.helper import IMAGE, ensure_image, tool_folders
from voltui.sandbox.layout import Layout

_COMPOSE = "com.docker.compose"
_HOST = "host:"
"""Begins the name of a directory on the sandbox's host, for a bind mount."""

_WORK = """trap 'exit 0' TERM
while :; do
    for file in "$@"; do date >>"$file"; done
    sleep 5 & wait $!
done"""
"""What every running sample does: append the time to its files, and end at once when told to."""


class _Volume(Struct, frozen=True):
    name: str
    project: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


class _Container(Struct, frozen=True):
    name: str
    image: str
    mounts: tuple[str, ...] = ()
    """``volume:/path[:ro]``, ``host:folder:/path[:ro]``, or ``/path`` alone for an anonymous volume."""
    writes: tuple[str, ...] = ()
    service: str = ""
    """``project/service`` in Compose."""
    volumes_from: tuple[str, ...] = ()
    state: str = "running"
    """Or ``created``: never started, or ``exited``."""


_VOLUMES = (
    _Volume("shop_pgdata", "shop"),
    _Volume("shop_media", "shop"),
    _Volume("shop_config", "shop"),
    _Volume("blog_db", "blog"),
    _Volume("blog_uploads", "blog"),
    _Volume("shared_assets"),
    _Volume("media_library"),
    _Volume("mail_spool"),
    _Volume("old_uploads"),
    _Volume("scratch", options={"type": "tmpfs", "device": "tmpfs", "o": "size=16m"}),
    _Volume(
        "odd_names",
        labels={"note": "[bold red]markup[/] and [/unclosed", "title": "\x1b]0;escape\x07\x1b[31mred\u202e"},
    ),
)

_CONTAINERS = (
    _Container(
        "shop-db", "postgres:16", ("shop_pgdata:/var/lib/postgresql/data", "/cache"),
        ("/var/lib/postgresql/data/log", "/cache/log"), "shop/db",
    ),
    _Container(
        "shop-web", "nginx:1.27", ("shop_media:/srv/media", "shop_config:/etc/shop:ro", "host:site:/srv/site:ro"),
        ("/srv/media/access.log",), "shop/web",
    ),
    _Container(
        "shop-worker", "worker:2", ("shop_media:/media", "host:backups:/backups"),
        ("/media/worker.log", "/backups/log"), "shop/worker",
    ),
    _Container(
        "shop-nightly", "worker:2", ("shop_pgdata:/data:ro", "host:backups:/backups"), (), "shop/nightly",
        state="exited",
    ),
    _Container("blog-db", "mariadb:11", ("blog_db:/var/lib/mysql",), ("/var/lib/mysql/binlog",), "blog/db"),
    _Container("blog-app", "wordpress:6", ("blog_uploads:/uploads",), ("/uploads/log",), "blog/app"),
    _Container("assets-data", IMAGE, ("shared_assets:/assets",), state="created"),
    _Container("report", "reporter:1", (), ("/assets/report.log",), volumes_from=("assets-data",)),
    _Container("mailer", "reporter:1", ("mail_spool:/var/mail",), volumes_from=("assets-data:ro",)),
    _Container("player", "nginx:1.27", ("media_library:/library:ro", "scratch:/tmp/scratch")),
)  # fmt: skip


_POSTGRESQL = b"""\
# What the server reads when it starts.
listen_addresses = '*'
max_connections = 100
shared_buffers = 128MB
wal_level = replica
log_timezone = 'Etc/UTC'
"""


class Samples:
    """Makes the samples in a sandbox's engine."""

    def __init__(self, engine: Engine, layout: Layout) -> None:
        self._engine = engine
        self._layout = layout
        self._random = random.Random(8)  # noqa: S311 - sample files, the same each time

    async def create(self) -> None:
        """Make all volumes, fill them, then make the containers and start those that run."""
        await ensure_image(self._engine.connection)
        for name in {container.image for container in _CONTAINERS} - {IMAGE}:
            await self._tag(name)
        folders = await asyncio.gather(*(self._volume(volume) for volume in _VOLUMES))
        self._fill({folder.parent.name: folder for folder in folders})
        for container in _CONTAINERS:
            await self._container(container)
        await self._loose_anonymous_volume()

    async def _tag(self, name: str) -> None:
        repository, tag = name.split(":")
        await self._engine.connection.call("name an image", lambda api: api.tag(IMAGE, repository, tag))

    async def _volume(self, sample: _Volume) -> Path:
        labels = dict(sample.labels)
        if sample.project:
            labels |= {f"{_COMPOSE}.project": sample.project, f"{_COMPOSE}.volume": sample.name.split("_")[1]}
        return Path((await self._engine.create_volume(sample.name, "local", sample.options, labels)).mountpoint)

    async def _container(self, sample: _Container) -> None:
        labels = {}
        project, _, service = sample.service.partition("/")
        if service:
            labels = {f"{_COMPOSE}.project": project, f"{_COMPOSE}.service": service}
        tools = [f"{folder}:{folder}:ro" for folder in tool_folders()]
        named = [self._bind(mount) for mount in sample.mounts if ":" in mount]
        config: dict[str, Any] = {
            "Image": sample.image,
            "Cmd": ["sh", "-c", _WORK if sample.state != "exited" else "exit 0", "sh", *sample.writes],
            "Labels": labels,
            "Volumes": {mount: {} for mount in sample.mounts if ":" not in mount},
            "HostConfig": {
                "Binds": named + (tools if sample.state != "created" else []),
                "VolumesFrom": list(sample.volumes_from),
                "NetworkMode": "none",
            },
        }
        created = await self._engine.connection.call(
            "make a sample container", lambda api: api.create_container_from_config(config, sample.name)
        )
        if sample.state != "created":
            await self._engine.start(created["Id"])

    def _bind(self, mount: str) -> str:
        if not mount.startswith(_HOST):
            return mount
        folder, _, rest = mount.removeprefix(_HOST).partition(":")
        path = self._layout.binds / folder
        path.mkdir(parents=True, exist_ok=True)
        (path / "README").write_text(f"The {folder} of the sandbox.\n")
        return f"{path}:{rest}"

    async def _loose_anonymous_volume(self) -> None:
        """What a removed container leaves behind: an anonymous volume that nobody uses."""
        created = await self._engine.connection.call("make a volume", lambda api: api.create_volume())
        _write(Path(created["Mountpoint"]), {"forgotten.db": self._noise(30_000)})

    def _fill(self, folders: Mapping[str, Path]) -> None:
        noise = self._noise
        pages = {
            "PG_VERSION": b"16\n",
            "base/1/1259": noise(200_000),
            "base/5/16384": noise(90_000),
            "base/5/16390": noise(40_000),
            "global/pg_control": noise(8_192),
            "log/postgresql-1.log": b"LOG:  database system is ready to accept connections\n" * 400,
            "pg_wal/000000010000000000000001": bytes(2 << 20),
            "pg_xact/0000": bytes(8_192),
            "pg_hba.conf": b"# TYPE  DATABASE  USER  ADDRESS  METHOD\nlocal   all       all            trust\n",
            "postgresql.conf": _POSTGRESQL,
        }
        contents: dict[str, dict[str, bytes]] = {
            "shop_pgdata": pages,
            "shop_media": {f"img/{number:03}.jpg": noise(20_000) for number in range(60)},
            "shop_config": {"nginx.conf": b"worker_processes 2;\n", "shop.conf": b"server { listen 80; }\n"},
            "blog_db": {"ibdata1": noise(1 << 20), "blog/posts.ibd": noise(300_000)},
            "blog_uploads": {f"2026/{month:02}/photo.png": noise(40_000) for month in range(1, 12)},
            "shared_assets": {"logo.svg": b"<svg/>\n", "fonts/sans.ttf": noise(90_000)},
            "media_library": {f"film-{number}.mkv": noise(4 << 20) for number in range(10)},
            "mail_spool": {
                f"{number % 50:02}/{number:05}.eml": b"Subject: %d\n" % number * 9 for number in range(5_000)
            },
            "old_uploads": {"archive.zip": noise(3 << 20)},
        }
        for name, files in contents.items():
            _write(folders[name], files)
        _write_odd(folders["odd_names"])

    def _noise(self, size: int) -> bytes:
        """Bytes that don't compress, the same each time."""
        return self._random.randbytes(size)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _write_odd(folder: Path) -> None:
    """File names that hurt: escape sequences, line ends, bytes that are not UTF-8, markup."""
    for name in (
        b"new\nline",
        b"\x1b[31mred\x1b[0m",
        b"not-utf8-\xff\xfe",
        "right\u202eleft".encode(),
        b"[bold]markup",
    ):
        (folder / os.fsdecode(name)).write_bytes(b"odd\n")
    (folder / "to-outside").symlink_to("../../etc/passwd")
    with (folder / "sparse.img").open("wb") as file:
        file.truncate(64 << 20)
        file.write(b"head")
