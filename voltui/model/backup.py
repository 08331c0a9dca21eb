"""A backup, as its manifest tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from voltui.model.source import Source
from voltui.model.text import clock_time, listed, plural

FORMAT_VERSION = 1
_MINUTE = timedelta(minutes=1)


class Consistency(StrEnum):
    """What the writers did while the archive was read."""

    UNUSED = "unused"
    """Nothing was running that could write."""
    PAUSED = "paused"
    STOPPED = "stopped"
    LIVE = "live"
    """They went on; files may be of different moments."""


class Reason(StrEnum):
    """Why a backup was made."""

    MANUAL = "manual"
    SCHEDULED = "scheduled"
    BEFORE_RESTORE = "before-restore"


class Loss(Struct, frozen=True):
    """Something of the source that the backup does not hold. Said before where known, and recorded with it."""

    kind: str
    """``sockets``, ``xattrs``, ``acls``, ``mtime-fraction``, ``sparse``, ``changed``, ..."""
    sentence: str
    paths: tuple[str, ...] = ()
    """The files concerned where they are known, at most 100, made safe for a terminal."""


class UserAtBackup(Struct, frozen=True):
    """A container that mounted the source when the backup was made."""

    name: str
    image: str
    destination: str
    read_only: bool
    state: str


class Origin(Struct, frozen=True):
    """The engine a backup came from."""

    id: str
    name: str
    version: str


class Content(Struct, frozen=True):
    """What an archive holds. ``entries`` by type (``file``, ``dir``, ``symlink``, ...), sizes in bytes."""

    entries: Mapping[str, int]
    size: int
    """Bytes of all regular files, as a listing shows them (holes count)."""
    stored: int
    """Bytes of the uncompressed tar stream."""

    @property
    def count(self) -> int:
        """How many entries of all types."""
        return sum(self.entries.values())


class Part(Struct, frozen=True):
    """One of a backup's two data files: its size in bytes and its BLAKE3 in hexadecimal."""

    size: int
    blake3: str


class Backup(Struct, frozen=True, kw_only=True):
    """One complete backup. Where its manifest stands, archive and index are whole and on disk."""

    id: str
    source: Source
    started: datetime
    ended: datetime
    engine: Origin
    driver: str
    options: Mapping[str, str]
    labels: Mapping[str, str]
    users: tuple[UserAtBackup, ...]
    consistency: Consistency
    transport: str
    losses: tuple[Loss, ...]
    content: Content
    archive: Part
    index: Part
    reason: Reason = Reason.MANUAL
    tool_version: str = ""
    verified: datetime | None = None
    """When it was last read back from disk, whole and equal to its index."""
    damaged: str = ""
    """What was found wrong when it was last read back, in a sentence; such a backup is not verified."""
    paused_seconds: float = 0.0
    """How long the writers stood still."""
    sealed: str = ""
    """Of an encrypted backup: its whole manifest, encrypted too, as armored text. Beside it stands only what a list
    needs: no driver, options, labels, users, nor what the losses are about."""
    wrapped_key: str = ""
    """Of one that a passphrase opens: its own key, encrypted with that."""
    format: int = FORMAT_VERSION

    @property
    def encrypted(self) -> bool:
        """Whether archive and index can only be read with a key."""
        return bool(self.sealed)

    @property
    def undo(self) -> bool:
        """Whether it holds what a restore replaced, rather than what somebody wanted to keep."""
        return self.reason is Reason.BEFORE_RESTORE

    @property
    def writers(self) -> str:
        """What the writers did, with a word for what a restore replaced: ``paused``, ``stopped (undo)``."""
        return f"{self.consistency} (undo)" if self.undo else self.consistency.value

    @property
    def standing(self) -> str:
        """``verified``, ``NOT verified`` or ``DAMAGED``."""
        if self.damaged:
            return "DAMAGED"
        return "verified" if self.verified else "NOT verified"


def counted(backups: Sequence[Backup]) -> str:
    """``3 backups and 1 undo copy``: what a restore replaced is counted apart from what somebody made."""
    copies = sum(backup.undo for backup in backups)
    own = plural(len(backups) - copies, "backup") if len(backups) > copies or not copies else ""
    return listed([one for one in (own, plural(copies, "undo copy", "undo copies") if copies else "") if one])


def moment(backup: Backup, others: Iterable[Backup]) -> str:
    """When it was made; to the second where another of these was made in the same minute."""
    minute = backup.started.replace(second=0, microsecond=0)
    near = (one for one in others if minute <= one.started < minute + _MINUTE)
    return clock_time(backup.started, seconds=any(one.id != backup.id for one in near))


def last_whole(backups: Sequence[Backup]) -> Backup | None:
    """The newest of some, newest first, that is not known to be damaged: the last that counts as a backup."""
    whole = [backup for backup in backups if not backup.damaged]
    return latest(whole) if whole else None


def order(backup: Backup) -> tuple[datetime, str]:
    """What backups stand in order by, the oldest first: those of one second by their ids, which count on."""
    return backup.started, backup.id


def latest(backups: Sequence[Backup]) -> Backup:
    """The newest of some, newest first, at least one. What a restore replaced counts where there is nothing else."""
    return next((backup for backup in backups if not backup.undo), backups[0])
