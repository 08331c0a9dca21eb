"""A directory with one of everything that a round trip may lose, and a look at a tree that sees all of it.

The rows are those of the fidelity table in the README: special files, owners, times, attributes, ACLs, links, holes,
names.
"""

from __future__ import annotations

import os
import socket
import stat
import struct
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

_ACL_VERSION = 2
_USER_OBJ, _USER, _GROUP_OBJ, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_NO_ID = 0xFFFFFFFF


def acl(*entries: tuple[int, int, int]) -> bytes:
    """A POSIX ACL as the kernel stores it (``struct posix_acl_xattr``): version, then tag, permissions, id."""
    return struct.pack("<I", _ACL_VERSION) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


_ACL = acl((_USER_OBJ, 7, _NO_ID), (_USER, 5, 1234), (_GROUP_OBJ, 5, _NO_ID), (_MASK, 5, _NO_ID), (_OTHER, 0, _NO_ID))
_CAPABILITY = struct.pack("<IIIII", 0x02000001, 1 << 10, 0, 0, 0)
"""``cap_net_bind_service=ep`` (``struct vfs_cap_data``)."""


def make_tree(root: Path) -> None:
    """Fill a directory. Needs root."""
    _special(root)
    _owners_and_times(root)
    _attributes(root)
    _links_and_holes(root)
    _names(root)
    _root_itself(root)


def _special(root: Path) -> None:
    special = root / "special"
    special.mkdir()
    for name, mode in (("setuid", 0o4755), ("setgid", 0o2750), ("plain", 0o640), ("none", 0o000)):
        (special / name).write_bytes(name.encode())
        (special / name).chmod(mode)
    (special / "sticky").mkdir()
    (special / "sticky").chmod(0o1777)
    os.mknod(special / "char", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    os.mknod(special / "block", 0o660 | stat.S_IFBLK, os.makedev(7, 200))
    os.mkfifo(special / "fifo", 0o620)
    os.link(special / "fifo", special / "fifo-again")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(special / "socket"))
    (special / ".wh.whiteout").write_bytes(b"a name that overlay file systems use")


def _owners_and_times(root: Path) -> None:
    owned = root / "owned"
    owned.mkdir()
    for name, uid, gid in (
        ("ordinary", 1000, 1000),
        ("large", 3_000_000_000, 3_000_000_001),
        ("edge", 2**32 - 2, 2**32 - 2),
    ):
        (owned / name).write_bytes(name.encode())
        os.chown(owned / name, uid, gid)
    for name, moment in (
        ("nanoseconds", 1_700_000_000_123_456_789),
        ("before-1970", -86_400_000_000_000),
        ("far", 4_102_444_800_000_000_001),
    ):
        (owned / name).write_bytes(name.encode())
        os.utime(owned / name, ns=(moment, moment))
    (owned / "dir-with-time").mkdir()
    (owned / "dir-with-time" / "inside").write_bytes(b"")
    os.utime(owned / "dir-with-time", ns=(0, 1_600_000_000_000_000_007))


def _attributes(root: Path) -> None:
    marked = root / "attributes"
    marked.mkdir()
    for name in ("user", "trusted", "capability", "acl"):
        (marked / name).write_bytes(name.encode())
    os.setxattr(marked / "user", "user.note", b"binary\0value\n\xff")
    os.setxattr(marked / "user", "user.empty", b"")
    os.setxattr(marked / "trusted", "trusted.overlay.opaque", b"y")
    os.setxattr(marked / "capability", "security.capability", _CAPABILITY)
    os.setxattr(marked / "acl", "system.posix_acl_access", _ACL)
    (marked / "default-acl").mkdir()
    os.setxattr(marked / "default-acl", "system.posix_acl_default", _ACL)
    (marked / "default-acl" / "child").write_bytes(b"")


