"""Two jobs never work on the same data, whatever it is called."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from voltui.jobs import holding as jobs_holding
from voltui.jobs.description import Description
from voltui.jobs.directory import jobs_directory
from voltui.jobs.locks import SHELL, locked
from voltui.model.container import Container
from voltui.model.errors import Refused
from voltui.model.inventory import EngineInfo, Inventory
from voltui.model.mount import Mount, MountKind
from voltui.model.source import Source
from voltui.model.volume import Volume

if TYPE_CHECKING:
    from voltui.jobs.context import JobContext


def path(name: str) -> Source:
    return Source("path", name)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Source("volume", "data"), Source("volume", "data")),
        (path("/srv"), path("/srv/media")),
        (path("/srv/media"), path("/srv")),
        (Source("file", "/srv/media/list"), path("/srv/media")),
        (path("/srv/media"), Source("file", "/srv/media/list")),
    ],
)
def test_the_second_is_refused_with_the_name_of_the_first(tmp_path: Path, first: Source, second: Source) -> None:
    with (
        locked(tmp_path, "engine", [first], "job-1"),
        pytest.raises(Refused),
        locked(tmp_path, "engine", [second], "job-2"),
    ):
        raise AssertionError("both hold it")
    with locked(tmp_path, "engine", [second], "job-2"):
        pass


def test_what_has_nothing_in_common_goes_on_side_by_side(tmp_path: Path) -> None:
    with (
        locked(tmp_path, "engine", [path("/srv/a"), Source("volume", "data")], "job-1"),
        locked(tmp_path, "engine", [path("/srv/b"), Source("volume", "other")], "job-2"),
        locked(tmp_path, "other engine", [path("/srv/a")], "job-3"),
    ):
        pass


def test_who_holds_a_lock_is_named_with_what_to_do(tmp_path: Path) -> None:
    asked = Description("backup", "data", {}, "2026-11-28T00:00:00Z", "me", "voltui backup data")
    job, descriptor = jobs_directory(tmp_path).create(asked)
    os.close(descriptor)
    data = Source("volume", "data")
    for holder, words in (
        (
            job.id,
            f"Job {job.id} (backup data) is working on the volume data already. `voltui jobs {job.id}` follows it",
        ),
        (SHELL, "A read-write shell is open on the volume data. Leave it with `exit`, then do this again."),
        ("forgotten", "Another job is working on the volume data already."),
    ):
        with (
            locked(tmp_path, "engine", [data], holder),
            pytest.raises(Refused) as refused,
            locked(tmp_path, "engine", [data], "second"),
        ):
            raise AssertionError("both hold it")
        assert words in refused.value.words


def test_two_jobs_never_work_on_one_container(tmp_path: Path) -> None:
    with (
        locked(tmp_path, "engine", [], "first", ["web", "4711"]),
        locked(tmp_path, "engine", [Source("volume", "web")], "of its data"),
        pytest.raises(Refused, match="working on the container web already"),
        locked(tmp_path, "engine", [], "second", ["web"]),
    ):
        raise AssertionError("both hold it")


async def test_a_job_works_with_what_is_there_once_it_has_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mounting(*volumes: str, state: str) -> Inventory:
        mounts = tuple(Mount(MountKind.VOLUME, volume, f"/{volume}", read_only=False) for volume in volumes)
        web = Container("4711", "web", "image", state, mounts=mounts)
        return Inventory.of(EngineInfo("engine", "", "Docker", "", ""), map(Volume, volumes), [web])

    looks = [mounting("data", state="running"), mounting("data", state="exited"), mounting("data", state="running"),
             mounting("data", "more", state="running")]  # fmt: skip

    async def look(_: object) -> Inventory:
        return looks.pop(0)

    monkeypatch.setattr(jobs_holding, "take_inventory", look)
    context = cast("JobContext", SimpleNamespace(state=tmp_path, directory=SimpleNamespace(id="job")))

    def data_of_web(inventory: Inventory) -> tuple[Source, ...]:
        return inventory.data_of(inventory.containers.values())

    async with jobs_holding.holding(context, data_of_web) as (inventory, sources):
        assert inventory.containers["4711"].state == "exited"
        assert sources == [Source("volume", "data")]
    with pytest.raises(Refused, match="Something else was changed just now: volume more"):
        async with jobs_holding.holding(context, data_of_web):
            raise AssertionError("more is not locked")
