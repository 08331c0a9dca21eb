"""Starting a job: its directory, its lock, and a supervisor in a session of its own."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from voltui.jobs.directory import JobDirectory, JobsDirectory
from voltui.jobs.plan import Description, Plan
from voltui.model.when import format_time, now


def jobs_directory(state: Path) -> JobsDirectory:
    """Where the jobs of a state directory are."""
    return JobsDirectory(state / "jobs")


def submit(
    plan: Plan, state: Path, *, output: int | None = None, prepare: Callable[[JobDirectory], Any] | None = None
) -> JobDirectory:
    """Start a job; it goes on whatever becomes of this process.

    ``output`` is the file descriptor an export writes to. ``prepare`` is called with the directory before the start.
    """
    description = Description(
        kind=plan.kind,
        subject=plan.subject,
        plan=msgspec.to_builtins(plan),
        asked=format_time(now()),
        user=_user(),
        command=" ".join(["voltui", *sys.argv[1:]]),
    )
    job, lock = jobs_directory(state).create(description)
    try:
        if prepare is not None:
            prepare(job)
        _start(job, state, [lock] if output is None else [lock, output])
    finally:
        os.close(lock)
    return job


def _start(job: JobDirectory, state: Path, descriptors: list[int]) -> None:
    module = [sys.executable, "-P", "-m", "voltui.jobs.supervisor"]
    arguments = [str(job.path), str(state), *map(str, descriptors)]
    subprocess.Popen(
        [*module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=descriptors,
        start_new_session=True,
        cwd="/",
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