def _links_and_holes(root: Path) -> None:
    linked = root / "linked"
    linked.mkdir()
    (linked / "first").write_bytes(b"one file of two names")
    os.link(linked / "first", linked / "second")
    (linked / "relative").symlink_to("first")
    (linked / "outside").symlink_to("../../../../etc/passwd")
    (linked / "absolute").symlink_to("/etc/passwd")
    (linked / "dangling").symlink_to("nowhere")
    (linked / "to-dir").symlink_to("../special")
    os.lchown(linked / "dangling", 1000, 1000)
    with (linked / "sparse").open("wb") as file:
        file.truncate(1 << 30)
        file.seek(512 << 20)
        file.write(b"x" * 4096)


def _names(root: Path) -> None:
    named = root / "names"
    named.mkdir()
    for name in (
        b"new\nline",
        b"tab\there",
        b"\x1b[31mescape\x1b[0m",
        b"not-utf8-\xff\xfe\x80",
        "ünïcödé-\u202e".encode(),
        b"n" * 255,
        b"-rf",
        b"spaces and 'quotes\"",
        b"*",
        b"back\\slash",
    ):
        (named / os.fsdecode(name)).write_bytes(name)
    deep = named
    for level in range(12):
        deep /= f"{level}" + "d" * 120
        deep.mkdir()
    (deep / "leaf").write_bytes(b"1,500 characters down")
    many = root / "many"
    many.mkdir()
    for number in range(50):
        (many / f"{number}").write_bytes(bytes([number]) * number * 100)


def _root_itself(root: Path) -> None:
    os.chown(root, 999, 998)
    root.chmod(0o2751)
    os.setxattr(root, "user.root", b"the directory itself")
    os.utime(root, ns=(0, 1_500_000_000_000_000_001))


@dataclass(frozen=True)
class Seen:
    """Everything that is to be known of one entry."""

    kind: str
    mode: int
    owner: tuple[int, int]
    mtime: int
    size: int
    target: str
    device: tuple[int, int]
    attributes: dict[str, bytes]
    blocks: int
    names: frozenset[str]
    """The names of the same file."""
    content: str


def look(root: Path) -> dict[str, Seen]:
    """Every entry of a tree by its relative path, the root as ``.``."""
    paths = [root, *root.rglob("*")]
    inodes: dict[int, set[str]] = {}
    for path in paths:
        inodes.setdefault(path.lstat().st_ino, set()).add(str(path.relative_to(root)))
    return {str(path.relative_to(root)): _look_at(path, inodes) for path in paths}


def _look_at(path: Path, inodes: dict[int, set[str]]) -> Seen:
    state = path.lstat()
    regular = stat.S_ISREG(state.st_mode)
    is_device = stat.S_ISCHR(state.st_mode) or stat.S_ISBLK(state.st_mode)
    attributes = {
        name: os.getxattr(path, name, follow_symlinks=False) for name in os.listxattr(path, follow_symlinks=False)
    }
    return Seen(
        kind=stat.filemode(state.st_mode)[0],
        mode=stat.S_IMODE(state.st_mode),
        owner=(state.st_uid, state.st_gid),
        mtime=state.st_mtime_ns,
        size=state.st_size if regular else 0,
        target=str(path.readlink()) if path.is_symlink() else "",
        device=(os.major(state.st_rdev), os.minor(state.st_rdev)) if is_device else (0, 0),
        attributes=attributes,
        blocks=state.st_blocks if regular else 0,
        names=frozenset(inodes[state.st_ino]),
        content=_content(path, state.st_size) if regular else "",
    )


def _content(path: Path, size: int) -> str:
    """The hash of a file's bytes; of a large sparse one, of where its data is and what it is."""
    if size < 1 << 24:
        return blake3(path.read_bytes()).hexdigest()
    with path.open("rb") as file:
        start = os.lseek(file.fileno(), 0, os.SEEK_DATA)
        end = os.lseek(file.fileno(), start, os.SEEK_HOLE)
        file.seek(start)
        return f"{start}-{end}:{blake3(file.read(end - start)).hexdigest()}"
