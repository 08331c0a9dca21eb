"""An engine, a store and a clock that stand still: the whole interface over the same data each time, without an engine.

The data is like the sandbox's samples; what varies there (ids, ages, sizes, times) is fixed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from unittest.mock import Mock

import pytest
from msgspec.structs import replace
from textual.screen import Screen

import voltui.ui.app
from voltui.config import load
from voltui.jobs.state import Outcome, Progress
from voltui.jobs.watch import JobView
from voltui.model.backup import Backup, Consistency, Content, Loss, Origin, Part, Reason
from voltui.model.container import Container, ContainerDetail
from voltui.model.errors import NotFound
from voltui.model.inventory import EngineInfo, Inventory
from voltui.model.mount import Mount, MountKind
from voltui.model.sizes import Sizes, VolumeSize
from voltui.model.source import Source
from voltui.model.volume import PROJECT_LABEL, Volume
from voltui.model.when import format_time, stamp
from voltui.ui.live import Live
from voltui.ui.sizing import Sizing

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOST = "unix:///run/docker.sock"
ENGINE = EngineInfo("ENGINE", "prod-1", "Docker", "28.5.1", "1.51", "/var/lib/docker")
_SERVICE = "com.docker.compose.service"
_ANONYMOUS = "4f" * 32


def _volume(name: str, project: str = "", driver: str = "local", **labels: str) -> Volume:
    labels |= {PROJECT_LABEL: project} if project else {}
    mountpoint = f"/var/lib/docker/volumes/{name}/_data"
    return Volume(name, driver, NOW - timedelta(days=40), labels, {}, mountpoint)


VOLUMES = (
    _volume(_ANONYMOUS),
    _volume("blog_db", "blog"),
    _volume("media_library", owner="media", tier="gold"),
    replace(_volume("nfs_archive"), options={"type": "nfs", "o": "addr=10.0.0.7", "device": ":/archive"}),
    _volume("odd_names", note="[bold]markup[/] and [/unclosed", title="\x1b]0;escape\x07\x1b[31mred\u202e"),
    _volume("old_uploads"),
    _volume("shop_config", "shop"),
    _volume("shop_media", "shop"),
    _volume("shop_pgdata", "shop"),
    _volume("volume_whose_name_is_longer_than_any_column_has_room_for", driver="rclone/s3"),
)
_BYTES = (37_000, 1_400_000, 41_900_000, 0, 28_700, 3_100_000, 12_300, 1_200_000_000, 4_200_000_000)


def _container(name: str, image: str, *mounts: str, state: str = "running", service: str = "") -> Container:
    project, _, role = service.partition("/")
    status = {"running": "Up 3 days", "exited": "Exited (1) 2 hours ago", "paused": "Up 3 days (Paused)"}
    found = []
    for mount in mounts:
        source, destination, *access = mount.split(":")
        kind = MountKind.BIND if source.startswith("/") else MountKind.VOLUME
        found.append(Mount(kind, source, destination, read_only=access == ["ro"]))
    labels = {PROJECT_LABEL: project, _SERVICE: role} if service else {}
    created = NOW - timedelta(days=3)
    identifier = f"{name.encode().hex():0<64}"[:64]
    return Container(identifier, name, image, state, status.get(state, "Created"), created, labels, tuple(found))


CONTAINERS = (
    _container("shop-db", "postgres:16", "shop_pgdata:/var/lib/postgresql/data", service="shop/db"),
    _container("shop-web", "nginx:1.27", "shop_media:/srv/media", "shop_config:/etc/shop:ro",
               "/srv/site:/srv/site:ro", service="shop/web"),
    _container("shop-worker", "worker:2", "shop_media:/media", service="shop/worker"),
    _container("shop-nightly", "worker:2", "shop_pgdata:/data:ro", state="exited", service="shop/nightly"),
    _container("blog-db", "mariadb:11", "blog_db:/var/lib/mysql", state="paused", service="blog/db"),
    _container("player", "jellyfin:10", "media_library:/library:ro", "nfs_archive:/archive"),
)  # fmt: skip
DETAILS = {one.id: ContainerDetail(one, (), auto_remove=False, started=one.created) for one in CONTAINERS}


def _backup(
    name: str, age: timedelta, size: int, consistency: Consistency = Consistency.PAUSED, **fields: object
) -> Backup:
    when = NOW - age
    made = Backup(
        id=f"{name}@{stamp(when)}", source=Source("volume", name), started=when, ended=when + timedelta(seconds=4),
        engine=Origin(ENGINE.id, ENGINE.name, ENGINE.version), driver="local", options={}, labels={}, users=(),
        consistency=consistency, transport="bridge", losses=(),
        content=Content({"file": 3_000, "dir": 104}, size * 3, size * 3), archive=Part(size, "0" * 64),
        index=Part(20_000, "0" * 64), tool_version="0.1.0", verified=when, paused_seconds=1.4,
    )  # fmt: skip
    return replace(made, **fields)


_SOCKETS = Loss("sockets", "2 socket files are not in the archive: tar can't hold them.", ("run/a.sock", "run/b.sock"))
BACKUPS = (
    _backup("shop_pgdata", timedelta(hours=2), 1_100_000_000),
    _backup("shop_media", timedelta(days=3), 700_000_000, losses=(_SOCKETS,)),
    _backup("shop_pgdata", timedelta(days=5), 900_000_000, Consistency.STOPPED, reason=Reason.BEFORE_RESTORE),
    _backup("shop_pgdata", timedelta(days=9), 600_000_000, Consistency.LIVE, verified=None),
    _backup("old_uploads", timedelta(days=30), 2_900_000, Consistency.UNUSED, damaged="Its archive was cut."),
)


def _job(number: int, kind: str, subject: str, minutes: int, outcome: Outcome | None) -> JobView:
    asked = format_time(NOW - timedelta(minutes=minutes))
    state = outcome.ending if outcome else "running"
    progress = (
        None if outcome else Progress("Reading shop_media", 744 << 20, 1_200 << 20, 812, 412e6, 3.0, "paused: web")
    )
    return JobView(f"{asked}-{number}", kind, subject, state, asked, "root", progress, outcome)


def _ended(ending: Literal["done", "failed", "cancelled"], sentence: str, hint: str = "", *warnings: str) -> Outcome:
    error = {"hint": hint} if hint else None
    return Outcome(ending, sentence, format_time(NOW), error, {}, warnings)


RUNNING = _job(9, "backup", "shop_media", 0, None)
JOBS = (
    _job(3, "backup", "shop_pgdata", 120, _ended("done", "Backed up and verified shop_pgdata.")),
    _job(2, "restore", "shop_media", 300, _ended(
        "failed", "The volume shop_media is full: 1.2 GB are needed, 400 MB are free.",
        "Free some space, or restore with --in-place.", "The container shop-web did not start again: port in use.")),
    _job(1, "verify", "old_uploads", 3_000, _ended("cancelled", "Verifying old_uploads was cancelled.")),
)  # fmt: skip
SIZES = Sizes(
    {
        volume.name: VolumeSize(count, NOW - timedelta(minutes=5), 0.1, volume.created)
        for volume, count in zip(VOLUMES, _BYTES, strict=False)
        if count
    },
    61_000_000_000,
)


class FrozenEngine:
    """What of the adapter the interface asks, answered from here: each method is one of `Engine`'s."""

    async def inventory(self) -> Inventory:
        return Inventory.of(ENGINE, VOLUMES, CONTAINERS)

    async def details(self, containers: Iterable[str]) -> dict[str, ContainerDetail]:
        return {one: DETAILS[one] for one in containers if one in DETAILS}

    async def container(self, name: str) -> ContainerDetail:
        for detail in DETAILS.values():
            if detail.container.answers_to(name):
                return detail
        raise NotFound(f"There is no container {name}.")

    async def written(self, container_id: str) -> list[str]:
        return ["/var", "/var/cache", "/var/cache/nginx.tmp"]

    def close(self) -> None:
        """There is nothing to close."""


