"""What a job is to do: decided before it starts, written down, never changed."""

from __future__ import annotations

import posixpath
from typing import ClassVar, get_args

import msgspec
from msgspec import Struct

from voltui.jobs.common import Common, Treatment
from voltui.jobs.description import Description
from voltui.jobs.file_plans import CopyOutPlan, DeleteFilesPlan, EditPlan, PutPlan, RestoreFilesPlan, UndoFilesPlan
from voltui.jobs.volume_plans import (
    ClonePlan,
    CreatePlan,
    ImagePlan,
    ImportImagePlan,
    RemovePlan,
    SharePlan,
    UnsharePlan,
)
from voltui.model.backup import Reason
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed

STDIN = STDOUT = "-"


class BackupPlan(Struct, frozen=True):
    """Back sources up, all of one moment, or ``apart``: of one moment what is written together, the rest by itself."""

    kind: ClassVar[str] = "backup"
    common: Common
    sources: tuple[Source, ...]
    treatment: Treatment = Treatment.PAUSE
    reason: Reason = Reason.MANUAL
    apart: bool = False

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        named_first = sorted(self.sources, key=lambda source: source.short != source.name)
        return listed([safe(source.short) for source in named_first], most=2)


class RestorePlan(Struct, frozen=True):
    """Put a backup, or a foreign archive, into a volume or back to a path."""

    kind: ClassVar[str] = "restore"
    common: Common
    target: Source
    backup: str = ""
    """A backup's whole id, or empty where ``file`` is given."""
    file: str = ""
    """A foreign archive's absolute path, or `STDIN` for the file descriptor that the job was given."""
    keep_folder: bool = False
    """Keep the one leading folder that all members of a foreign archive are in."""
    only_empty: bool = False
    """Refuse a target that holds anything (import)."""
    kept_tree: str = ""
    """Or the id of an earlier restore: what it replaced is still in the volume and is put back (undo)."""
    force: bool = False
    """Replace the content of a volume that is labelled as protected, too."""
    accept_plain: bool = False
    """Take a backup that is not encrypted although the user has named keys."""
    in_place: bool = False
    """Where the target has no room for both contents, delete the old one first, backed up."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return safe(self.target.short)

    @property
    def file_words(self) -> str:
        """What to call a foreign archive in a sentence."""
        return "standard input" if self.file == STDIN else safe(posixpath.basename(self.file))


class VerifyPlan(Struct, frozen=True):
    """Read backups back from disk, all of them."""

    kind: ClassVar[str] = "verify"
    common: Common
    backups: tuple[str, ...]

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return listed([safe(backup) for backup in self.backups], most=2)


class ExportPlan(Struct, frozen=True):
    """Write a source as plain tar to the file descriptor that the job was given."""

    kind: ClassVar[str] = "export"
    common: Common
    source: Source
    treatment: Treatment = Treatment.PAUSE

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return safe(self.source.short)


class BackupExportPlan(Struct, frozen=True):
    """Write backups to a place of the user's: whole, into a directory that is a store then, or one's content."""

    kind: ClassVar[str] = "export-backup"
    common: Common
    backups: tuple[str, ...]
    to: str
    """An absolute path: of a file where it ends as one of `export_backup.ENDINGS`, else of a directory. Or `STDOUT`."""
    decrypt: bool = False
    """Into a directory: encrypted ones in plain."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        where = "" if self.to == STDOUT else f" to {safe(self.to)}"
        return f"{listed([safe(backup) for backup in self.backups], most=2)}{where}"


class PrunePlan(Struct, frozen=True):
    """Delete backups."""

    kind: ClassVar[str] = "prune"
    common: Common
    backups: tuple[str, ...]
    gone: str = ""
    """A volume that there is no more, whose last verified backup may go, too: its name was typed."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return listed([safe(backup) for backup in self.backups], most=2)


Plan = (
    BackupPlan
    | RestorePlan
    | VerifyPlan
    | ExportPlan
    | BackupExportPlan
    | PrunePlan
    | SharePlan
    | UnsharePlan
    | ClonePlan
    | CreatePlan
    | RemovePlan
    | ImagePlan
    | ImportImagePlan
    | CopyOutPlan
    | RestoreFilesPlan
    | DeleteFilesPlan
    | UndoFilesPlan
    | PutPlan
    | EditPlan
)
_KINDS: dict[str, type[Plan]] = {plan.kind: plan for plan in get_args(Plan)}


def decode(description: Description) -> Plan:
    """The plan that a job was started with. Raises `msgspec.ValidationError` where a newer version wrote it."""
    return msgspec.convert(description.plan, type=_KINDS[description.kind])
