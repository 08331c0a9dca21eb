"""Tar bytes from a source straight to a sink, through the strict reader: nothing passes that it does not understand."""

from __future__ import annotations

from collections.abc import Callable

from voltui.archive.entry import Entry
from voltui.archive.guard import TreeGuard
from voltui.archive.pack import BUFFER, ByteSource, fill
from voltui.archive.reader import Sink, TarReader
from voltui.archive.rewrite import Rewriter


def pump(
    source: ByteSource,
    write: Callable[[memoryview], object],
    *,
    root: bytes,
    new_root: bytes = b"./",
    members: Sink | None = None,
    progress: Callable[[int, int], object] = lambda size, entries: None,
    seen: Callable[[Entry], object] = lambda entry: None,
) -> None:
    """Hand the tar stream of ``source``, whose paths begin with ``root``, to ``write``, with ``new_root`` instead.

    ``members`` takes them one by one as well, as they are; ``seen`` gets each complete entry, ``progress`` the bytes
    read and the entries so far. Raises `Damaged` where the stream is cut or holds what no archive of a directory may
    hold.
    """
    guard, count = TreeGuard(), 0

    def emit(entry: Entry) -> None:
        nonlocal count
        guard.check(entry)
        seen(entry)
        count += 1

    rewriter = None
    if root != new_root and members is None:
        rewriter = Rewriter(lambda data: write(memoryview(data)), root=new_root, old_root=root)
    reader = TarReader(emit, root=root, sink=rewriter or members)
    buffer = memoryview(bytearray(BUFFER))
    while size := fill(source, buffer):
        reader.feed(buffer[:size])
        if rewriter is None:
            write(buffer[:size])
        progress(reader.position, count)
    reader.close()
    if rewriter is not None:
        rewriter.close()
