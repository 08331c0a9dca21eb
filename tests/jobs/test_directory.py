"""Which jobs are remembered."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from voltui.jobs import directory
from voltui.jobs.description import Description
from voltui.jobs.directory import JobDirectory, JobsDirectory
from voltui.jobs.kept_files import KEPT_FILES, KEPT_TREE
from voltui.jobs.state import Outcome
from voltui.model.when import format_time, now


def ended(jobs: JobsDirectory, result: dict[str, Any], name: str = "") -> JobDirectory:
    job, lock = jobs.create(Description("backup", "data", {}, format_time(now()), "somebody", "voltui"))
    job.write_outcome(Outcome("done", "Done.", format_time(now()), result=result))
    os.close(lock)
    return JobDirectory(job.path.rename(jobs.root / name)) if name else job


def test_what_is_kept_of_jobs_is_for_its_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        job = ended(JobsDirectory(tmp_path / "state" / "voltui" / "jobs"), {})
        job.log("words")
        job.ask_to_cancel()
    finally:
        os.umask(before)
    for path in (tmp_path / "state", *(tmp_path / "state").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_old_jobs_are_forgotten_but_for_those_that_can_be_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "_KEPT", 2)
    jobs = JobsDirectory(tmp_path / "jobs")
    files, content = ended(jobs, {KEPT_FILES: "one"}), ended(jobs, {KEPT_TREE: "two"})
    long_ago = ended(jobs, {KEPT_FILES: "three"}, "20200101T000000Z-beef")
    plain = [ended(jobs, {}) for _ in range(6)]
    left = {job.id for job in jobs.all()}
    assert {files.id, content.id} < left
    assert long_ago.id not in left, "what it kept is gone"
    assert len(left.intersection(job.id for job in plain)) <= 3
