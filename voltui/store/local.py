"""The store in a local directory, its files named as `voltui.store.names` tells.

A backup exists where its manifest does. Files are 0600, directories 0700: a backup holds all that its volume holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from voltui.archive import manifest
from voltui.model.backup import Backup, latest, order
from voltui.model.errors import Damaged, Failed, NotFound, Refused, Usage, VoltuiError
from voltui.model.naming import source_backed_up
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed
from voltui.model.when import now, stamp
from voltui.store.files import private_directory, sync_directory, told, write_file
from voltui.store.listing import Listing, Problem
from voltui.store.names import ARCHIVE, DATA, ENCRYPTED, INDEX, MANIFEST, PART, file_stem, folder_name
from voltui.store.publication import Publication

LATEST = "latest"


class LocalStore:
    """A directory of backups. It is made when the first backup is."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def listing(self, source: Source | None = None) -> Listing:
        """All backups, or those of one source. Raises `Failed` where the store can't be read."""
        backups: list[Backup] = []
        problems: list[Problem] = []
        for folder in self._folders(source):
            try:
                paths = _manifests(folder)
            except OSError as error:
                problems.append(_unreadable(folder, error, folder))
                continue
            for path in paths:
                try:
                    backups.append(self._read(path))
                except FileNotFoundError:
                    continue
                except VoltuiError as error:
                    problems.append(Problem(safe(path.name), error, folder.name))
                except OSError as error:
                    problems.append(_unreadable(path, error, folder))
        return Listing(tuple(sorted(backups, key=order, reverse=True)), tuple(problems))

    def find(self, reference: str, engine_id: str = "") -> Backup:
        """The backup an id, a unique beginning of one, or ``<volume>@latest`` names.

        ``latest`` prefers backups of ``engine_id``: two engines may have volumes of one name. What a restore replaced
        is latest only where there is nothing else: `voltui undo` is for that. Raises `NotFound`, or `Usage` where
        several begin so, or where no volume is named: an unset variable of a script must not name any.
        """
        name, at, moment = reference.rpartition("@")
        if at and not name:
            raise Usage(f"{safe(reference)} names no volume.", "An unset variable, most likely: nothing was done.")
        source = self.source_named(name) if at else Source.parse(reference)
        if at and moment == LATEST:
            return self._latest(source, engine_id)
        reference = f"{source.name}{at}{moment}" if at else reference
        listing = self.listing(source) if at else self.listing()
        found = [backup for backup in listing.backups if backup.id.startswith(reference)]
        exact = [backup for backup in found if backup.id == reference]
        if exact:
            return exact[0]
        if not found:
            raise next(iter(self._problems(listing, reference)), _no_backup(reference))
        if len(found) > 1:
            raise Usage(
                f"{safe(reference)} may be {listed([safe(backup.id) for backup in found])}.", "Give more of the id."
            )
        return found[0]

    def source_named(self, name: str) -> Source:
        """What a name means here, as `source_backed_up` tells. Raises `Usage` where it may be several."""
        source = Source.parse(name)
        return source if self.listing(source).backups else source_backed_up(self.listing().backups, name)

    def find_whole(self, reference: str, engine_id: str = "") -> Backup:
        """The same, to be restored. Raises also `Damaged` for one that is known to be, and names another."""
        backup = self.find(reference, engine_id)
        if not backup.damaged:
            return backup
        others = self.listing(backup.source).backups
        whole = [one for one in others if not one.damaged and one.engine.id == backup.engine.id]
        last = f"The last that is not: {safe(latest(whole).id)}." if whole else "There is no other of it."
        raise Damaged(
            f"{safe(backup.id)} is damaged. {backup.damaged}", f"{last} `voltui verify` reads a damaged one again."
        )

    def _problems(self, listing: Listing, reference: str) -> Iterator[VoltuiError]:
        """What can't be read and may be the one that is meant."""
        stem = file_stem(reference)
        return (problem.error for problem in listing.problems if problem.name.startswith(safe(stem)))

    def _latest(self, source: Source, engine_id: str) -> Backup:
        backups = self.listing(source).backups
        if not backups:
            raise no_backup_of(source)
        same_engine = [backup for backup in backups if backup.engine.id == engine_id] or backups
        return latest(same_engine)

    def archive_path(self, backup: Backup) -> Path:
        """Where its archive is."""
        return self._data_path(backup, ARCHIVE)

    def index_path(self, backup: Backup) -> Path:
        """Where its index is."""
        return self._data_path(backup, INDEX)

    def manifest_path(self, backup: Backup) -> Path:
        """Where its manifest is."""
        return self._path(backup, MANIFEST)

    def mark_verified(self, backup: Backup, when: datetime) -> Backup:
        """Write into the manifest that it was read back whole."""
        return self._note(backup, when, "")

    def mark_damaged(self, backup: Backup, sentence: str) -> Backup:
        """Write into the manifest what is wrong with it, so that no list calls it verified."""
        return self._note(backup, None, sentence)

    def _note(self, backup: Backup, verified: datetime | None, damaged: str) -> Backup:
        """Note it in the manifest as it stands: of an encrypted backup more may be known here than may stand there."""
        path = self._path(backup, MANIFEST)
        with told("write the manifest", self.root):
            write_file(path, manifest.encode(replace(self._read(path), verified=verified, damaged=damaged)))
        return replace(backup, verified=verified, damaged=damaged)

    def remove(self, backup: Backup) -> None:
        """Delete a backup: the manifest first, so that no half of it is ever listed."""
        with told("remove the backup", self.root):
            for path in (self.manifest_path(backup), self.index_path(backup), self.archive_path(backup)):
                path.unlink(missing_ok=True)
                sync_directory(self._folder(backup.source))

    def changed(self) -> int:
        """When a backup was last added or removed: the latest time of change of its folders, in nanoseconds."""
        try:
            with os.scandir(self.root) as entries:
                times = [entry.stat().st_mtime_ns for entry in entries if entry.is_dir()]
            return max([self.root.stat().st_mtime_ns, *times])
        except OSError:
            return 0

    def free_bytes(self) -> int:
        """How much an ordinary user may still write there."""
        state = os.statvfs(self.existing())
        return state.f_bavail * state.f_frsize

    def existing(self) -> Path:
        """Its directory, or the innermost around it where it is not made yet. Raises `OSError`."""
        return next(path for path in (self.root, *self.root.parents) if path.exists())

    def begin(self, source: Source, job: str, *, encrypted: bool = False) -> Publication:
        """Start a new backup: its id is the present second, or the next one that is free."""
        folder = self._folder(source)
        with told("make a folder", self.root):
            private_directory(folder)
            moment = now()
            while self._taken(folder, identifier := f"{source.name}@{stamp(moment)}"):
                moment += timedelta(seconds=1)
        return Publication(folder, identifier, job, ENCRYPTED if encrypted else "")

    def begin_copy(self, backup: Backup, job: str, *, encrypted: bool) -> Publication:
        """Start a copy of a backup of another store, with its id. Raises `Refused` where one of that id is here."""
        folder = self._folder(backup.source)
        with told("make a folder", self.root):
            if self._taken(folder, backup.id):
                where = safe(str(self.root))
                raise Refused(f"{safe(backup.id)} is in {where} already.", "Nothing is ever overwritten.")
            private_directory(folder)
        return Publication(folder, backup.id, job, ENCRYPTED if encrypted else "")

    def sweep(self, living_jobs: Iterable[str]) -> list[Path]:
        """Delete parts that belong to no living job; what was deleted."""
        living = tuple(f"{PART}{job}-" for job in living_jobs)
        swept = []
        for path in self.root.glob(f"*/{PART}*"):
            if not path.name.startswith(living or "/"):
                path.unlink(missing_ok=True)
                swept.append(path)
        return swept

    def _taken(self, folder: Path, identifier: str) -> bool:
        stem = file_stem(identifier)
        published = any((folder / f"{stem}{suffix}").exists() for suffix in (*DATA, MANIFEST))
        return published or any(folder.glob(f"{PART}*-{stem}{ARCHIVE}*"))

    def _folders(self, source: Source | None) -> list[Path]:
        """Where manifests may be. Raises `Failed` where the store can't be read."""
        try:
            with os.scandir(self.root) as entries:
                folders = [Path(entry.path) for entry in entries if _may_be_folder(entry)]
        except FileNotFoundError:
            return []
        except NotADirectoryError as error:
            file = next(path for path in (*reversed(self.root.parents), self.root) if not path.is_dir())
            raise Failed(
                f"There can't be a store at {safe(str(self.root))}: {safe(str(file))} is a file.",
                "Name a directory with --store.",
            ) from error
        except OSError as error:
            raise Failed(
                f"The store {safe(str(self.root))} can't be read: {(error.strerror or str(error)).lower()}.",
                "See to that directory, or name another with --store.",
            ) from error
        return sorted(folder for folder in folders if source is None or folder.name == folder_name(source))

    def _read(self, path: Path) -> Backup:
        backup = manifest.decode(path.read_bytes(), path.name)
        if path.name != file_stem(backup.id) + MANIFEST or path.parent.name != folder_name(backup.source):
            raise Damaged(f"{safe(path.name)} is the manifest of another backup, {safe(backup.id)}.")
        fault = "" if backup.damaged else self._fault(backup)
        if not fault:
            return backup
        path.stat()  # one that was removed meanwhile is not damaged, but gone
        return replace(backup, verified=None, damaged=fault)

    def _fault(self, backup: Backup) -> str:
        """What the sizes of its files show to be wrong with it, in a sentence, or nothing. They are not read."""
        for what, path, part in (
            ("archive", self.archive_path(backup), backup.archive),
            ("index", self.index_path(backup), backup.index),
        ):
            try:
                found = path.stat().st_size
            except FileNotFoundError:
                return f"Its {what} {safe(path.name)} is missing."
            except OSError as error:
                return f"Its {what} {safe(path.name)} can't be read: {(error.strerror or str(error)).lower()}."
            if found != part.size:
                return f"Its {what} {safe(path.name)} has {found:,} bytes; it was made with {part.size:,}."
        return ""

    def _folder(self, source: Source) -> Path:
        return self.root / folder_name(source)

    def _data_path(self, backup: Backup, suffix: str) -> Path:
        return self._path(backup, suffix + (ENCRYPTED if backup.encrypted else ""))

    def _path(self, backup: Backup, suffix: str) -> Path:
        return self._folder(backup.source) / (file_stem(backup.id) + suffix)


def _may_be_folder(entry: os.DirEntry[str]) -> bool:
    """Whether to look into it: what can't be told is said when it is read."""
    try:
        return entry.is_dir()
    except OSError:
        return True


def _manifests(folder: Path) -> list[Path]:
    """The manifests in a folder; none where it is gone. Raises `OSError`."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
    except FileNotFoundError:
        return []
    return [folder / name for name in sorted(names) if name.endswith(MANIFEST) and not name.startswith(".")]


def _unreadable(path: Path, error: OSError, folder: Path) -> Problem:
    name, reason = safe(path.name), (error.strerror or str(error)).lower()
    return Problem(name, Failed(f"{name} can't be read: {reason}.", f"See to {safe(str(path))}."), folder.name)


def no_backup_of(source: Source) -> NotFound:
    """The error for a source that was never backed up."""
    name = safe(source.name)
    return NotFound(f"There is no backup of {name}.", f"`voltui backup {name}` makes one; `voltui backups` lists all.")


def _no_backup(reference: str) -> NotFound:
    return NotFound(f"There is no backup {safe(reference)}.", "`voltui backups` lists what there is.")
