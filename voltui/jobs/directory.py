"""A job's directory: everything that is known about it, in files that any process may watch.

job.json        the plan, who asked and when      journal.ndjson  see ``journal``
progress.json   replaced at most 5 times a second outcome.json    written last
lock            held by the worker while it lives cancel          made to ask the worker to stop
log             what the worker had to say        io/             FIFOs between worker and helpers
"""

from __future__ import annotations

import fcntl
import os
import platform
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec
from blake3 import blake3

from voltui.jobs.description import Description
from voltui.jobs.journal import Journal, OpenStep, open_steps
from voltui.jobs.kept_files import KEPT_FILES, KEPT_TREE, expired_jobs
from voltui.jobs.state import Outcome, Progress
from voltui.model.errors import Failed, NotFound, Usage
from voltui.model.safe import safe
from voltui.model.when import now, stamp
from voltui.store.files import locked_file, private_directory, write_file

T = TypeVar("T")
LOG = "log.ndjson"
"""In the state directory: one line for each job that has ended, in JSON."""
_KEPT = 200
"""Ended jobs that are remembered, beside those that can be undone."""


class JobDirectory:
    """One job's directory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def id(self) -> str:
        """The job's id: when it was made, and four random digits."""
        return self.path.name

    @property
    def client(self) -> str:
        """Who made its helpers: a name for this user's jobs directory on this machine."""
        return client_name(self.path.parent)

    def new_io(self) -> Path:
        """A new directory for the FIFOs of one helper. Only this user can get to it; the helper sees it mounted."""
        folder = self.path / "io"
        folder.mkdir(mode=0o700, exist_ok=True)
        made = folder / secrets.token_hex(3)
        made.mkdir()
        made.chmod(0o711)
        return made

    def description(self) -> Description:
        """``job.json``."""
        return msgspec.json.decode((self.path / "job.json").read_bytes(), type=Description)

    def journal(self) -> Journal:
        """Its journal, to append to."""
        return Journal(self.path / "journal.ndjson")

    def open_steps(self) -> list[OpenStep]:
        """The steps whose undo is owed."""
        return open_steps(self.path / "journal.ndjson")

    def write_progress(self, progress: Progress) -> None:
        """Tell watchers how far it is."""
        write_file(self.path / "progress.json", msgspec.json.encode(progress), durable=False)

    def progress(self) -> Progress | None:
        """How far it is, where it has said so."""
        return self._load("progress.json", Progress)

    def write_outcome(self, outcome: Outcome) -> None:
        """Say how it ended, here and in the log of all jobs, which outlives them."""
        again = (self.path / "outcome.json").exists()
        write_file(self.path / "outcome.json", msgspec.json.encode(outcome))
        if not again:
            self._log_end(outcome)

    def _log_end(self, outcome: Outcome) -> None:
        """One line: who, when, what, how it ended. A log that can't be written is no reason to fail."""
        with suppress(OSError, msgspec.MsgspecError):
            asked = self.description()
            line = {
                "job": self.id,
                "asked": asked.asked,
                "user": asked.user,
                "command": asked.command,
                "kind": asked.kind,
                "subject": asked.subject,
                "ending": outcome.ending,
                "sentence": outcome.sentence,
                "ended": outcome.ended,
            }
            descriptor = os.open(self.path.parent.parent / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, msgspec.json.encode(line) + b"\n")
            finally:
                os.close(descriptor)

    def outcome(self) -> Outcome | None:
        """How it ended; ``None`` while it runs, or where it died."""
        return self._load("outcome.json", Outcome)

    def ask_to_cancel(self) -> None:
        """Ask the worker to stop; it looks five times a second."""
        (self.path / "cancel").touch(mode=0o600)

    @property
    def asked_to_cancel(self) -> bool:
        """Whether someone asked."""
        return (self.path / "cancel").exists()

    def log(self, text: str) -> None:
        """Append a line to the log."""
        descriptor = os.open(self.path / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {text}\n")

    def alive(self) -> bool:
        """Whether a worker, or someone who cleans up after one, holds its lock."""
        with self.try_lock() as locked:
            return not locked

    def try_lock(self) -> AbstractContextManager[bool]:
        """Hold the job's lock if it is free; yields whether it was."""
        return locked_file(self.path / "lock")

    def clear_io(self) -> None:
        """Remove the FIFOs."""
        shutil.rmtree(self.path / "io", ignore_errors=True)

    def _load(self, name: str, kind: type[T]) -> T | None:
        try:
            return msgspec.json.decode((self.path / name).read_bytes(), type=kind)
        except FileNotFoundError:
            return None


def jobs_directory(state: Path) -> JobsDirectory:
    """Where the jobs of a state directory are."""
    return JobsDirectory(state / "jobs")


def client_name(jobs: Path) -> str:
    """A short name for a jobs directory on this machine: the label of its helpers, so that nobody removes another's."""
    return blake3(f"{platform.node()}\0{jobs.absolute()}".encode()).hexdigest(length=8)


class JobsDirectory:
    """All jobs of this user."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create(self, description: Description) -> tuple[JobDirectory, int]:
        """A new job's directory, and a descriptor that holds its lock until every process that has it ends.

        Raises `Failed` where it can't be made.
        """
        with _told("kept", self.root):
            private_directory(self.root)
            self._forget_old()
            job = JobDirectory(self.root / f"{stamp(now())}-{secrets.token_hex(2)}")
            job.path.mkdir(mode=0o700)
            descriptor = os.open(job.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                write_file(job.path / "job.json", msgspec.json.encode(description))
            except OSError:
                os.close(descriptor)
                shutil.rmtree(job.path, ignore_errors=True)
                raise
        return job, descriptor

    def all(self) -> list[JobDirectory]:
        """All jobs, newest first. Raises `Failed` where they can't be read."""
        with _told("read", self.root), suppress(FileNotFoundError):
            folders = [path for path in self.root.iterdir() if (path / "job.json").exists()]
            return [JobDirectory(path) for path in sorted(folders, reverse=True)]
        return []

    def find(self, reference: str) -> JobDirectory:
        """The job an id, or a unique beginning or end of one, names. Raises `NotFound` or `Usage`."""
        found = [job for job in self.all() if job.id.startswith(reference) or job.id.endswith(reference)]
        if not found:
            raise NotFound(f"There is no job {safe(reference)}.", "`voltui jobs` lists them.")
        if len(found) > 1:
            raise Usage(f"{safe(reference)} may be any of {len(found)} jobs.", "Give more of the id.")
        return found[0]

    def _forget_old(self) -> None:
        for job in self.all()[_KEPT:]:
            outcome = job.outcome()
            if outcome is not None and not outcome.undo_owed and not _holds_content(job, outcome):
                shutil.rmtree(job.path, ignore_errors=True)


@contextmanager
def _told(what: str, root: Path) -> Iterator[None]:
    """Tell an error of the file system as one of ours."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Failed(
            f"Jobs can't be {what} in {safe(str(root))}: {reason}.",
            "See to that directory; XDG_STATE_HOME names another place.",
        ) from error


def _holds_content(job: JobDirectory, outcome: Outcome) -> bool:
    """Whether a folder of its in a volume can still be put back: it alone tells how."""
    files = bool(outcome.result.get(KEPT_FILES)) and not expired_jobs([job.id])
    return files or bool(outcome.result.get(KEPT_TREE))
