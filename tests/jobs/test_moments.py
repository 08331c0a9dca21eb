"""Which sources are read at one moment: those that are written together, by one container or one project."""

from __future__ import annotations

from datetime import UTC, datetime

from voltui.jobs.moments import moments
from voltui.model.container import Container
from voltui.model.inventory import EngineInfo, Inventory
from voltui.model.mount import Mount, MountKind
from voltui.model.source import Source
from voltui.model.volume import PROJECT_LABEL, Volume

_THEN = datetime(2026, 1, 1, tzinfo=UTC)
_ENGINE = EngineInfo("ENGINE", "host", "Docker", "28.5.1", "1.51", "/var/lib/docker")


def _grouped(names: str, *containers: Container) -> list[str]:
    volumes = [Volume(name, "local", _THEN, {}, {}, f"/volumes/{name}") for name in names]
    inventory = Inventory.of(_ENGINE, volumes, containers)
    return ["".join(one.name for one in group) for group in moments(inventory, [Source("volume", n) for n in names])]


def _container(
    name: str, mounts: str, *, project: str = "", running: bool = True, read_only: bool = False
) -> Container:
    state = "running" if running else "exited"
    mounted = tuple(Mount(MountKind.VOLUME, one, f"/{one}", read_only=read_only) for one in mounts)
    return Container(name, name, "image", state, state, _THEN, {PROJECT_LABEL: project} if project else {}, mounted)


def test_what_nobody_writes_stands_alone() -> None:
    assert _grouped("abc", _container("off", "ab", running=False), _container("reads", "bc", read_only=True)) == [
        "a",
        "b",
        "c",
    ]


def test_what_one_container_writes_is_of_one_moment_and_so_is_what_is_tied_by_another() -> None:
    assert _grouped("abcde", _container("one", "ac"), _container("two", "ce")) == ["ace", "b", "d"]
    assert _grouped("abcd", _container("one", "ad"), _container("two", "bc"), _container("three", "cd")) == ["abcd"]


def test_what_a_project_writes_is_of_one_moment() -> None:
    assert _grouped("abc", _container("web", "a", project="p"), _container("db", "c", project="p")) == ["ac", "b"]
