"""A member of an archive, decoded from its header block and the extended records before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from blake3 import blake3

from voltui.archive.entry import ROOT, text
from voltui.archive.tar import (
    GNU_SPARSE,
    NUMBERS,
    SPARSE_MAP,
    TYPES,
    Header,
    integer,
    nanoseconds,
    number,
)
from voltui.model.errors import Damaged
from voltui.model.kinds import BLOCK_DEVICE, CHAR, DIR, FILE, LINK, SYMLINK
from voltui.model.safe import safe_path

_XATTR, _ACL = b"SCHILY.xattr.", b"SCHILY.acl."
_LARGEST = 1 << 63
_SECOND = 1_000_000_000
_NO_RECORDS: Mapping[bytes, bytes] = {}


class Member(NamedTuple):
    """An entry without its hash, and what a writer needs to write it again."""

    fields: tuple[bytes, str, int, int, int, int, int, bytes, tuple[int, int] | None, tuple[tuple[str, str], ...], bool]
    """The fields of an `Entry` in their order, without the hash."""
    stored: int
    """Bytes of content that follow in the archive."""
    attributes: Mapping[bytes, bytes]
    """The PAX records of extended attributes and ACLs."""
    sparse_map: tuple[int, ...] | None
    """Offsets and lengths of a sparse file's data where the map stands before the content, not in it."""
    plain: bytes = b""
    """The header block itself where it tells all: POSIX, and no extended record changes it."""


def decode(
    header: Header, records: Mapping[bytes, bytes], mtime: int | None, root: bytes | None, plain: bytes = b""
) -> Member:
    """The member of a header, changed by its extended ``records``; ``plain`` is its block where there are none.

    ``mtime`` in nanoseconds where the caller has parsed it already. ``root`` is the prefix that every path
    must have (``./``), which is taken off; with ``None`` any path is taken and cleaned. Raises `Damaged`.
    """
    mode, uid, gid, stored, seconds = _numbers(header.numbers)
    path, link = _names(header)
    if mtime is None:
        mtime = seconds * _SECOND
    if records:
        path, link = records.get(b"path", path), records.get(b"linkpath", link)
        stored, uid, gid = (
            integer(records[key]) if key in records else value
            for key, value in ((b"size", stored), (b"uid", uid), (b"gid", gid))
        )
        mtime = nanoseconds(records[b"mtime"]) if b"mtime" in records else mtime
    size, sparse_map, sparse = stored, None, False
    if header.type == GNU_SPARSE or b"GNU.sparse.realsize" in records or b"GNU.sparse.size" in records:
        path, size, sparse_map = _sparse(header, records, path)
        sparse = True
    kind = _kind(header, path)
    if kind != FILE:
        stored, size = _no_content(kind, stored, path), 0
    attributes = _attributes(records) if records else _NO_RECORDS
    fields = (
        _relative(path, root),
        kind,
        size,
        mode & 0o7777,
        uid,
        gid,
        mtime,
        _link(kind, link, root),
        (number(header.major), number(header.minor)) if kind in (CHAR, BLOCK_DEVICE) else None,
        _attribute_hashes(attributes) if attributes else (),
        sparse,
    )
    if stored >= _LARGEST or size >= _LARGEST:
        raise Damaged(f"The archive claims {stored:,} bytes for {safe_path(path)}.")
    return Member(fields, stored, attributes, sparse_map, plain)


def _numbers(field: bytes) -> tuple[int, int, int, int, int]:
    match = NUMBERS.fullmatch(field)
    if match is not None:
        mode, uid, gid, size, seconds = match.groups()
        return int(mode, 8), int(uid, 8), int(gid, 8), int(size, 8), int(seconds, 8)
    parts = (field[:8], field[8:16], field[16:24], field[24:36], field[36:48])
    mode_, uid_, gid_, size_, seconds_ = (number(part) for part in parts)
    if min(uid_, gid_, size_) < 0:
        raise Damaged("The archive has a header with a negative size or owner in it.")
    return mode_, uid_, gid_, size_, seconds_


