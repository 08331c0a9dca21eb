"""A backup on its way into a store: no part of it is listed before all of it is on disk."""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterable
from pathlib import Path

from voltui.archive import manifest
from voltui.model.backup import Backup
from voltui.store.files import create_file, sync_directory, told, write_file
from voltui.store.names import ARCHIVE, INDEX, MANIFEST, PART, file_stem


class Publication:
    """A backup in the making: two part files, invisible until `publish`."""

    def __init__(self, folder: Path, identifier: str, job: str, ending: str = "") -> None:
        self.id = identifier
        self._folder = folder
        self._stem = file_stem(identifier)
        self._prefix = f"{PART}{job}-{self._stem}"
        self._suffixes = (ARCHIVE + ending, INDEX + ending)
        self._descriptors: list[int] = []

    @property
    def paths(self) -> list[Path]:
        """Every file that may exist before the backup is complete, for whoever has to clean up."""
        return [*self._parts(), *self._published()]

    @property
    def index(self) -> Path:
        """The file index, before it has its name."""
        return self._parts()[1]

    @property
    def manifest(self) -> Path:
        """Where it stands, the backup is complete."""
        return self._folder / (self._stem + MANIFEST)

    def open(self) -> tuple[int, int]:
        """File descriptors for archive and index, new and 0600. They stay open until `publish` or `close`."""
        with told("write a backup", self._folder):
            for path in self._parts():
                self._descriptors.append(create_file(path))
        return self._descriptors[0], self._descriptors[1]

    def publish(self, backup: Backup) -> None:
        """Give the files their names, then write the manifest. Each is on disk before the next."""
        with told("publish a backup", self._folder):
            for descriptor in self._descriptors:
                os.fsync(descriptor)
            self.close()
            for part, path in zip(self._parts(), self._published(), strict=True):
                part.rename(path)
            sync_directory(self._folder)
            write_file(self.manifest, manifest.encode(backup))
            sync_directory(self._folder.parent)

    def close(self) -> None:
        """Close the files."""
        while self._descriptors:
            os.close(self._descriptors.pop())

    def _parts(self) -> list[Path]:
        return [self._folder / (self._prefix + suffix) for suffix in self._suffixes]

    def _published(self) -> list[Path]:
        return [self._folder / (self._stem + suffix) for suffix in self._suffixes]


def discard_unpublished(paths: Iterable[Path], complete: Path) -> None:
    """Delete the files of a backup whose manifest was never written, and its folder where that is empty then."""
    if complete.exists():
        return
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            path.lstat()  # on a read-only disk what is not there can't be deleted either, and nothing is owed
            path.unlink()
    for unfinished in complete.parent.glob(f".{glob.escape(complete.name)}.*.new"):
        unfinished.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        complete.parent.rmdir()
