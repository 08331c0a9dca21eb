"""The keys of encrypted backups: what new ones are sealed with, and what opens those that are there.

Secrets are only ever named by the paths of their files: in settings, in plans, on command lines.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from voltui.archive import manifest
from voltui.model.backup import Backup
from voltui.model.errors import Damaged, Refused, Usage
from voltui.model.safe import safe
from voltui.store.files import private_directory, write_file
from voltui.store.names import file_stem

if TYPE_CHECKING:
    from voltui.archive.seal import Key, Seal
    from voltui.jobs.common import Common

IN_MEMORY = "/proc/"
"""Begins the path of a key that is nowhere but in a process's memory, and gone when that ends."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """What this user can seal and open. age is loaded when there is something to do for it."""

    state: Path
    """The state directory, where the keys of undo backups are."""
    recipients: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    passphrase_file: str = ""
    _fresh: dict[str, Key] = field(default_factory=dict, repr=False)
    """The own keys of backups that this process has made, by id."""
    _held: dict[str, Key] = field(default_factory=dict, repr=False)
    """Keys that were in another process's memory only, by their paths."""
    _opened: set[str] = field(default_factory=set, repr=False)
    """The encrypted backups that this process has opened: what they replace is to be no less safe."""

    @classmethod
    def of(cls, common: Common, state: Path) -> Keyring:
        """The keys that settings name."""
        return cls(state, common.recipients, common.identities, common.passphrase_file)

    def hold(self) -> None:
        """Read now what is in another process's memory only, which may end before this one."""
        for path in self.identities:
            if path.startswith(IN_MEMORY):
                with suppress(Usage):  # it has ended already: what it would open is refused then
                    self._held[path] = _key_of(Path(path))

    def new_seal(self) -> Seal | None:
        """A seal for one new backup; ``None`` where backups are not to be encrypted. Takes a second with a passphrase.

        Raises `Usage` for a recipient or passphrase file that can't be used.
        """
        if not self.recipients and not self.passphrase_file:
            return None
        from voltui.archive import seal

        phrase = seal.passphrase(Path(self.passphrase_file)) if self.passphrase_file else ""
        return seal.Seal.new(self.recipients, phrase)

    def new_undo_seal(self) -> Seal | None:
        """A seal for what a restore replaces: also where only keys that open were named, with its own key alone."""
        named = self.identities or self._opened
        if self.recipients or self.passphrase_file or not named:
            return self.new_seal()
        from voltui.archive import seal

        return seal.Seal.new(())

    def remember(self, backup_id: str, seal: Seal, *, keep: bool) -> None:
        """The backup's own key opens it while this process lives; with ``keep`` also later, for this user.

        Kept are the keys of what a restore replaced: an undo must work without the user. It shows nobody more than the
        volume itself does, which is on the same machine.
        """
        self._fresh[backup_id] = seal.key
        if keep:
            path = self._kept(backup_id)
            private_directory(path.parent)
            write_file(path, f"{seal.secret}\n".encode())

    def forget(self, backup_id: str) -> None:
        """The backup is gone."""
        self._kept(backup_id).unlink(missing_ok=True)

    def opened(self, backup: Backup, *, accept_plain: bool = False) -> tuple[Backup, Key | None]:
        """The whole manifest of a backup, and the key to its archive; ``None`` where it is not encrypted.

        Raises `Refused` where no key that is known opens it, `Damaged` where its manifest was altered. Where the user
        has named keys, one in plain is refused too unless that is to be accepted: whoever can write to the store could
        have put it there in place of an encrypted one.
        """
        if not backup.encrypted:
            if backup.id in self._fresh or self._kept(backup.id).exists():
                raise Damaged(
                    f"{safe(backup.id)} was encrypted when it was made, and is not any more.", "It was swapped."
                )
            if not accept_plain and (self.recipients or self.identities or self.passphrase_file):
                raise Refused(
                    f"{safe(backup.id)} is not encrypted, but you have named keys: anybody who can write to the store "
                    "may have made it.",
                    "Where you trust it, --accept-plain takes it.",
                )
            return backup, None
        refusal = Refused(
            f"{safe(backup.id)} is encrypted, and no key to it was given.",
            "Give --identity FILE or --passphrase-file FILE, or name one in the configuration.",
        )
        for find in (self._own, self._by_identities, self._by_passphrase):
            try:
                key = find(backup)
                if key is not None:
                    whole = manifest.unsealed(backup, key)
                    self._opened.add(backup.id)
                    return whole, key
            except Refused as error:
                refusal = error
        raise refusal

    def _own(self, backup: Backup) -> Key | None:
        """The backup's own key, as it was made here."""
        if backup.id in self._fresh:
            return self._fresh[backup.id]
        if self._kept(backup.id).exists():
            return _key_of(self._kept(backup.id))
        return None

    def _by_identities(self, backup: Backup) -> Key | None:
        """One of the keys given that fits, or all that are in files."""
        for held in self._held.values():
            with suppress(Refused):
                manifest.unsealed(backup, held)
                return held
        paths = [Path(path) for path in self.identities if path not in self._held]
        return _key_of(*paths) if paths else None

    def _by_passphrase(self, backup: Backup) -> Key | None:
        if not self.passphrase_file or not backup.wrapped_key:
            return None
        from voltui.archive import seal

        phrase = seal.passphrase(Path(self.passphrase_file))
        return seal.Key([seal.unwrap(backup.wrapped_key, phrase, backup.id)])

    def _kept(self, backup_id: str) -> Path:
        return self.state / "keys" / f"{file_stem(backup_id)}.key"


def _key_of(*paths: Path) -> Key:
    from voltui.archive import seal

    return seal.Key([identity for path in paths for identity in seal.identities(path)])
