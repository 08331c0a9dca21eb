"""Keys in the order they were typed: each is handed on when what the one before it did is done.

A terminal at the end of a slow line gets several keys in one packet. Textual hands each to whatever has the focus now,
and an action moves the focus later: of ``/backup`` the letters would be keys of the list, which back up and delete.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from textual.app import App
from textual.events import Event
from textual.widget import Widget

_PATIENCE = 1.0
"""Seconds that what a key did is waited for: what is removed meanwhile does not answer, nor does a dead engine."""


class KeyOrder:
    """A queue before the app's own handling of keys and pastes."""

    def __init__(self, app: App[str], hand_on: Callable[[Event], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._waiting: asyncio.Queue[Event] = asyncio.Queue()
        self._asked = asyncio.Event()
        self._asked.set()

    def put(self, event: Event) -> None:
        """Take a key that came."""
        self._waiting.put_nowait(event)

    def held(self, work: Coroutine[Any, Any, object]) -> Coroutine[Any, Any, None]:
        """Work that finds out what a prompt then asks: keys that come meanwhile are for the prompt."""
        asked = self._asked = asyncio.Event()

        async def run() -> None:
            try:
                await work
            finally:
                asked.set()

        return run()

    async def run(self) -> None:
        """Until cancelled."""
        target: Widget | None = None
        while True:
            event = await self._waiting.get()
            if target is not None:
                await self._settled(target)
            target = self._app.focused or self._app.screen
            await self._hand_on(event)

    async def _settled(self, target: Widget) -> None:
        """Wait until a key has gone its way up, its action is done, and what that opened has the focus."""
        for pump in (*target.ancestors_with_self, self._app.screen, self._app):
            answer = asyncio.Event()
            if pump.is_running and pump.call_later(answer.set):
                await _patiently(answer)
        await _patiently(self._asked)


async def _patiently(event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), _PATIENCE)
