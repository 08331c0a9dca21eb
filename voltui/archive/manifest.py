"""The manifest: a backup's description as JSON, published last. Where it stands, the backup is complete.

Its fields are those of `voltui.model.backup.Backup`: sizes in bytes, times in UTC (RFC 3339), durations in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from voltui.model.backup import FORMAT_VERSION, Backup
from voltui.model.errors import Damaged
from voltui.model.safe import safe


@dataclass(frozen=True, slots=True)
class _Version:
    format: int


def encode(backup: Backup) -> bytes:
    """The manifest file's bytes."""
    return msgspec.json.format(msgspec.json.encode(backup), indent=1) + b"\n"


def decode(data: bytes, name: str) -> Backup:
    """The backup a manifest describes. ``name`` is the file's, for the error. Raises `Damaged`."""
    try:
        version = msgspec.json.decode(data, type=_Version).format
        if version == FORMAT_VERSION:
            return msgspec.json.decode(data, type=Backup)
    except msgspec.MsgspecError as error:
        raise Damaged(f"{safe(name)} is not a VolTUI manifest: {safe(str(error))}.", "It was cut or edited.") from error
    raise Damaged(
        f"{safe(name)} is of format {version}; this VolTUI reads format {FORMAT_VERSION}.",
        "Use a newer VolTUI, or restore it by hand with tar (see the README).",
    )
