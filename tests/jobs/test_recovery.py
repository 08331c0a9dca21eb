"""Whatever is killed, no container stays paused or stopped, and nothing half-done stays."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Lab, Ran, slow_to_compress, until
from voltui.jobs import recover
from voltui.jobs.directory import JobDirectory
from voltui.jobs.plan import BackupPlan, Common
from voltui.jobs.submit import jobs_directory, submit
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
    assert await lab.state_of("writer") == "paused"

    link.symlink_to(there)
    assert [dead.id for dead in recover.needing(jobs_directory(lab.state), endpoint)] == [job.id]
    again = await recover.recover(job)
    assert again is not None
    assert not again.undo_owed
    await nothing_is_left(lab, job)
