"""A mount: one source at one destination in one container."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class MountKind(StrEnum):
    """The kinds of mount source, as the Engine API names them."""

    VOLUME = "volume"
    BIND = "bind"
    TMPFS = "tmpfs"
    OTHER = "other"


class Mount(Struct, frozen=True):
    """One entry of a container's ``Mounts``."""

    kind: MountKind
    source: str
    """The volume's name, the host path of a bind, or empty for a tmpfs."""
    destination: str
    """Absolute path in the container."""
    read_only: bool
    propagation: str = ""
    driver: str = ""
    subpath: str = ""
    """The directory of the volume that is mounted; only an inspect tells it (Docker 26 and later)."""

    @property
    def access(self) -> str:
        """``ro`` or ``rw``."""
        return "ro" if self.read_only else "rw"
