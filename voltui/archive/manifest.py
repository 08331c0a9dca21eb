"""The manifest: a backup's description as JSON, published last. Where it stands, the backup is complete.

Its fields are those of `voltui.model.backup.Backup`: sizes in bytes, times in UTC (RFC 3339), durations in seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from voltui.model.backup import FORMAT_VERSION, Backup, Loss
from voltui.model.errors import Damaged
from voltui.model.safe import safe

if TYPE_CHECKING:
    from voltui.archive.seal import Key, Seal


class _Version(Struct, frozen=True):
    format: int


def encode(backup: Backup) -> bytes:
    """The manifest file's bytes."""
    return msgspec.json.format(msgspec.json.encode(backup), indent=1) + b"\n"


def _checked(backup: Backup, name: str) -> Backup:
    """The backup with its sentences made safe for a terminal. Raises `Damaged` for what no backup can be."""
    times = (backup.started, backup.ended, backup.verified or backup.ended)
    sizes = (backup.archive.size, backup.index.size, backup.content.size, backup.content.stored)
    if any(time.tzinfo is None for time in times) or min(*sizes, *backup.content.entries.values(), 0) < 0:
        raise Damaged(f"{safe(name)} tells a time without its zone, or a negative size.", "It was edited.")
    losses = tuple(Loss(safe(loss.kind), safe(loss.sentence), tuple(map(safe, loss.paths))) for loss in backup.losses)
    return replace(
        backup,
        losses=losses,
        damaged=safe(backup.damaged),
        transport=safe(backup.transport),
        tool_version=safe(backup.tool_version),
    )


def decode(data: bytes, name: str) -> Backup:
    """The backup a manifest describes. ``name`` is the file's, for the error. Raises `Damaged`."""
    try:
        version = msgspec.json.decode(data, type=_Version).format
        if version == FORMAT_VERSION:
            return _checked(msgspec.json.decode(data, type=Backup), name)
    except msgspec.MsgspecError as error:
        raise Damaged(f"{safe(name)} is not a VolTUI manifest: {safe(str(error))}.", "It was cut or edited.") from error
    raise Damaged(
        f"{safe(name)} is of format {version}; this VolTUI reads format {FORMAT_VERSION}.",
        "Use a newer VolTUI, or restore it by hand with tar (see the README).",
    )


def sealed(backup: Backup, seal: Seal) -> Backup:
    """What anybody may read of an encrypted backup, with the whole of it sealed inside."""
    return replace(_public(backup), sealed=seal.close(encode(backup)), wrapped_key=seal.wrapped)


def unsealed(backup: Backup, key: Key) -> Backup:
    """The whole of an encrypted backup. Raises `Refused` where the key does not fit, `Damaged` where it was altered.

    What is readable must be what is sealed, the archive's and index's hashes above all: a manifest that was edited, or
    put in another's place, is found here, before anything is done with it.
    """
    whole = decode(key.open(backup.sealed, backup.id), backup.id)
    readable = replace(backup, sealed="", wrapped_key="", verified=None, damaged="")
    if _public(whole) != readable:
        raise Damaged(f"The manifest of {safe(backup.id)} is not the one that was sealed.", "It was edited or swapped.")
    return replace(
        whole,
        sealed=backup.sealed,
        wrapped_key=backup.wrapped_key,
        verified=backup.verified,
        damaged=backup.damaged,
    )


def _public(backup: Backup) -> Backup:
    """What a list needs, which names nothing of the content."""
    losses = tuple(Loss(loss.kind, f"{loss.kind}: what it is about is encrypted.") for loss in backup.losses)
    return replace(backup, driver="", options={}, labels={}, users=(), losses=losses, verified=None, damaged="")
