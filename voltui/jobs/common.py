"""What every job needs to know, whatever it does."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from voltui.engine.endpoint import Endpoint

if TYPE_CHECKING:
    from voltui.config import Settings


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


class Common(Struct, frozen=True):
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
