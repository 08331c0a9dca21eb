"""Files that are open as long as a screen shows them: their names are read, and read again when a job changed some."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voltui.jobs.look import Files, Opened
from voltui.model.errors import VoltuiError
from voltui.model.files import FileTree


class Opening:
    """Reads all names of a volume or backup, which then stays open for contents. Made in the loop that runs it.

    ``reads`` is called with each tree that begins to be read, ``took`` when it is whole.
    """

    def __init__(self, files: Files, reads: Callable[[FileTree], object], took: Callable[[FileTree], object]) -> None:
        self._files = files
        self._reads = reads
        self._took = took
        self._asked = asyncio.Event()
        self._opened = _awaited()

    async def run(self) -> None:
        """Open it and read, until cancelled. Raises `VoltuiError` where that can't be, or not any more."""
        try:
            try:
                await self._follow()
            except VoltuiError:
                if not self._opened.done():
                    raise
                self._opened = _awaited()  # what was open may have gone with its engine, which may be back
                await self._follow()
        except VoltuiError as error:
            if self._opened.done():
                self._opened = _awaited()
            self._opened.set_exception(error)
            self._opened.exception()  # taken notice of: nobody may wait
            raise

    def again(self) -> None:
        """Read all names anew; what reads contents meanwhile goes on."""
        self._asked.set()

    async def opened(self) -> Opened:
        """What contents are read from, when the names are read. Raises `VoltuiError` where it could not be opened."""
        return await asyncio.shield(self._opened)

    async def _follow(self) -> None:
        async with self._files.opened() as opened:
            while True:
                self._asked.clear()
                tree = FileTree()
                self._reads(tree)
                await opened.load(tree)
                if not self._opened.done():
                    self._opened.set_result(opened)
                self._took(tree)
                await self._asked.wait()


def _awaited() -> asyncio.Future[Opened]:
    return asyncio.get_running_loop().create_future()
