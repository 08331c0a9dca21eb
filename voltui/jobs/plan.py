"""What a job is to do: decided before it starts, written down, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from voltui.engine.endpoint import Endpoint
from voltui.model.backup import Reason
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed

if TYPE_CHECKING:
    from voltui.config import Settings

STDIN = "-"


class Treatment(StrEnum):
    """What is done to running writers while a source is read."""

    PAUSE = "pause"
    STOP = "stop"
    LIVE = "live"


class TransportChoice(StrEnum):
    """Which way the bytes go: the bridge where it is proved, or one of the two alone."""

    AUTO = "auto"
    BRIDGE = "bridge"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Common:
    """What every job needs to know."""

    endpoint: Endpoint
    store: str
    """The store's directory, absolute."""
    transport: TransportChoice = TransportChoice.AUTO
    idle_timeout: float = 300.0
    """Seconds without a byte until a transfer is given up."""
    level: int = 3
    """zstd's compression level."""
    read_only: bool = False
    """Whether jobs that change something are refused."""
    recipients: tuple[str, ...] = ()
    """Whom backups are encrypted to: ``age1…`` or ssh public keys."""
    identities: tuple[str, ...] = ()
    """Files of secret keys that open encrypted backups, absolute."""
    passphrase_file: str = ""
    """A file whose first line seals and opens backups, absolute; empty without."""

    @classmethod
    def of(cls, settings: Settings) -> Common:
        """What a job needs to know of the settings. Raises `Usage` for a recipient that is none."""
        return cls(
            endpoint=settings.endpoint,
            store=str(settings.store),
            transport=TransportChoice(settings.transport),
            idle_timeout=settings.idle_timeout,
            level=settings.level,
            read_only=settings.read_only,
            recipients=_recipients(settings),
            identities=tuple(map(str, settings.identities)),
            passphrase_file=str(settings.passphrase_file or ""),
        )


def _recipients(settings: Settings) -> tuple[str, ...]:
    if not settings.recipients:
        return ()
    from voltui.archive import seal

    return seal.recipients(settings.recipients)


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """Back sources up, all of one moment."""

    kind: ClassVar[str] = "backup"
    common: Common
    sources: tuple[Source, ...]
    treatment: Treatment = Treatment.PAUSE
    reason: Reason = Reason.MANUAL

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        named_first = sorted(self.sources, key=lambda source: source.short != source.name)
        return listed([safe(source.short) for source in named_first], most=2)


@dataclass(frozen=True, slots=True)
class RestorePlan:
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


@dataclass(frozen=True, slots=True)
class VerifyPlan:
    """Read backups back from disk, all of them."""

    kind: ClassVar[str] = "verify"
    common: Common
    backups: tuple[str, ...]

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return listed([safe(backup) for backup in self.backups], most=2)


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """Write a source as plain tar to the file descriptor that the job was given."""

    kind: ClassVar[str] = "export"
    common: Common
    source: Source
    treatment: Treatment = Treatment.PAUSE

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return safe(self.source.short)


@dataclass(frozen=True, slots=True)
class PrunePlan:
    """Delete backups."""

    kind: ClassVar[str] = "prune"
    common: Common
    backups: tuple[str, ...]

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return listed([safe(backup) for backup in self.backups], most=2)


Plan = BackupPlan | RestorePlan | VerifyPlan | ExportPlan | PrunePlan
_KINDS: dict[str, type[Plan]] = {
    plan.kind: plan for plan in (BackupPlan, RestorePlan, VerifyPlan, ExportPlan, PrunePlan)
}


@dataclass(frozen=True, slots=True)
class Description:
    """``job.json``: what is to be done, and who asked."""

    kind: str
    subject: str
    plan: dict[str, Any]
    asked: str
    """When, RFC 3339, UTC."""
    user: str
    command: str
    """What was called: ``voltui backup shop_pgdata``. No secrets: they are never arguments."""

    def decode_plan(self) -> Plan:
        """The plan. Raises `msgspec.ValidationError` where a newer version wrote it."""
        return msgspec.convert(self.plan, type=_KINDS[self.kind])
