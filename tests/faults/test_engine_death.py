"""The engine itself is killed, or stops answering, in the middle of a job; the clock is set; helpers are killed."""

from __future__ import annotations

import dataclasses
import os
import signal
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from tests.conftest import Lab, slow_to_compress, until
from tests.engine_of_own import Mortal
from tests.faults.harness import TABLE, check_invariants, start
from tests.faults.test_files import begun
from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint
from voltui.jobs import recover
from voltui.jobs.directory import JobDirectory, jobs_directory
from voltui.jobs.plan import BackupPlan
from voltui.model.errors import VoltuiError
from voltui.model.source import Source

pytestmark = pytest.mark.engine
DATA = Source("volume", "data")


@pytest.fixture
async def mortal(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Lab, Mortal]]:
    root = tmp_path_factory.mktemp("engine")
    root.chmod(0o711)
    mortal = Mortal(root)
    own = dataclasses.replace(lab, engine=Engine(Endpoint(mortal.layout.host)))
    try:
        yield own, mortal
        await own.remove_all()
    finally:
        own.engine.close()
        mortal.end()


async def a_long_backup(lab: Lab, fault: str = "none") -> JobDirectory:
    """One that has paused its writer and is reading."""
    files = await lab.volume("data")
    for number in range(8):
        slow_to_compress(files / f"large{number}", 12_000_000)
    await lab.container("writer", ["data:/data"])
    slower = replace(lab.common(), level=6)  # it is to be caught at it on a quick machine, too
    job = start(lab, BackupPlan(slower, (DATA,)), fault, 0)
    await begun(job)
    assert await lab.state_of("writer") == "paused"
    return job


async def answering(engine: Engine) -> None:
    async def answers() -> bool:
        try:
            await engine.containers()
        except VoltuiError:
            return False
        return True

    await until(answers, "the engine")


async def in_order_again(lab: Lab, job: JobDirectory) -> None:
    await recover.recover_all(jobs_directory(lab.state), lab.engine.endpoint)
    await check_invariants(lab, job)


async def test_an_engine_that_is_killed_owes_nothing_once_it_is_back(mortal: tuple[Lab, Mortal]) -> None:
    lab, engine = mortal
    job = await a_long_backup(lab)
    engine.kill()
    outcome = await lab.ended(job)
    assert outcome.ending == "failed"
    assert "can't be reached" in outcome.sentence
    assert outcome.undo_owed
    engine.restart()
    await answering(lab.engine)
    assert await lab.state_of("writer") == "paused"
    await in_order_again(lab, job)
    TABLE.count("backup", "engine killed", "while the files are read")


async def test_an_engine_that_stops_answering_is_told_and_owes_nothing_once_it_answers(
    mortal: tuple[Lab, Mortal],
) -> None:
    lab, engine = mortal
    job = await a_long_backup(lab, "impatient")
    os.kill(engine.pid, signal.SIGSTOP)
    try:
        outcome = await lab.ended(job)
    finally:
        os.kill(engine.pid, signal.SIGCONT)
    assert outcome.ending == "failed"
    assert "did not answer within" in outcome.sentence
    await answering(lab.engine)
    await in_order_again(lab, job)
    TABLE.count("backup", "engine stopped (SIGSTOP)", "while the files are read")
