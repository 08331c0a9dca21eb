"""A volume, as the engine knows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

ANONYMOUS_NAME = re.compile(r"[0-9a-f]{64}")
_ANONYMOUS_LABEL = "com.docker.volume.anonymous"
MADE_LABEL = "voltui.made-by"
"""Tells the job that made a volume. Names can be used again; only the label tells whether a volume is still its own."""
PROTECT_LABEL = "voltui.protect"
PROJECT_LABEL, _STACK_LABEL = "com.docker.compose.project", "com.docker.stack.namespace"


def project_of(labels: Mapping[str, str]) -> str:
    """The Compose project, else the Swarm stack, that labels name; empty where they name none."""
    return labels.get(PROJECT_LABEL) or labels.get(_STACK_LABEL, "")


class Volume(Struct, frozen=True):
    """A named or anonymous volume. ``options`` are the driver's (``type``, ``device``, ``o``)."""

    name: str
    driver: str = "local"
    created: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    mountpoint: str = ""
    scope: str = "local"

    @property
    def anonymous(self) -> bool:
        """Whether the engine named it: 64 hexadecimal digits, or the label of newer engines."""
        return _ANONYMOUS_LABEL in self.labels or ANONYMOUS_NAME.fullmatch(self.name) is not None

    @property
    def protected(self) -> bool:
        """Whether its owner wants it neither replaced nor removed without being asked by name."""
        return self.labels.get(PROTECT_LABEL, "").lower() in ("true", "1", "yes")

    @property
    def project(self) -> str:
        """The Compose project or Swarm stack it belongs to, or empty."""
        return project_of(self.labels)

    @property
    def places(self) -> tuple[str, ...]:
        """The directories of the engine's host that are this volume: its own, and the one it binds."""
        binds = "bind" in self.options.get("o", "").split(",") or self.options.get("type") == "none"
        return tuple(filter(None, (self.mountpoint, self.options.get("device", "") if binds else "")))

    @property
    def kind(self) -> str:
        """The driver and, where driver options say so, what it mounts: ``local``, ``local nfs``, ``local tmpfs``."""
        mounts = self.options.get("type", "")
        if not mounts and self.options.get("o", "").startswith("bind"):
            mounts = "bind"
        if mounts == "none":
            mounts = "bind"
        return f"{self.driver} {mounts}".strip()
