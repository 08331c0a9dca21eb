"""Cleaning up after a job whose worker died: by its supervisor at once, or by the next ``voltui`` command."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from voltui.engine import helper
from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint
from voltui.engine.helper import CLIENT_LABEL, JOB_LABEL
from voltui.engine.tools import OLD_PREFIX
from voltui.jobs import sentences
from voltui.jobs.directory import JobDirectory, JobsDirectory, client_name
from voltui.jobs.explorer import ownerless
from voltui.jobs.journal import committed, kept_steps
from voltui.jobs.kept_files import KEPT_TREE
from voltui.jobs.owed import Owed, owed_sentence, since, undone_words
from voltui.jobs.plan import decode
from voltui.jobs.state import Outcome
from voltui.jobs.undo import PUBLICATION, RECREATE_VOLUME, Undoer, tried
from voltui.model.errors import Failed, VoltuiError
from voltui.model.when import format_time, now

_LOCK_LOOKS, _LOCK_PAUSE = 20, 0.05
"""How often, and after how many seconds each, the lock is tried: whoever only looks holds it for an instant."""
_KILLED = "The job's process was killed."


def needing(jobs: JobsDirectory, endpoint: Endpoint) -> list[JobDirectory]:
    """The jobs that died without an outcome, and those at ``endpoint`` that still owe an undo. Asks no engine."""
    found = []
    for job in jobs.all():
        outcome = job.outcome()
        if outcome is None:
            needed = not job.alive() and _endpoint(job) is not None
        else:
            needed = outcome.undo_owed and _endpoint(job) == endpoint
        if needed:
            found.append(job)
    return found


async def recover(job: JobDirectory) -> Outcome | None:
    """Undo what a dead job left, and say how it ended; ``None`` where someone else is at it or nothing is to do."""
    for _ in range(_LOCK_LOOKS):
        with job.try_lock() as locked:
            if locked:
                return await _recover(job)
        await asyncio.sleep(_LOCK_PAUSE)
    return None


async def _recover(job: JobDirectory) -> Outcome | None:
    before = job.outcome()
    if before is not None and not before.undo_owed:
        return None
    undone, owed = await _undo_open_steps(job)
    outcome = _outcome(job, before, undone, owed)
    job.clear_io()
    job.write_outcome(outcome)
    return outcome


async def recover_all(jobs: JobsDirectory, endpoint: Endpoint) -> dict[str, Outcome | None]:
    """Recover every job that needs it; what `recover` said, by job."""
    return {job.id: await recover(job) for job in needing(jobs, endpoint)}


def recover_one(path: Path) -> None:
    """For the supervisor: recover one job, telling nobody but the job's own files."""
    job = JobDirectory(path)
    try:
        asyncio.run(recover(job))
    except Exception as error:  # noqa: BLE001 - nobody else would hear of it; the next command tries again
        job.log(f"recovering failed: {error!r}")


async def sweep_helpers(engine: Engine, jobs: JobsDirectory) -> int:
    """Remove this user's helpers that were left behind; how many there were."""
    rows = await helper.find(engine.connection, f"{CLIENT_LABEL}={client_name(jobs.root)}")
    left = left_among(rows, jobs)
    await helper.remove_all(engine.connection, left)
    return len(left)


def left_among(rows: Iterable[Mapping[str, Any]], jobs: JobsDirectory) -> list[str]:
    """The ids of those of this user's helpers, rows of the container list, whose job has ended, or whose owner has."""
    living = {job.id for job in jobs.all() if job.outcome() is None}
    labelled = [(row, (row.get("Labels") or {}).get(JOB_LABEL)) for row in rows]
    return [row["Id"] for row, job in labelled if (ownerless(row) if job is None else job not in living)]


def _endpoint(job: JobDirectory) -> Endpoint | None:
    """Where the job's engine is; ``None`` for a job of a newer version, or one whose file was damaged: leave it."""
    try:
        return decode(job.description()).common.endpoint
    except (OSError, KeyError, msgspec.MsgspecError):
        return None


async def _undo_open_steps(job: JobDirectory) -> tuple[list[str], list[Owed]]:
    """Undo what is open, last begun first; the names of the steps that were undone, and those that must wait.

    The job's helpers go first: what still runs in them must not go on while it is undone. One that never ran is the
    proof that a volume is still the same (`RECREATE_VOLUME`).
    """
    endpoint = _endpoint(job)
    assert endpoint is not None
    engine = Engine(endpoint)
    undoer = Undoer(engine, job)
    journal = job.journal()
    try:
        steps = journal.open_steps()
        if steps and not any(step.name == RECREATE_VOLUME for step in steps):
            await _remove_helpers(engine, job)
        reasons = [(step.name, await tried(undoer, journal, step)) for step in steps]
    finally:
        journal.close()
        engine.close()
    return [name for name, reason in reasons if not reason], [Owed(name, why) for name, why in reasons if why]


async def _remove_helpers(engine: Engine, job: JobDirectory) -> None:
    try:
        rows = await helper.find(engine.connection, f"{JOB_LABEL}={job.id}")
        await helper.remove_all(engine.connection, [row["Id"] for row in rows])
    except VoltuiError as error:
        job.log(f"removing the helpers: {error.sentence}")


def _outcome(job: JobDirectory, before: Outcome | None, undone: list[str], owed: list[Owed]) -> Outcome:
    if before is not None:
        return replace(before, warnings=since(before.warnings, undone, owed), undo_owed=bool(owed))
    result = committed(job.path / "journal.ndjson")
    if result is not None:
        return _done(job, result, owed)
    words = undone_words(undone)
    left = f"What it had begun was undone: {words}." if words else "" if owed else "It left nothing to undo."
    published = PUBLICATION in kept_steps(job.path / "journal.ndjson")
    stays = "Backups that were complete before stay." if published else ""
    error = Failed(" ".join(filter(None, (_KILLED, left, stays))), f"The log is {job.path / 'log'}.")
    return Outcome(
        "failed",
        error.sentence,
        format_time(now()),
        error.to_json(),
        warnings=owed_sentence(owed),
        undo_owed=bool(owed),
    )


def _done(job: JobDirectory, result: dict[str, Any], owed: list[Owed]) -> Outcome:
    """A job that was killed when what it was for was done already."""
    plan = decode(job.description())
    warnings = list(owed_sentence(owed))
    if result.get(KEPT_TREE):
        where = f"{OLD_PREFIX}{job.id}"
        warnings.append(
            f"The job was killed before it had backed the old content up: that stays in the folder {where}, from where "
            "`voltui undo` puts it back."
        )
    said = sentences.done(plan, result)
    return Outcome("done", said, format_time(now()), result=result, warnings=tuple(warnings), undo_owed=bool(owed))
