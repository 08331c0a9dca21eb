"""How the files of a backup are named.

    <store>/<volume>/<volume>@<UTC time>.tar.zst      the archive
                     <volume>@<UTC time>.index.zst    the file index
                     <volume>@<UTC time>.json         the manifest, published last

Archive and index of an encrypted backup end in ``.age`` besides.
"""

from __future__ import annotations

from urllib.parse import quote

from blake3 import blake3

from voltui.model.source import Source

ARCHIVE, INDEX, MANIFEST = ".tar.zst", ".index.zst", ".json"
ENCRYPTED = ".age"
DATA = (ARCHIVE, INDEX, ARCHIVE + ENCRYPTED, INDEX + ENCRYPTED)
PART = ".part-"
_MOST_OF_NAME = 180
"""Bytes of an encoded name: with time, ending and the mark of an unfinished part it must stay below 255."""


def folder_name(source: Source) -> str:
    """A volume's name is a file name already; a path is percent-encoded into one. Long ones end in a hash."""
    return _file_name(source.name)


def file_stem(identifier: str) -> str:
    """The name of a backup's files, without their endings."""
    name, _, moment = identifier.rpartition("@")
    return f"{_file_name(name)}@{moment}"


def _file_name(name: str) -> str:
    encoded = quote(name, safe="")
    if len(encoded) <= _MOST_OF_NAME:
        return encoded
    return f"{encoded[: _MOST_OF_NAME - 17]}~{blake3(encoded.encode()).hexdigest(length=8)}"
