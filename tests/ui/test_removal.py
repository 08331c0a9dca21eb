"""The screen of removing: what goes and what that frees, what stays and why, what would be lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.frozen import freeze
from voltui.ui.app import VoltuiApp
from voltui.ui.screens.remove import RemoveScreen


def text(app: VoltuiApp) -> str:
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


@asynccontextmanager
async def removing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *keys: str
) -> AsyncIterator[tuple[Pilot[str], Callable[[str], Awaitable[None]]]]:
    """The screen, opened by keys; ``wait`` until it shows some words."""
    app = freeze(monkeypatch, tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:

        async def wait(words: str) -> None:
            for _ in range(500):
                await pilot.pause(0.01)
                if words in text(app):
                    return
            raise AssertionError(f"{words!r} is not shown:\n{text(app)}")

        await wait("shop_pgdata")
        await pilot.press(*keys)
        await wait("─ Remove")
        yield pilot, wait


async def test_a_clean_up_takes_anonymous_volumes_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with removing(monkeypatch, tmp_path, "X") as (pilot, wait):
        await wait("Remove 3 volumes")
        await wait("frees     3.1 MB and 1 of unknown size")
        await wait("stays     6 volumes in use")
        await pilot.press("a")
        await wait("Remove 4 volumes")
        await pilot.press("b")
        await wait("lost      There is no whole backup of odd_names,")


async def test_what_is_used_stays_and_names_its_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with removing(monkeypatch, tmp_path, "g", "asterisk", "d") as (pilot, wait):
        await wait("Remove 4 volumes")
        await wait("stays     blog_db, media_library")
        await pilot.press("j")
        await wait("stays     blog_db is used by blog-db")
        await pilot.press("space")
        await wait("blog_db stays: it is used by blog-db.")
        assert isinstance(pilot.app.screen, RemoveScreen)
