"""How the store stands: whether it can be read and written, by whom, how much room it has, what in it is damaged."""

from __future__ import annotations

import os
from pathlib import Path

from voltui.format import size
from voltui.jobs.check import Check
from voltui.model.backup import counted
from voltui.model.errors import VoltuiError
from voltui.model.safe import safe
from voltui.model.text import listed, plural
from voltui.store.listing import Listing
from voltui.store.local import LocalStore

_OTHERS_WRITE, _OTHERS = 0o022, 0o077


def store_checks(store: LocalStore) -> list[Check]:
    """What is to be said of the store and of its backups."""
    try:
        listing = store.listing()
        free = store.free_bytes()
    except VoltuiError as error:
        return [Check("store", "bad", error.sentence, error.hint)]
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return [Check("store", "bad", f"The store {safe(str(store.root))} can't be read: {reason}.", _ELSEWHERE)]
    checks = [_directory(store, listing, free)]
    return [*checks, _backups(listing)] if listing.backups or listing.problems else checks


_ELSEWHERE = "See to that directory, or name another with --store."


def _directory(store: LocalStore, listing: Listing, free: int) -> Check:
    root = store.root
    where = safe(str(root))
    words = f"{where}, {counted(listing.backups)}, {size(free)} free"
    if not os.access(store.existing(), os.W_OK):
        return Check("store", "bad", f"{words}; this user can't write there.", _ELSEWHERE)
    largest = max((backup.archive.size for backup in listing.backups), default=0)
    if free <= largest:
        said = f"{words}: that is less than the largest backup takes, {size(largest)}." if largest else f"{words}."
        return Check("store", "warning", said, "Free space there, prune old backups, or name another with --store.")
    mode = _mode(root)
    if mode & _OTHERS:
        they = "others may write to it" if mode & _OTHERS_WRITE else "others may look into it"
        return Check("store", "warning", f"{words}; {they}.", f"chmod go= {where}")
    return Check("store", "ok", words)


def _mode(root: Path) -> int:
    """The permissions of the store; none where it is not made yet."""
    try:
        return root.stat().st_mode & 0o777
    except FileNotFoundError:
        return 0


def _backups(listing: Listing) -> Check:
    damaged = [safe(backup.id) for backup in listing.backups if backup.damaged]
    damaged += [problem.name for problem in listing.problems]
    if damaged:
        hint = "`voltui backups` tells of each. Back up again what they are of, then remove them."
        return Check("backups", "bad", f"{len(damaged)} DAMAGED: {listed(damaged)}.", hint)
    unproved = sum(backup.verified is None for backup in listing.backups)
    if unproved:
        said = f"{plural(unproved, 'backup')} not read back yet."
        return Check("backups", "warning", said, "`voltui verify --all` reads back all that there are.")
    return Check("backups", "ok", "each was read back once, and its files have the sizes that they had then")