class FrozenLive(Live):
    """Learns everything at once, and nothing more."""

    async def follow_engine(self) -> None:
        self._store.update(inventory=await self.engine.inventory(), sizes=SIZES)

    async def follow_jobs(self) -> None:
        self._store.update(backups=BACKUPS, jobs=JOBS)


class FrozenSizing(Sizing):
    """Measures nothing."""

    async def follow(self) -> None:
        """All sizes are known."""


class _FrozenDatetime(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return NOW


def _at_once(screen: Screen[None], delay: float, callback: Callable[[], object]) -> Mock:
    """In place of a timer: whoever waits for an empty queue of messages has then waited for it too."""
    screen.call_later(callback)
    return Mock()


def freeze(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **changes: object) -> voltui.ui.app.VoltuiApp:
    """The real application over what stands still; ``changes`` are of its settings."""
    monkeypatch.setattr("voltui.ui.session.Live", FrozenLive)
    monkeypatch.setattr("voltui.ui.session.Sizing", FrozenSizing)
    monkeypatch.setattr("voltui.model.text.datetime", _FrozenDatetime)
    monkeypatch.setattr("voltui.ui.views.volumes.now", lambda: NOW)
    monkeypatch.setattr("voltui.ui.screens.main.MainScreen.set_timer", _at_once)
    monkeypatch.setattr("voltui.ui.app._MOMENT", 0.0)
    settings = load(host=HOST, store=str(tmp_path / "store"))
    return voltui.ui.app.VoltuiApp(replace(settings, **changes), FrozenEngine())  # type: ignore[arg-type]
