"""Keys that the user gives the explorer to open encrypted backups: it has them while it lives, and nobody else does.

A file of identities is named by its path, as on the command line. A passphrase opens the backups' own keys, which jobs
read from this process's memory by a path below ``/proc``: nothing of either is written to a disk.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from voltui.archive import manifest
from voltui.jobs.common import Common
from voltui.jobs.keys import IN_MEMORY, Keyring
from voltui.model.backup import Backup
from voltui.model.errors import Refused
from voltui.model.paths import absolute
from voltui.model.safe import safe


class GivenKeys:
    """What was given since this process began."""

    def __init__(self) -> None:
        self._identities: list[str] = []
        self._phrases: list[str] = []

    def common(self, common: Common, backups: Sequence[Backup]) -> Common:
        """What a job with these backups needs to know, with what was given where one of them is encrypted."""
        if not any(backup.encrypted for backup in backups):
            return common
        return replace(common, identities=(*common.identities, *self._identities))

    def locked(self, backups: Sequence[Backup], common: Common, state: Path) -> list[Backup]:
        """Those that no key opens. Takes a second for each passphrase tried.

        Raises `Usage` for a key that settings name and that can't be read, `Damaged` for a manifest that was altered.
        """
        return [backup for backup in backups if not self._opens(backup, common, state)]

    def give_identities(self, file: str, backup: Backup) -> None:
        """Take a file of secret keys. Raises `Usage` for one that is none, `Refused` where it does not open this."""
        from voltui.archive import seal

        path = absolute(file)
        try:
            manifest.unsealed(backup, seal.Key(seal.identities(path)))
        except Refused as error:
            raise Refused(f"{safe(str(path))} does not open {safe(backup.id)}.", "Name another.") from error
        self._identities.append(str(path))

    def give_passphrase(self, phrase: str, backup: Backup) -> None:
        """Take a passphrase. Raises `Refused` for a wrong one."""
        if not self._try(phrase, backup):
            raise Refused(f"That does not open {safe(backup.id)}.", "Type it again.")
        self._phrases.append(phrase)

    def _opens(self, backup: Backup, common: Common, state: Path) -> bool:
        try:
            Keyring.of(self.common(common, [backup]), state).opened(backup, accept_plain=True)
        except Refused:
            return any(self._try(phrase, backup) for phrase in self._phrases)
        return True

    def _try(self, phrase: str, backup: Backup) -> bool:
        """Whether it opens the backup, whose own key is had from then on."""
        from voltui.archive import seal

        if not backup.wrapped_key:
            return False
        try:
            own = seal.unwrap(backup.wrapped_key, phrase, backup.id)
        except Refused:
            return False
        self._identities.append(_in_memory(f"{own}\n"))
        return True


def _in_memory(secret: str) -> str:
    """The path of a secret as a file that is nowhere but in this process's memory."""
    descriptor = os.memfd_create("key")
    os.write(descriptor, secret.encode())
    return f"{IN_MEMORY}{os.getpid()}/fd/{descriptor}"
