"""Watching jobs: what their files say. Any number of processes may watch one; it does not notice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

import msgspec
from msgspec import Struct

from voltui.jobs.description import Description
from voltui.jobs.directory import JobDirectory, JobsDirectory
from voltui.jobs.state import Outcome, Progress

State = Literal["running", "done", "failed", "cancelled", "died"]
_EVERY = 0.2
"""Seconds between two looks."""
_MOURNING = 50
"""Looks after which a job that died without an outcome is given up."""


class JobView(Struct, frozen=True):
    """A job at one moment."""

    id: str
    kind: str
    """``backup``, ``restore``, ``verify`` or ``export``."""
    subject: str
    state: State
    """``died``: its process is gone without an outcome; the next command cleans up."""
    asked: str
    user: str
    progress: Progress | None
    outcome: Outcome | None
    cancelling: bool = False
    """Whether it was asked to stop, and goes on until what it began is undone."""

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.state == "running"


def look(job: JobDirectory) -> JobView:
    """The job now."""
    description = _description(job)
    if not job.path.is_dir():
        return JobView(job.id, description.kind, description.subject, "died", "", "", None, None)
    outcome = job.outcome()
    state: State = outcome.ending if outcome else "running"
    if outcome is None and not job.alive():
        outcome = job.outcome()
        state = outcome.ending if outcome else "died"
    return JobView(
        job.id,
        description.kind,
        description.subject,
        state,
        description.asked,
        description.user,
        job.progress() if state == "running" else None,
        outcome,
        state == "running" and job.asked_to_cancel,
    )


def views(jobs: JobsDirectory) -> list[JobView]:
    """All jobs, newest first."""
    return [look(job) for job in jobs.all()]


async def follow(job: JobDirectory) -> AsyncIterator[JobView]:
    """The job, again and again while it changes, until it has ended; the last view is always of the end."""
    last: JobView | None = None
    died_looks = 0
    while True:
        view = look(job)
        died_looks = died_looks + 1 if view.state == "died" else 0
        if 0 < died_looks < _MOURNING:
            await asyncio.sleep(_EVERY)  # its supervisor undoes what it began, and then says how it ended
            continue
        if view != last:
            yield view
            last = view
        if not view.running:
            return
        await asyncio.sleep(_EVERY)


def _description(job: JobDirectory) -> Description:
    try:
        return job.description()
    except (msgspec.MsgspecError, FileNotFoundError):
        return Description("unknown", "", {}, "", "", "")
