"""What a job is to do with some of the files of a volume or backup. Paths are bytes, as file systems have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from voltui.jobs.common import Common
from voltui.model.safe import safe, safe_path
from voltui.model.source import Source
from voltui.model.text import listed


def _named(paths: tuple[bytes, ...]) -> str:
    return listed([safe_path(path.rpartition(b"/")[2]) for path in paths], most=2)


@dataclass(frozen=True, slots=True)
class CopyOutPlan:
    """Copy entries of a volume, as it is now, or of a backup into a directory of this machine."""

    kind: ClassVar[str] = "copy-out"
    common: Common
    paths: tuple[bytes, ...]
    directory: bytes
    """Absolute; made where it is missing."""
    source: Source | None = None
    backup: str = ""
    """A backup's whole id, or empty where ``source`` is given."""
    accept_plain: bool = False
    """Take a backup that is not encrypted although the user has named keys."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        origin = self.source.short if self.source else self.backup
        return f"{_named(self.paths)} of {safe(origin)} to {safe_path(self.directory)}"
