"""What a container has changed outside of its mounts: in its own writable layer, which goes when it goes."""

from __future__ import annotations

from collections.abc import Sequence

from voltui.model.container import Container
from voltui.model.safe import safe
from voltui.model.text import plural
from voltui.ui.screens.reader import ReaderScreen
from voltui.ui.spans import Line, Span, line

_STYLES = {"added": "good", "removed": "bad", "changed": "warn"}
_WIDTH = 9
"""Cells of the word before a path."""


class ChangesScreen(ReaderScreen):
    """The list that the engine has of it; the contents are the container's."""

    def __init__(self, container: Container) -> None:
        super().__init__(f"The own files of {safe(container.name)}", safe(container.name))
        self._container = container

    async def read(self) -> tuple[Sequence[Line], str]:
        """Ask the engine."""
        found = await self.app.live.engine.changes(self._container.id)
        if not found:
            return [line("It has changed nothing outside of its mounts.")], ""
        by_path = sorted(found, key=lambda change: change[1])
        lines = [line(Span(what.ljust(_WIDTH), _STYLES[what]), safe(path)) for what, path in by_path]
        return lines, plural(len(found), "path")
