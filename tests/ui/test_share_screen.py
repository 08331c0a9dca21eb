"""The screen of sharing: nobody consents to a loss that was not shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.frozen import freeze
from voltui.model.names import free_name
from voltui.ui.screens.confirm import ConfirmScreen


async def test_what_a_container_loses_is_asked_for_however_quickly_the_keys_come(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("voltui.ui.screens.share._PAUSE", 3600.0)
    app = freeze(monkeypatch, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:

        def shown() -> str:
            return "\n".join(strip.text for strip in app.screen._compositor.render_strips())

        async def wait(words: str) -> None:
            for _ in range(1_000):
                await pilot.pause(0.01)
                if words in shown():
                    return
            raise AssertionError(f"{words!r} is not shown:\n{shown()}")

        await wait("shop_pgdata")
        await pilot.press("g", "j", "V")
        await wait("Share blog_db")
        await wait("blog-db is paused, by someone else.")
        await pilot.press("j", "space", "enter")
        await wait("Make player anew with blog_db?")
        assert isinstance(app.screen, ConfirmScreen)
        assert "player has written 1 path outside of its mounts" in shown()
        await pilot.resize_terminal(80, 16)
        await pilot.press("escape", *("j", "space") * 4, "enter")
        await wait("Make player, shop-db and 3 more anew with blog_db?")
        assert "lines more" in shown()
        assert "[ No ]" in shown(), "the answers are there, however much is to be said"


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert free_name("copy", ()) == "copy"
    assert free_name("copy", {"copy": 1, "copy-2": 2}) == "copy-3"


async def test_what_cannot_be_cloned_is_refused_before_a_name_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for _ in range(1_000):
            await pilot.pause(0.01)
            if app.store.state.inventory is not None and app.main.table.cursor_key:
                break
        await pilot.press("g", "j", "j", "j", "c")
        await pilot.pause()
        assert app.screen is app.main
        assert any("nfs_archive is storage elsewhere" in one.message for one in app._notifications)
