"""A container that is being made anew is there, running, under its name, wherever the job is killed."""

from __future__ import annotations

import pytest

from tests.conftest import Lab
from tests.faults.harness import TABLE, finish, records, start
from tests.faults.proxy import ALL_FAULTS
from tests.faults.worker import FAULTS
from voltui.jobs.volume_plans import ClonePlan, Share, SharePlan, UnsharePlan

pytestmark = pytest.mark.engine
_KILLED = "worker killed"
_OTHERS = tuple(fault for fault in FAULTS if fault != _KILLED)
_ROUNDS = 3
"""Of so many records one meets another fault too."""


def faults_at(number: int) -> tuple[str, ...]:
    """The worker is killed at every record; every third meets one of the other faults, in turn."""
    if ALL_FAULTS:
        return (_KILLED, *_OTHERS)
    return (_KILLED, _OTHERS[number // _ROUNDS % len(_OTHERS)]) if number % _ROUNDS == 0 else (_KILLED,)


async def mounts_media(lab: Lab, name: str) -> bool:
    return "media" in {mount.source for mount in (await lab.engine.container(name)).container.mounts}


async def test_wherever_a_sharing_is_killed_one_container_runs_under_the_old_name(lab: Lab) -> None:
    await lab.volume("media")
    await lab.container("web", [], RestartPolicy={"Name": "always"})
    share = SharePlan(lab.common(), (Share("media", "/volumes/media"),), "media-data", ("web",))
    back = UnsharePlan(lab.common(), "media-data", ("web",))
    gone = UnsharePlan(lab.common(), "media-data")
    places = await records(lab, share)
    for number, place in enumerate(places, 1):
        for fault in faults_at(number):
            if await mounts_media(lab, "web"):
                for plan in (back, gone):
                    assert (await lab.ended(start(lab, plan, "none", 0))).ending == "done"
            job = start(lab, share, fault, number)
            outcome = await finish(lab, job, fault)
            where = f"{fault} at {place} ({number} of {len(places)}): {outcome}\n{(job.path / 'log').read_text()}"
            assert job.open_steps() == [], where
            done = outcome.ending == "done"
            found = {one.name: one.state for one in await lab.engine.containers() if not one.helper}
            assert found == {"web": "running"} | ({"media-data": "created"} if done else {}), where
            assert await mounts_media(lab, "web") == done, where
            policy = (await lab.engine.container("web")).restart_policy
            assert policy == "always", where
            TABLE.count("share with a running container", fault, place)


async def test_wherever_a_clone_is_killed_all_of_it_is_there_or_nothing(lab: Lab) -> None:
    folder = await lab.volume("data")
    (folder / "file").write_text("content")
    await lab.container("web", ["data:/data"])
    clone = ClonePlan(lab.common(), "data", "copy")
    places = await records(lab, clone)
    for number, place in enumerate(places, 1):
        for fault in faults_at(number):
            if await lab.engine.volume_exists("copy"):
                await lab.engine.remove_volume("copy")
            job = start(lab, clone, fault, number)
            outcome = await finish(lab, job, fault)
            where = f"{fault} at {place}: {outcome}\n{(job.path / 'log').read_text()}"
            assert job.open_steps() == [], where
            assert {one.name: one.state for one in await lab.engine.containers() if not one.helper} == {
                "web": "running"
            }
            assert await lab.engine.volume_exists("copy") == (outcome.ending == "done"), where
            if outcome.ending == "done":
                assert (await lab.mountpoint("copy") / "file").read_text() == "content"
            TABLE.count("clone", fault, place)
