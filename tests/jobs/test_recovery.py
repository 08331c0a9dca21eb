"""Whatever is killed, no container stays paused or stopped, and nothing half-done stays."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import Lab, Ran, slow_to_compress, until
from voltui.jobs import recover
from voltui.jobs.common import Common, Treatment
from voltui.jobs.directory import JobDirectory, jobs_directory
from voltui.jobs.plan import BackupPlan, RestorePlan
from voltui.jobs.submit import describe, submit
from voltui.model.source import Source

pytestmark = pytest.mark.engine


def processes_of(job: JobDirectory) -> tuple[int, int]:
    """The supervisor and the worker of a running job."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if os.fsencode(job.path) in command:
            found.append((int(folder.name), parent))
    pids = {pid for pid, _ in found}
    worker = next(pid for pid, parent in found if parent in pids)
    return next(pid for pid, _ in found if pid != worker), worker


async def slow_job(lab: Lab) -> JobDirectory:
    """A backup that is reading, its writer paused."""
    files = await lab.volume("data")
    slow_to_compress(files / "text")
    await lab.container("writer", ["data:/data"])
    common = Common(lab.engine.endpoint, str(lab.store.root), level=19)
    job = submit(BackupPlan(common, (Source("volume", "data"),)), lab.state)

    async def paused() -> bool:
        return await lab.state_of("writer") == "paused"

    await until(paused, "the pause")
    return job


async def nothing_is_left(lab: Lab, job: JobDirectory) -> None:
    assert await lab.state_of("writer") == "running"
    assert lab.store.listing().backups == ()
    assert [path for path in lab.store.root.rglob("*") if path.is_file()] == []
    assert job.open_steps() == []

    async def helpers_gone() -> bool:
        return not any(container.helper for container in await lab.engine.containers())

    await until(helpers_gone, "the end of the helper")


async def test_the_supervisor_undoes_what_a_killed_worker_began(lab: Lab) -> None:
    job = await slow_job(lab)
    _, worker = processes_of(job)
    os.kill(worker, signal.SIGKILL)
    outcome = await lab.ended_after_death(job)
    assert outcome.ending == "failed"
    assert "killed" in outcome.sentence
    await nothing_is_left(lab, job)


async def test_the_next_command_undoes_what_both_left(lab: Lab, voltui: Callable[..., Ran]) -> None:
    job = await slow_job(lab)
    supervisor, worker = processes_of(job)
    os.kill(supervisor, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)

    async def dead() -> bool:
        return not job.alive()

    await until(dead, "the worker's death")
    assert job.outcome() is None
    assert await lab.state_of("writer") == "paused"
    assert [dead.id for dead in recover.needing(jobs_directory(lab.state), lab.engine.endpoint)] == [job.id]
    voltui("volumes", check=True)
    outcome = job.outcome()
    assert outcome is not None
    assert outcome.ending == "failed"
    await nothing_is_left(lab, job)
    assert "killed" in voltui("jobs").out


async def test_a_living_job_is_not_recovered(lab: Lab, voltui: Callable[..., Ran]) -> None:
    job = await slow_job(lab)
    assert recover.needing(jobs_directory(lab.state), lab.engine.endpoint) == []
    voltui("volumes", check=True)
    assert await lab.state_of("writer") == "paused"
    job.ask_to_cancel()
    assert (await lab.ended(job)).ending == "cancelled"


async def test_the_helper_ends_by_itself_when_everything_is_killed(lab: Lab) -> None:
    job = await slow_job(lab)
    for pid in processes_of(job):
        os.kill(pid, signal.SIGKILL)

    async def helpers_gone() -> bool:
        return not any(container.helper for container in await lab.engine.containers())

    await until(helpers_gone, "the end of the helper")
    await recover.recover(job)
    await nothing_is_left(lab, job)


async def test_an_undo_that_the_engine_does_not_answer_is_owed_and_done_later(lab: Lab, tmp_path: Path) -> None:
    """The engine is reached through a link that is taken away: for the job it is gone, for the test it is not."""
    there = lab.engine.endpoint.host.removeprefix("unix://")
    link = tmp_path / "engine.sock"
    link.symlink_to(there)
    files = await lab.volume("data")
    slow_to_compress(files / "text")
    await lab.container("writer", ["data:/data"])
    endpoint = type(lab.engine.endpoint)(f"unix://{link}")
    common = Common(endpoint, str(lab.store.root), level=19)
    job = submit(BackupPlan(common, (Source("volume", "data"),)), lab.state)

    async def paused() -> bool:
        return await lab.state_of("writer") == "paused"

    await until(paused, "the pause")
    link.unlink()
    outcome = await lab.ended(job)
    assert outcome.ending == "failed"
    assert outcome.undo_owed
    (owed,) = outcome.warnings
    assert owed.startswith("Still to be done: letting what it paused go on")
    assert owed.count("engine.sock") == 1
    assert await lab.state_of("writer") == "paused"

    link.symlink_to(there)
    assert [dead.id for dead in recover.needing(jobs_directory(lab.state), endpoint)] == [job.id]
    again = await recover.recover(job)
    assert again is not None
    assert not again.undo_owed
    (put_back,) = again.warnings
    assert put_back.startswith("Put in order since: letting what it paused go on")
    await nothing_is_left(lab, job)


