"""What is open stays open while its names are read anew, and is opened again where it has gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from unittest.mock import Mock

import pytest

from voltui.jobs.look import Opened
from voltui.model.errors import NoEngine
from voltui.model.files import FileTree
from voltui.ui.opening import Opening

_GONE = NoEngine("The engine does not answer.")


class _Files(Mock):
    """Files whose opened sides answer each look at the names in turn: with a tree, or with an error."""

    def __init__(self, *answers: tuple[NoEngine | None, ...]) -> None:
        super().__init__()
        self.answers = [list(some) for some in answers]
        self.count = 0

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Opened]:
        answers = self.answers[self.count]
        self.count += 1
        side = Mock()

        async def load(tree: FileTree) -> None:
            if (error := answers.pop(0)) is not None:
                raise error

        side.load = load
        yield side


async def test_names_are_read_anew_without_opening_it_again_and_after_a_loss_it_is_opened_once_more() -> None:
    files, took = _Files((None, None, _GONE), (None,)), asyncio.Queue[FileTree]()
    opening = Opening(files, Mock(), took.put_nowait)
    running = asyncio.create_task(opening.run())
    await took.get()
    first = await opening.opened()
    opening.again()
    await took.get()
    assert await opening.opened() is first
    assert files.count == 1
    opening.again()
    await took.get()
    assert await opening.opened() is not first
    running.cancel()


async def test_whoever_waits_for_what_cannot_be_opened_is_told_why() -> None:
    opening = Opening(_Files((_GONE,)), Mock(), Mock())
    waiting = asyncio.create_task(opening.opened())
    with pytest.raises(NoEngine):
        await opening.run()
    with pytest.raises(NoEngine):
        await waiting
    with pytest.raises(NoEngine):
        await opening.opened()
