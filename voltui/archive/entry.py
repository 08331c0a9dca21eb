"""One member of an archive, and the line that stands for it in the index.

The index is JSON, one object a line, in the archive's order. Text fields hold file names as UTF-8 with
Python's surrogate escapes for other bytes. The encoding is deterministic: equal entries make equal lines,
so verification compares lines and parses none.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring_ascii as _quoted
from typing import NamedTuple

from voltui.model.errors import Damaged
from voltui.model.kinds import FILE

ROOT = b"."
"""The path of the archived directory itself."""
EMPTY_HASH = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
"""BLAKE3 of nothing."""

_SECOND = 1_000_000_000


class Entry(NamedTuple):
    """A member of an archive."""

    path: bytes
    """Relative, without ``./`` and trailing slash; ``.`` is the archived directory itself."""
    type: str
    """One of `voltui.model.kinds`."""
    size: int
    """Bytes of a regular file as a listing shows them: holes of a sparse file count. Else 0."""
    mode: int
    """The twelve permission bits."""
    uid: int
    gid: int
    mtime: int
    """Nanoseconds since 1970, UTC; negative before."""
    link: bytes = b""
    """A symlink's target as written, or the path of a hard link's first name, like ``path``."""
    device: tuple[int, int] | None = None
    """Major and minor number of a device."""
    xattrs: tuple[tuple[str, str], ...] = ()
    """Extended attributes and ACLs: name and BLAKE3 of the value, by name."""
    sparse: bool = False
    """Whether the archive holds its data only, with a map of the holes."""
    hash: str = ""
    """BLAKE3 of a regular file's bytes as the archive holds them (of a sparse file: map and data)."""


def text(raw: bytes) -> str:
    """A file name's bytes as text; bytes that are not UTF-8 survive as surrogate escapes."""
    return raw.decode("utf-8", "surrogateescape")


def raw(name: str) -> bytes:
    """The bytes that `text` was given."""
    return name.encode("utf-8", "surrogateescape")


def index_line(entry: Entry) -> str:
    """The entry's line in the index, with its newline."""
    path, kind, size, mode, uid, gid, mtime, link, device, xattrs, sparse, digest = entry
    seconds, nanos = divmod(abs(mtime), _SECOND)
    sign = "-" if mtime < 0 else ""
    line = (
        f'{{"path":{_quoted(path.decode("utf-8", "surrogateescape"))},"type":"{kind}","size":{size},'
        f'"mode":"{mode:04o}","uid":{uid},"gid":{gid},"mtime":"{sign}{seconds}.{nanos:09d}"'
    )
    if digest:
        line += f',"hash":"{digest}"'
    if kind == FILE and not sparse and not xattrs:
        return line + "}\n"
    return line + _rare_fields(link, device, xattrs, sparse) + "}\n"


def _rare_fields(link: bytes, device: tuple[int, int] | None, xattrs: tuple[tuple[str, str], ...], sparse: bool) -> str:
    fields = ""
    if link:
        fields += f',"link":{_quoted(text(link))}'
    if device:
        fields += f',"device":"{device[0]}:{device[1]}"'
    if sparse:
        fields += ',"sparse":true'
    if xattrs:
        fields += f',"xattrs":{json.dumps(dict(xattrs), separators=(",", ":"))}'
    return fields


def parse_index_line(line: str | bytes) -> Entry:
    """The entry of an index line. Raises `Damaged` where the line is not one."""
    try:
        data = json.loads(line)
        seconds, _, nanos = data["mtime"].lstrip("-").partition(".")
        mtime = int(seconds) * _SECOND + int(nanos)
        major, _, minor = data.get("device", "").partition(":")
        return Entry(
            path=raw(data["path"]),
            type=data["type"],
            size=data["size"],
            mode=int(data["mode"], 8),
            uid=data["uid"],
            gid=data["gid"],
            mtime=-mtime if data["mtime"].startswith("-") else mtime,
            link=raw(data.get("link", "")),
            device=(int(major), int(minor)) if major else None,
            xattrs=tuple(sorted(data.get("xattrs", {}).items())),
            sparse=data.get("sparse", False),
            hash=data.get("hash", ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged("The index holds a line that is not an entry.") from error
