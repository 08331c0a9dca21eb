"""Running jobs that meet faults, and the invariants that must hold whatever happened."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import Lab, until
from voltui.archive.unpack import unpack
from voltui.jobs import recover
from voltui.jobs.directory import JobDirectory, jobs_directory
from voltui.jobs.plan import Plan
from voltui.jobs.state import Outcome
from voltui.jobs.submit import describe
from voltui.store.local import LocalStore

Tree = dict[str, tuple[int, int, int, bytes]]


def tree(folder: Path) -> Tree:
    """Everything in a directory, the root included: mode, owner, group, content."""
    found: Tree = {}
    for path in [folder, *folder.rglob("*")]:
        state = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(folder))] = (state.st_mode, state.st_uid, state.st_gid, content)
    return found


def start(lab: Lab, plan: Plan, fault: str, number: int) -> JobDirectory:
    """Start a job that meets the fault after its journal's record of that number; 0 is never."""
    job, lock = jobs_directory(lab.state).create(describe(plan))
    arguments = [fault, str(number), str(job.path), str(lab.state), str(lock)]
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.worker", *arguments],
        pass_fds=[lock],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )
    threading.Thread(target=supervisor.wait, daemon=True).start()
    os.close(lock)
    return job


async def finish(lab: Lab, job: JobDirectory, fault: str) -> Outcome:
    """Wait for the job's end; where nobody is left to clean up, do what the next command does."""
    if fault == "worker and supervisor killed":

        async def dead() -> bool:
            return job.outcome() is not None or not job.alive()

        await until(dead, "the death")
        for found in recover.needing(jobs_directory(lab.state), lab.engine.endpoint):
            await recover.recover(found)
    return await lab.ended_after_death(job)


@dataclass
class Table:
    """Fault, where, how often tried: printed when all is done."""

    tried: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def count(self, scenario: str, fault: str, where: str) -> None:
        self.tried[(scenario, fault, where)] += 1

    def __str__(self) -> str:
        rows: dict[tuple[str, str], list[str]] = {}
        for (scenario, fault, where), count in sorted(self.tried.items()):
            rows.setdefault((scenario, fault), []).append(where if count == 1 else f"{where} x {count}")
        return "\n".join(
            f"{scenario:<34} {fault:<30} {len(places):>3} places, invariants held: {', '.join(places)}"
            for (scenario, fault), places in rows.items()
        )


TABLE = Table()


async def check_invariants(lab: Lab, job: JobDirectory) -> None:
    """What must hold after every fault and the next command: raises `AssertionError` where it does not."""
    assert job.open_steps() == [], "something is still owed"
    verify_all(lab.store)
    parts = [path.name for path in lab.store.root.rglob("*") if path.is_file() and path.name.startswith(".")]
    assert parts == [], "an unfinished file stays in the store"
    stems = {path.name.split("@")[1].split(".")[0] for path in lab.store.root.rglob("*@*")}
    assert stems == {backup.id.split("@")[1] for backup in lab.store.listing().backups}, "a part of a backup stays"
    states = {one.name: one.state for one in await lab.engine.containers() if not one.helper}
    assert set(states.values()) <= {"running"}, f"not all run: {states}"

    async def helpers_gone() -> bool:
        return not any(container.helper for container in await lab.engine.containers())

    await until(helpers_gone, "the end of every helper")


def verify_all(store: LocalStore) -> None:
    """Every backup that is listed is whole."""
    listing = store.listing()
    assert listing.problems == ()
    for backup in listing.backups:
        unpack(store.archive_path(backup), store.index_path(backup), (backup.archive, backup.index))


def no_folders_left(folder: Path) -> None:
    """No folder of a job stays in the data, but content that an undo may put back."""
    left = [
        path.name
        for path in folder.iterdir()
        if path.name.startswith((".voltui-restore-", ".voltui-out-", ".voltui-copy-"))
    ]
    assert left == []


async def records(lab: Lab, plan: Plan) -> list[str]:
    """The records of the journal of a job that meets no fault, in words."""
    job = start(lab, plan, "none", 0)
    outcome = await asyncio.wait_for(lab.ended(job), 60)
    assert outcome.ending == "done", outcome
    lines = (job.path / "journal.ndjson").read_text().splitlines()
    return [f"{record['state']} {record['step']}" for record in map(json.loads, lines)]
