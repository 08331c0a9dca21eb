"""What a look at a store has found: its backups, and what in it can't be read."""

from __future__ import annotations

from msgspec import Struct

from voltui.model.backup import Backup
from voltui.model.errors import VoltuiError
from voltui.model.source import Source
from voltui.store.names import folder_name

STORE = "store"
"""What a `Problem` names where nothing of the store can be read."""


class Problem(Struct, frozen=True):
    """A manifest, a folder or a store that can't be read."""

    name: str
    """Of the file or folder, safe for a terminal."""
    error: VoltuiError
    folder: str = ""
    """The folder of the store that it is, or is in."""


class Listing(Struct, frozen=True):
    """What is in a store: backups, newest first, and what is there but can't be read.

    One whose archive or index is missing, or has not the size that its manifest tells, is ``damaged`` there and then:
    whether all is as it was made tells `verify` alone.
    """

    backups: tuple[Backup, ...]
    problems: tuple[Problem, ...] = ()

    def of(self, source: Source) -> tuple[Backup, ...]:
        """The backups of one source, newest first."""
        return tuple(backup for backup in self.backups if backup.source.name == source.name)

    def unsure_of(self, source: Source) -> bool:
        """Whether something that can't be read may be of this source."""
        return folder_name(source) in {problem.folder for problem in self.problems}
