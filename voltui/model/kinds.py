"""What an entry of a directory, or a member of an archive, may be. The words are those of an index."""

from __future__ import annotations

FILE, DIR, SYMLINK, FIFO, CHAR, BLOCK_DEVICE, SOCKET = "file", "dir", "symlink", "fifo", "char", "block", "socket"
LINK = "link"
"""A further name of a file: a hard link."""
OF_FIND = {b"f": FILE, b"d": DIR, b"l": SYMLINK, b"p": FIFO, b"c": CHAR, b"b": BLOCK_DEVICE, b"s": SOCKET}
"""By the letter that ``find -printf %y`` prints."""
