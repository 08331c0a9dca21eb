"""The beginning of a file: text in colours, anything else in hexadecimal."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from voltui.format import size
from voltui.jobs.look import HEAD
from voltui.model.contents import Contents, contents, hexadecimal
from voltui.model.files import FileNode
from voltui.ui.highlighting import coloured
from voltui.ui.opening import Opening
from voltui.ui.screens.reader import ReaderScreen
from voltui.ui.spans import Line, Span, line


class PreviewScreen(ReaderScreen):
    """A file, as far as it is read."""

    def __init__(self, node: FileNode, opening: Opening, root: str = "") -> None:
        super().__init__(node.shown_path, f"{root}{node.shown_path}")
        self._node = node
        self._opening = opening

    async def read(self) -> tuple[Sequence[Line], str]:
        """Its first bytes, looked through in a thread."""
        head = await (await self._opening.opened()).content(self._node)
        whole = len(head) >= self._node.size

        def look() -> tuple[Sequence[Line], str]:
            found = contents(self._node.name.decode("utf-8", "replace"), head, whole=whole, most=HEAD)
            read = "" if whole else f"the first {size(len(head))} of {size(self._node.size)}"
            return preview_lines(found), ", ".join(filter(None, (read, found.note)))

        return await asyncio.to_thread(look)


def preview_lines(found: Contents) -> list[Line]:
    """What to show of a file's first bytes; safe for a terminal."""
    if not found.data:
        return [line(Span("It is empty.", "dim"))]
    if found.text is not None:
        return coloured(found.text, found.name)
    rows = hexadecimal(found.data)
    return [line(Span(f"{offset}  ", "dim"), f"{codes}  ", Span(shown, "good")) for offset, codes, shown in rows]