async def test_an_undo_that_meets_a_fault_of_the_store_does_not_hold_up_the_others(
    lab: Lab, voltui: Callable[..., Ran], small_disk: Path
) -> None:
    await lab.volume("data")
    writer = await lab.container("writer", ["data:/data"])
    before = {"container": writer, "started": "", "patience": 1, "asked": "2026-01-01T00:00:00+00:00"}
    store = small_disk / "store"
    store.mkdir()
    job, lock = jobs_directory(lab.state).create(
        describe(BackupPlan(Common(lab.engine.endpoint, str(store)), (Source("volume", "data"),)))
    )
    journal = job.journal()
    first = journal.begin("publication", {"paths": [], "manifest": f"{store}/data/x.json"}, tentative=True)
    journal.kept(first)
    journal.begin("pause", before)
    await lab.engine.pause(writer)
    (store / "file").write_text("a file where a folder should be")
    journal.begin("publication", {"paths": [f"{store}/file/part"], "manifest": f"{store}/file/x.json"})
    journal.close()
    os.close(lock)
    with (job.path / "journal.ndjson").open("a") as file:
        file.write('{"n": 3, "state": "undo')  # the machine went down while this was written
    voltui("volumes", check=True)
    assert await lab.state_of("writer") == "running"
    outcome = job.outcome()
    assert outcome is not None
    assert outcome.undo_owed
    assert outcome.sentence == (
        "The job's process was killed. What it had begun was undone: letting what it paused go on. "
        "Backups that were complete before stay."
    )
    (owed,) = outcome.warnings
    assert owed.startswith("Still to be done: removing the unfinished backup.")
    assert "not a directory" in owed
    assert [step.name for step in job.open_steps()] == ["publication"]
    (store / "file").unlink()
    voltui("volumes", check=True)
    assert job.open_steps() == []


async def test_one_user_that_can_not_be_started_does_not_keep_the_others_down(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("one")
    made = await lab.run(BackupPlan(lab.common(), (Source("volume", "data"),)))
    gone = tmp_path / "gone"
    gone.mkdir()
    await lab.container("first", ["data:/data"])
    mounts = [{"Type": "bind", "Source": str(gone), "Target": "/gone"}]
    await lab.container("broken", ["data:/data"], Mounts=mounts)
    await lab.container("last", ["data:/data"])
    gone.rmdir()
    outcome = await lab.run(RestorePlan(lab.common(), Source("volume", "data"), made.result["backups"][0]))
    assert outcome.ending == "done"
    assert outcome.undo_owed
    assert [await lab.state_of(name) for name in ("first", "broken", "last")] == ["running", "exited", "running"]
    gone.mkdir()


async def test_a_cancel_while_a_user_takes_its_time_to_stop_leaves_it_running(lab: Lab) -> None:
    await lab.volume("data")
    await lab.container("deaf", ["data:/data"], "trap '' TERM; while :; do sleep 1; done")
    plan = BackupPlan(lab.common(), (Source("volume", "data"),), Treatment.STOP)
    job = submit(plan, lab.state)

    async def stopping() -> bool:
        return any(step.name == "stop" for step in job.open_steps())

    await until(stopping, "the stop")
    job.ask_to_cancel()
    assert (await lab.ended(job)).ending == "cancelled"
    assert await lab.state_of("deaf") == "running"


async def test_a_cancel_in_the_middle_of_a_large_swap_loses_nothing(lab: Lab) -> None:
    files = await lab.volume("data")
    for number in range(4_000):
        (files / f"old{number}").touch()
    made = await lab.run(BackupPlan(lab.common(), (Source("volume", "data"),)))
    for number in range(4_000):
        (files / f"old{number}").rename(files / f"new{number}")
    job = submit(RestorePlan(lab.common(), Source("volume", "data"), made.result["backups"][0]), lab.state)

    async def swapping() -> bool:
        return any(step.name == "swap" for step in job.open_steps())

    await until(swapping, "the swap")
    job.ask_to_cancel()
    outcome = await lab.ended(job)
    kept = "old" if outcome.ending == "done" else "new"
    names = {path.name for path in files.iterdir() if not path.name.startswith(".voltui-old-")}
    assert names == {f"{kept}{number}" for number in range(4_000)}


async def test_a_volume_that_someone_else_made_meanwhile_is_theirs(lab: Lab) -> None:
    files = await lab.volume("fresh")
    (files / "mine").write_text("mine")
    plan = RestorePlan(lab.common(), Source("volume", "fresh"), "data@20260101T000000Z")
    job, lock = jobs_directory(lab.state).create(describe(plan))
    journal = job.journal()
    journal.begin("create-volume", {"name": "fresh"}, tentative=True)
    journal.close()
    os.close(lock)
    await recover.recover(job)
    assert (files / "mine").read_text() == "mine"
    assert job.open_steps() == []


async def test_jobs_of_a_newer_version_are_left_alone(lab: Lab, voltui: Callable[..., Ran]) -> None:
    plan = BackupPlan(lab.common(), (Source("volume", "data"),))
    job, lock = jobs_directory(lab.state).create(replace(describe(plan), kind="teleport"))
    os.close(lock)
    voltui("volumes", check=True)
    assert job.outcome() is None
    assert "teleport" in voltui("jobs", check=True).out
