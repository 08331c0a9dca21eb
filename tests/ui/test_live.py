"""What keeps the state up to date: the ends of jobs."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import DEADLINE, Lab, until
from voltui.config import load
from voltui.jobs import submit, watch
from voltui.jobs.directory import JobDirectory, JobsDirectory
from voltui.jobs.plan import Plan, PrunePlan
from voltui.jobs.watch import JobView
from voltui.store.files import write_file
from voltui.ui.live import Live
from voltui.ui.state import State, Store

pytestmark = pytest.mark.engine


@pytest.fixture
def told() -> list[str]:
    """The jobs whose end was told of."""
    return []


@pytest.fixture
def store() -> Store:
    return Store(State(""), lambda: None)


@pytest.fixture
def live(lab: Lab, store: Store, told: list[str]) -> Live:
    settings = replace(load(host=lab.engine.endpoint.host), state=lab.state, store=lab.store.root)

    def ended(view: JobView) -> None:
        told.append(view.id)

    return Live(settings, lab.engine, store, ended)


def end_before_it_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a job be at its end when whoever starts it comes to look, as where this process is the slower of the two."""
    start = submit.submit

    def start_and_wait(plan: Plan, state: Path) -> JobDirectory:
        async def at_its_end(job: JobDirectory) -> None:
            async for _ in watch.follow(job):
                pass

        job = start(plan, state)
        asyncio.run(at_its_end(job))
        return job

    monkeypatch.setattr(submit, "submit", start_and_wait)


async def test_the_end_of_a_job_is_told_however_quick_it_is(
    lab: Lab, live: Live, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    end_before_it_returns(monkeypatch)
    first = await live.start_job(PrunePlan(lab.common(), ("none@20260101T000000Z",)))
    second = await live.start_job(PrunePlan(lab.common(), ("none@20260101T000000Z",)))
    assert told == [first.id, second.id]


async def test_a_job_that_is_seen_while_it_is_being_made_is_seen_when_it_is_made(
    lab: Lab, live: Live, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, list_all = threading.Event(), JobsDirectory.all

    def write_when_seen(path: Path, content: bytes) -> None:
        assert seen.wait(DEADLINE)
        write_file(path, content)

    def list_and_say_so(jobs: JobsDirectory) -> list[JobDirectory]:
        found = list_all(jobs)
        if jobs.root.is_dir() and any(jobs.root.iterdir()):
            seen.set()
        return found

    following = asyncio.create_task(live.follow_jobs())
    monkeypatch.setattr("voltui.jobs.directory.write_file", write_when_seen)
    monkeypatch.setattr(JobsDirectory, "all", list_and_say_so)
    job = await live.start_job(PrunePlan(lab.common(), ("none@20260101T000000Z",)))
    assert [view.id for view in store.state.jobs] == [job.id]
    following.cancel()


async def test_of_jobs_that_ended_before_it_was_opened_nothing_is_told(
    lab: Lab, live: Live, store: Store, told: list[str]
) -> None:
    old = submit.submit(PrunePlan(lab.common(), ("none@20260101T000000Z",)), lab.state)
    await lab.ended(old)
    following = asyncio.create_task(live.follow_jobs())

    async def looked() -> bool:
        return any(view.id == old.id for view in store.state.jobs)

    await until(looked, "the first look")
    new = submit.submit(PrunePlan(lab.common(), ("none@20260101T000000Z",)), lab.state)

    async def of_new() -> bool:
        return new.id in told

    await until(of_new, "the end of a job of someone else")
    following.cancel()
    assert told == [new.id]
