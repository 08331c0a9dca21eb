"""What a job is to do with volumes as a whole: share, clone, make, remove, carry to another host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct, field

from voltui.jobs.common import Common, Treatment
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed


class Share(Struct, frozen=True):
    """One volume that is shared, and where it is to be found."""

    volume: str
    at: str
    """Absolute path in the containers."""
    read_only: bool = False
    """Whether it can only be read there, whatever was asked for: so an older data container may hold it."""


class SharePlan(Struct, frozen=True):
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


class UnsharePlan(Struct, frozen=True):
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


class ClonePlan(Struct, frozen=True):
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


class CreatePlan(Struct, frozen=True):
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


class RemovePlan(Struct, frozen=True):
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


class ImagePlan(Struct, frozen=True):
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


class ImportImagePlan(Struct, frozen=True):
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
