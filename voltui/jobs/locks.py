"""One job at a time per engine and source or container: a file lock, which the kernel frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath

from blake3 import blake3
from msgspec import MsgspecError, Struct

from voltui.jobs.directory import JobDirectory, jobs_directory
from voltui.model.errors import Refused
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.store.files import private_directory

SHELL = "shell"
"""Who holds the lock of a volume that a shell may write to: no job."""


class _Key(Struct, frozen=True, order=True):
    """What a lock is of."""

    name: str
    words: str


@contextmanager
def locked(
    state: Path, engine_id: str, sources: Iterable[Source], holder: str, containers: Iterable[str] = ()
) -> Iterator[None]:
    """Hold the locks of all sources, and of containers by name or id, for a job's id, or `SHELL`.

    Raises `Refused`, naming who holds one of them.
    """
    folder = state / "locks"
    private_directory(folder)
    with ExitStack() as stack:
        # Names say more than ids, and these more than the paths that a container mounts.
        for container in sorted(set(containers), key=lambda one: (len(one), one)):
            key = _Key(f"container\0{container}", f"container {safe(container)}")
            stack.enter_context(_one(state, engine_id, key, holder, fcntl.LOCK_EX))
        for source in sorted({source.folder for source in sources}):
            for above in _above(source):
                stack.enter_context(_one(state, engine_id, _of_source(above), holder, fcntl.LOCK_SH))
            stack.enter_context(_one(state, engine_id, _of_source(source), holder, fcntl.LOCK_EX))
        yield


def _of_source(source: Source) -> _Key:
    return _Key(source.name, source.words)


def last_holder(state: Path, engine_id: str, source: Source) -> str:
    """The job that holds the source's lock, or did so last; empty where none has. Nobody is hindered by asking."""
    try:
        return _file(state, engine_id, _of_source(source)).read_text(errors="replace").strip()
    except FileNotFoundError:
        return ""


def _file(state: Path, engine_id: str, key: _Key) -> Path:
    name = blake3(f"{engine_id}\0{key.name}".encode("utf-8", "surrogateescape")).hexdigest(length=16)
    return state / "locks" / name


def _above(source: Source) -> list[Source]:
    """The directories a path is in: who works on one of them works on the path, too."""
    if source.kind == "volume":
        return []
    parents = PurePosixPath(source.name).parents
    return [Source("path", str(parent)) for parent in reversed(parents)]


@contextmanager
def _one(state: Path, engine_id: str, key: _Key, holder: str, kind: int) -> Iterator[None]:
    descriptor = os.open(_file(state, engine_id, key), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.pread(descriptor, 100, 0).decode(errors="replace").strip()
            raise _taken(state, other, key.words) from None
        # Of several that share it the last is named.
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, holder.encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _taken(state: Path, holder: str, what: str) -> Refused:
    """What to say where another holds the lock of ``what``."""
    if holder == SHELL:
        return Refused(f"A read-write shell is open on the {what}.", "Leave it with `exit`, then do this again.")
    job = JobDirectory(jobs_directory(state).root / PurePosixPath(holder or "-").name)
    try:
        asked = job.description()
    except (OSError, MsgspecError):
        return Refused(f"Another job is working on the {what} already.", "`voltui jobs` lists them; wait for its end.")
    return Refused(
        f"Job {job.id} ({asked.kind} {asked.subject}) is working on the {what} already.",
        f"`voltui jobs {job.id}` follows it, `voltui jobs --cancel {job.id}` ends it.",
    )