def _names(header: Header) -> tuple[bytes, bytes]:
    path = header.name.rstrip(b"\0")
    posix = header.magic == b"ustar" and header.version[:1] == b"\0"
    if posix and header.prefix[0]:
        path = header.prefix.rstrip(b"\0") + b"/" + path
    return path, header.link.rstrip(b"\0")


def _kind(header: Header, path: bytes) -> str:
    kind = TYPES.get(header.type)
    if kind is None:
        raise Damaged(f"The archive holds {safe_path(path)} as a type {header.type!r} that VolTUI does not know.")
    if not path or b"\0" in path:
        raise Damaged("The archive holds a member without a usable name.")
    return DIR if kind == FILE and path.endswith(b"/") else kind


def _no_content(kind: str, stored: int, path: bytes) -> int:
    """What follows a member without content: nothing, or the archive lies. GNU tar ignores a hard link's size."""
    if stored and kind != LINK:
        raise Damaged(f"The archive claims {stored:,} bytes of content for {safe_path(path)}, a {kind}.")
    return 0


def _relative(path: bytes, root: bytes | None) -> bytes:
    if root is None:
        return _cleaned(path)
    if path.startswith(root):
        path = path[len(root) :]
    elif path != root[:-1]:
        raise Damaged(f"The archive holds {safe_path(path)}, which is not below {root.decode()}.")
    if path.endswith(b"/"):
        path = path.rstrip(b"/")
    return path or ROOT


def _cleaned(path: bytes) -> bytes:
    """A foreign path without empty and ``.`` parts. ``..`` and a leading slash stay, for the guard to refuse."""
    inside = b"/".join(part for part in path.split(b"/") if part not in (b"", b"."))
    return b"/" + inside if path.startswith(b"/") else inside or ROOT


def _link(kind: str, link: bytes, root: bytes | None) -> bytes:
    if kind == LINK:
        return _relative(link, root)
    return link if kind == SYMLINK else b""


def _sparse(header: Header, records: Mapping[bytes, bytes], path: bytes) -> tuple[bytes, int, tuple[int, ...] | None]:
    """Name, size and, where it is not in the content, the map (GNU tar manual, "Storing Sparse Files")."""
    if header.type == GNU_SPARSE:
        return path, number(header.prefix[138:150]), old_sparse_map(header.prefix[41:137])
    path = records.get(b"GNU.sparse.name", path)
    if b"GNU.sparse.realsize" in records:
        return path, integer(records[b"GNU.sparse.realsize"]), None
    pieces = tuple(integer(piece) for piece in records.get(SPARSE_MAP, b"").split(b",") if piece)
    if len(pieces) % 2:
        raise Damaged(f"The archive has a broken map of the sparse file {safe_path(path)}.")
    return path, integer(records[b"GNU.sparse.size"]), pieces


def old_sparse_map(field: bytes) -> tuple[int, ...]:
    """Offsets and lengths in the old GNU format: pairs of 12-byte numbers, unused ones empty."""
    pairs = [field[at : at + 24] for at in range(0, len(field), 24)]
    return tuple(number(half) for pair in pairs if pair.strip(b"\0 ") for half in (pair[:12], pair[12:]))


def _attributes(records: Mapping[bytes, bytes]) -> Mapping[bytes, bytes]:
    return {key: value for key, value in records.items() if key.startswith((_XATTR, _ACL))} or _NO_RECORDS


def _attribute_hashes(attributes: Mapping[bytes, bytes]) -> tuple[tuple[str, str], ...]:
    named = {
        text(key.removeprefix(_XATTR).removeprefix(b"SCHILY.")): blake3(value).hexdigest()
        for key, value in attributes.items()
    }
    return tuple(sorted(named.items()))
