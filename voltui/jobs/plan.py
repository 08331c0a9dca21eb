"""What a job is to do: decided before it starts, written down, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, get_args

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


@dataclass(frozen=True, slots=True)
class Share:
    """One volume that is shared, and where it is to be found."""

    volume: str
    at: str
    """Absolute path in the containers."""


@dataclass(frozen=True, slots=True)
class SharePlan:
    """Give containers volumes, through a data container or each by itself."""

    kind: ClassVar[str] = "share"
    common: Common
    shares: tuple[Share, ...]
    data: str = ""
    """The data container's name: made where it is missing. Empty: the volumes are mounted directly."""
    takers: tuple[str, ...] = ()
    """The containers, by name, that are made anew with the data."""
    read_only: bool = False
    lose: bool = False
    """Take it that what the takers have written into their own writable layers is lost."""
    copy_from: str = ""
    """``CONTAINER:/path`` that the one volume, a new one, is filled from first."""
    image: str = ""
    """A local image that a new container is made of, with the data."""
    name: str = ""
    """The new container's name, or empty: the engine finds one."""
    command: tuple[str, ...] = ()
    """The new container's command, or empty: the image's."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        what = listed([safe(share.volume) for share in self.shares], most=2)
        return f"{what} with {listed([safe(taker) for taker in self.takers], most=2)}" if self.takers else what


@dataclass(frozen=True, slots=True)
class UnsharePlan:
    """Take data from containers again, or remove a data container."""

    kind: ClassVar[str] = "unshare"
    common: Common
    name: str
    """A data container's name, or a volume's that is mounted directly."""
    takers: tuple[str, ...] = ()
    """The containers that are made anew without it; none: the data container is removed."""
    lose: bool = False
    """Take it that what the takers have written into their own writable layers is lost."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        takers = listed([safe(taker) for taker in self.takers], most=2)
        return f"{safe(self.name)} from {takers}" if takers else safe(self.name)


@dataclass(frozen=True, slots=True)
class ClonePlan:
    """Copy a volume into a new one on the engine's own host."""

    kind: ClassVar[str] = "clone"
    common: Common
    volume: str
    new: str
    treatment: Treatment = Treatment.PAUSE

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return f"{safe(self.volume)} as {safe(self.new)}"


@dataclass(frozen=True, slots=True)
class CreatePlan:
    """Make a volume, and see that it can be mounted."""

    kind: ClassVar[str] = "create"
    common: Common
    name: str
    driver: str = "local"
    options: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return safe(self.name)


@dataclass(frozen=True, slots=True)
class RemovePlan:
    """Delete volumes that nothing uses."""

    kind: ClassVar[str] = "remove"
    common: Common
    volumes: tuple[str, ...]
    backup: bool = True
    """Back each up first."""
    protected: tuple[str, ...] = ()
    """Those of them that are labelled as protected and were named outright."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return listed([safe(volume) for volume in self.volumes], most=2)


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """Put a volume's content into an image that another host can load."""

    kind: ClassVar[str] = "image"
    common: Common
    source: Source
    reference: str
    """The image's name, ``repository:tag``."""
    file: str = ""
    """An absolute path that the image is written to, or empty: it stays in the engine."""
    treatment: Treatment = Treatment.PAUSE

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return f"{safe(self.source.short)} as {safe(self.reference)}"


@dataclass(frozen=True, slots=True)
class ImportImagePlan:
    """Fill a new volume with what an image holds."""

    kind: ClassVar[str] = "import-image"
    common: Common
    reference: str
    volume: str
    path: str = ""
    """The directory in the image, or empty: the image tells."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return f"{safe(self.reference)} into {safe(self.volume)}"


Plan = (
    BackupPlan
    | RestorePlan
    | VerifyPlan
    | ExportPlan
    | PrunePlan
    | SharePlan
    | UnsharePlan
    | ClonePlan
    | CreatePlan
    | RemovePlan
    | ImagePlan
    | ImportImagePlan
)
_KINDS: dict[str, type[Plan]] = {plan.kind: plan for plan in get_args(Plan)}


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
