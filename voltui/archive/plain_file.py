"""The quick way for what nearly all members are: plain files whose headers and content have come.

GNU tar writes an extended header with nothing but the time, then a POSIX header that tells the rest. Two expressions
match and split both; whatever they do not match goes the long way through `voltui.archive.reader`, which reads the same
out of it. 100,000 such members take half of the time (0.42 s instead of 0.77 s on one processor).
"""

from __future__ import annotations

import re

from blake3 import blake3

from voltui.archive.entry import EMPTY_HASH, Entry
from voltui.archive.tar import BLOCK, NUMBERS, padded
from voltui.model.kinds import FILE

_TIME_HEADER = re.compile(
    rb".{124}([0-7]{11})\0.{20}x.{100}ustar\x0000.{247}([0-9]{2}) mtime=([0-9]{1,11})(?:\.([0-9]{1,9}))?\n",
    re.DOTALL,
)
"""An extended header and its one record: the record's length twice, seconds, a fraction."""
_FILE_HEADER = re.compile(
    rb"(.{100})" + NUMBERS.pattern + rb".{8}0\0{100}ustar\x0000.{80}\0.{166}",
    re.DOTALL,
)
"""Name, mode, uid, gid, size, seconds; the name is not continued in the prefix, and links to nothing."""
_ROOT = b"./"
_SECOND = 1_000_000_000


def plain_file(view: memoryview, at: int, end: int) -> tuple[Entry, int] | None:
    """The file that begins at ``at``, and where the next member begins; `None` where it is anything but a plain one
    below ``./``, or is not whole before ``end``."""
    time = _TIME_HEADER.match(view, at, end)
    mtime = None
    if time is not None:
        length = time.end() - at - BLOCK
        if int(time[1], 8) != length or int(time[2]) != length:
            return None
        mtime = int(time[3]) * _SECOND + int((time[4] or b"0").ljust(9, b"0"))
        at += 2 * BLOCK
    header = _FILE_HEADER.match(view, at, end)
    if header is None:
        return None
    name, mode, uid, gid, octal_size, seconds = header.groups()
    path = name.rstrip(b"\0")[len(_ROOT) :]
    size = int(octal_size, 8)
    at += BLOCK
    after = at + padded(size)
    if after > end or not name.startswith(_ROOT) or not path or path.endswith(b"/") or b"\0" in path:
        return None
    if mtime is None:
        mtime = int(seconds, 8) * _SECOND
    digest = blake3(view[at : at + size]).hexdigest() if size else EMPTY_HASH
    entry = Entry(
        path, FILE, size, int(mode, 8) & 0o7777, int(uid, 8), int(gid, 8), mtime, b"", None, (), False, digest
    )
    return entry, after
