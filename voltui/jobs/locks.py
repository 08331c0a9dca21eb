"""One job at a time per engine and source: a file lock, which the kernel frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath

from blake3 import blake3

from voltui.model.errors import Refused
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.store.files import private_directory


@contextmanager
def locked(state: Path, engine_id: str, sources: Iterable[Source], job: str) -> Iterator[None]:
    """Hold the locks of all sources. Raises `Refused`, naming the job that holds one of them."""
    folder = state / "locks"
    private_directory(folder)
    with ExitStack() as stack:
        for source in sorted({source.folder for source in sources}):
            for above in _above(source):
                stack.enter_context(_one(folder, engine_id, above, job, fcntl.LOCK_SH))
            stack.enter_context(_one(folder, engine_id, source, job, fcntl.LOCK_EX))
        yield


def _above(source: Source) -> list[Source]:
    """The directories a path is in: who works on one of them works on the path, too."""
    if source.kind == "volume":
        return []
    parents = PurePosixPath(source.name).parents
    return [Source("path", str(parent)) for parent in reversed(parents)]


@contextmanager
def _one(folder: Path, engine_id: str, source: Source, job: str, kind: int) -> Iterator[None]:
    name = blake3(f"{engine_id}\0{source.name}".encode("utf-8", "surrogateescape")).hexdigest(length=16)
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 100, 0).decode(errors="replace").strip()
            raise Refused(
                f"Job {safe(holder) or 'of another process'} is working on the {source.words} already.",
                "`voltui jobs` follows it; wait for its end or cancel it there.",
            ) from None
        if kind == fcntl.LOCK_EX:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, job.encode(), 0)
        yield
    finally:
        os.close(descriptor)
