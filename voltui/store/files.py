"""Files that are replaced as a whole, and are on disk when a function says so; and locks that die with their holder."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voltui.model.errors import Failed
from voltui.model.safe import safe

_MOST_OF_NAME = 215
"""Bytes of a name that its temporary form keeps: file systems take 255."""


def private_directory(path: Path) -> None:
    """Make a directory, and those that are missing above it, for their owner only, whatever the umask.

    One that is there stays as it is. Raises `OSError`.
    """
    missing = [folder for folder in path.parents if not folder.exists()]
    for folder in (*reversed(missing), path):
        folder.mkdir(mode=0o700, exist_ok=True)


def create_file(path: Path) -> int:
    """A descriptor for writing to a new file that only its owner can read. Raises `FileExistsError`."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def write_file(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Replace a file by rename: readers see the old or the new content, never a part.

    With ``durable`` it is on disk on return; without, a crash of the machine may leave the old content.
    """
    new = path.with_name(f".{path.name[:_MOST_OF_NAME]}.{secrets.token_hex(4)}.new")
    try:
        with os.fdopen(create_file(new), "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        new.rename(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    if durable:
        sync_directory(path.parent)


@contextmanager
def locked_file(path: Path) -> Iterator[bool]:
    """Hold the lock of a file, made where it is missing, if it is free; yields whether it was.

    The kernel frees it when its holder dies (``flock(2)``).
    """
    with _locked(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)) as free:
        yield free


@contextmanager
def locked_directory(path: Path) -> Iterator[bool]:
    """The same of a directory itself, which must be there."""
    with _locked(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)) as free:
        yield free


@contextmanager
def _locked(descriptor: int) -> Iterator[bool]:
    """Hold the lock of what is open, and close it."""
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)


def sync_directory(folder: Path) -> None:
    """Make renames and removals in a directory durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def told(what: str, where: Path) -> Iterator[None]:
    """Tell an error of the store's file system as one of ours."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Failed(
            f"The store can't {what} in {safe(str(where))}: {reason}.",
            "Free space there, or name another with --store."
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else "Name another with --store, or see to that directory.",
        ) from error
