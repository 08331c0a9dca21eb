"""Podman is recognised; its archive API, which loses every owner, is never used."""

from __future__ import annotations

import os
from typing import Any

import pytest
from msgspec.structs import replace

from tests.conftest import Lab
from voltui.engine.convert import engine_info
from voltui.jobs import backup
from voltui.jobs.context import JobContext
from voltui.jobs.directory import jobs_directory
from voltui.jobs.plan import BackupPlan
from voltui.jobs.sharing import takers_of
from voltui.jobs.submit import describe
from voltui.jobs.volume_plans import Share, SharePlan
from voltui.model.errors import Refused
from voltui.model.source import Source

PODMAN_VERSION: dict[str, Any] = {
    "Version": "4.3.1",
    "ApiVersion": "1.41",
    "Components": [{"Name": "Podman Engine", "Version": "4.3.1"}, {"Name": "Conmon"}, {"Name": "OCI Runtime (runc)"}],
}
"""As Podman 4.3.1 answers ``GET /version``."""


def test_podman_is_recognised_and_its_changing_id_is_not_taken() -> None:
    first = engine_info(PODMAN_VERSION, {"ID": "one", "Name": "host"})
    second = engine_info(PODMAN_VERSION, {"ID": "another", "Name": "host"})
    assert first.podman
    assert first.id == second.id
    assert not engine_info({"Components": [{"Name": "Engine"}]}, {"ID": "x"}).podman


@pytest.mark.engine
async def test_the_archive_api_of_podman_is_refused(lab: Lab) -> None:
    """The job believes the sandbox's engine to be Podman."""
    await lab.volume("data")
    plan = BackupPlan(lab.common("archive"), (Source("volume", "data"),))
    directory, lock = jobs_directory(lab.state).create(describe(plan))
    context = JobContext(directory, plan.common, lab.state)
    context.engine._info = engine_info(PODMAN_VERSION, {"ID": "x", "Name": "host"})
    with pytest.raises(Refused, match="Podman's archive API would lose every owner"):
        await backup.run(context, plan)
    context.engine.close()
    os.close(lock)


@pytest.mark.engine
async def test_podmans_containers_are_not_made_anew(lab: Lab) -> None:
    """Nobody has held its inspects against what a container was made from."""
    await lab.volume("media")
    await lab.container("web", [])
    lab.engine._info = replace(await lab.engine.info(), product="Podman")
    plan = SharePlan(lab.common(), (Share("media", "/media"),), "data", ("web",))
    with pytest.raises(Refused, match="Podman's containers are not made anew"):
        await takers_of(lab.engine, await lab.engine.inventory(), plan)
