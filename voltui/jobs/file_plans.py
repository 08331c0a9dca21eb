"""What a job is to do with some of the files of a volume or backup. Paths are bytes, as file systems have them."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from voltui.jobs.common import Common
from voltui.model.safe import safe, safe_path
from voltui.model.source import Source
from voltui.model.text import listed


def _named(paths: tuple[bytes, ...]) -> str:
    return listed([safe_path(path.rpartition(b"/")[2]) for path in paths], most=2)


class CopyOutPlan(Struct, frozen=True):
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


class RestoreFilesPlan(Struct, frozen=True):
    """Put entries of a backup back in their places."""

    kind: ClassVar[str] = "restore-files"
    common: Common
    target: Source
    backup: str
    """A backup's whole id."""
    paths: tuple[bytes, ...]
    accept_plain: bool = False
    """Take a backup that is not encrypted although the user has named keys."""
    force: bool = False
    """Replace content of a volume that is labelled as protected, too."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return f"{_named(self.paths)} of {safe(self.target.short)}"


class DeleteFilesPlan(Struct, frozen=True):
    """Delete entries of a volume, or for good what an earlier job has put aside."""

    kind: ClassVar[str] = "delete-files"
    common: Common
    target: Source
    paths: tuple[bytes, ...]
    force: bool = False
    """Delete from a volume that is labelled as protected, too."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return f"{_named(self.paths)} of {safe(self.target.short)}"


class UndoFilesPlan(Struct, frozen=True):
    """Put back what a job has put aside in a volume, and take away what it has brought."""

    kind: ClassVar[str] = "undo-files"
    common: Common
    target: Source
    job: str
    """The job that is undone."""
    replaced: tuple[bytes, ...]
    """The paths at which something was before."""
    new: tuple[bytes, ...]
    """The paths at which nothing was."""
    stops: bool = False
    """Whether running users are stopped for the exchange, as they were then."""
    force: bool = False
    """Change a volume that is labelled as protected, too."""
    redoes: bool = False
    """Whether the job that is undone was an undo itself."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        paths = (*self.replaced, *self.new)  # of what an undo took away altogether none is left to name
        return f"{_named(paths)} of {safe(self.target.short)}" if paths else safe(self.target.short)


class PutPlan(Struct, frozen=True):
    """Put files and directories of this machine into a folder of a volume."""

    kind: ClassVar[str] = "put"
    common: Common
    target: Source
    sources: tuple[bytes, ...]
    """Absolute paths."""
    into: bytes = b""
    """The folder's path in the volume; empty is its root."""
    replace: bool = False
    """Replace what has the same name there."""
    force: bool = False
    """Change a volume that is labelled as protected, too."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return f"{_named(self.sources)} into {safe(self.target.short)}"


class EditPlan(Struct, frozen=True):
    """Write a file that was edited on this machine back into its volume."""

    kind: ClassVar[str] = "edit"
    common: Common
    target: Source
    path: bytes
    file: bytes
    """The absolute path of the edited copy."""
    was: str
    """The SHA-256 of what it was when it was read."""
    force: bool = False
    """Change a volume that is labelled as protected, too."""

    @property
    def subject(self) -> str:
        """What it is about, for a line of text."""
        return f"{_named((self.path,))} of {safe(self.target.short)}"


ChangeFilesPlan = RestoreFilesPlan | DeleteFilesPlan | PutPlan | EditPlan | UndoFilesPlan
"""All that change files of a volume, and can be undone."""
