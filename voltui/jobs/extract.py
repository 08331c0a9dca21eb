"""Extracting a tar stream into a folder of a helper: for a restore, and for the undo that puts deleted content back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from voltui.archive.deep import TarPart, parts
from voltui.archive.unpack import ByteSink
from voltui.engine import tools
from voltui.engine.bridge import Bridge
from voltui.engine.fifo import ReaderGone
from voltui.engine.pool import settled


async def extract_by_parts(
    bridge: Bridge,
    folder: str,
    fill: Callable[[ByteSink, TarPart | None], None],
    bases: Sequence[bytes],
    in_thread: Callable[[Callable[[], None]], Awaitable[None]],
) -> list[str]:
    """`extract` what ``fill`` writes, all of it or one `TarPart` after the other where there are bases."""
    said = []
    for part in parts(bases):
        filled = partial(_filled, fill, part)
        said += await extract(bridge, folder, filled, in_thread, part.way if part else ())
    return said


def _filled(fill: Callable[[ByteSink, TarPart | None], None], part: TarPart | None, sink: ByteSink) -> None:
    fill(sink, part)


async def extract(
    bridge: Bridge,
    folder: str,
    fill: Callable[[ByteSink], None],
    in_thread: Callable[[Callable[[], None]], Awaitable[None]],
    way: Sequence[str] = (),
) -> list[str]:
    """Extract below ``folder``, or where ``way`` leads from there, what ``fill`` writes to a sink; what tar said of it.

    ``in_thread`` runs ``fill``. Raises what that raises, or `Failed` with tar's words. tar has ended then, with the
    helper it ran in: it must not go on writing while what it wrote is removed.
    """
    process = await bridge.spawn(tools.extract_tree(folder, way), feed=True)
    try:
        try:
            await in_thread(lambda: fill(process.sink))
        except ReaderGone:
            result = await process.wait()
            tools.extracted(result.code or 2, result.err)
        process.sink.close()
        result = await process.wait()
        return tools.extracted(result.code, result.err)
    except BaseException:
        await settled(bridge.kill())
        raise
    finally:
        process.close()
