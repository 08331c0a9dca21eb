"""What can be backed up: a volume, or a path on the engine's host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SourceKind = Literal["volume", "path"]


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A volume by name, or a bind mount's source by its absolute path on the engine's host."""

    kind: SourceKind
    name: str

    @classmethod
    def parse(cls, text: str) -> Source:
        """An absolute path is a path; anything else is a volume's name."""
        if text.startswith("/"):
            return cls("path", "/" + text.strip("/"))
        return cls("volume", text)

    @property
    def words(self) -> str:
        """``volume shop_pgdata``, ``path /srv/media``."""
        return f"{self.kind} {self.name}"
