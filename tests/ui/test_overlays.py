"""Menus, questions, the help and plans: the keys that the user has chosen work in them, and their own always do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from tests.ui.frozen import ENGINE, freeze
from voltui.config import KeyChoice
from voltui.model.inventory import Inventory
from voltui.ui.app import VoltuiApp
from voltui.ui.screens.ask import AskScreen
from voltui.ui.screens.confirm import ConfirmScreen
from voltui.ui.screens.help import HelpScreen
from voltui.ui.screens.menu import MenuScreen
from voltui.ui.screens.remove import RemoveScreen
from voltui.ui.screens.restore import RestoreScreen
from voltui.ui.screens.share import ShareScreen
from voltui.ui.widgets.table import Table
from voltui.ui.widgets.text import TextView

OWN = {"down": "J", "up": "M", "back": "B", "quit": "Q", "left": "Y", "bottom": "Z", "mark": "t", "tree": "T"}
"""What the user has chosen."""
OPENED: dict[tuple[str, ...], type[Screen[Any]]] = {
    ("x",): MenuScreen,
    ("S",): MenuScreen,
    ("question_mark",): HelpScreen,
    ("4", "g", "J", "J", "d"): ConfirmScreen,
    ("Z", "M", "R"): RestoreScreen,
    ("Z", "M", "V"): ShareScreen,
    ("X",): RemoveScreen,
}


async def test_what_is_open_is_left_by_the_users_own_keys_and_by_escape(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path, keys=_own())
    async with _running(app) as pilot:
        leaving = cycle(("escape", OWN["back"], OWN["quit"], OWN["left"]))
        for keys, screen in OPENED.items():
            await pilot.press("1", *keys)
            await _opened(pilot, screen)
            await pilot.press("q")
            assert isinstance(app.screen, screen), "that is no key of theirs any more"
            await pilot.press(next(leaving))
            assert app.screen is app.main, screen


async def test_lists_in_overlays_move_by_the_users_own_keys_and_by_arrows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path, keys=_own())
    async with _running(app) as pilot:
        await pilot.press("S")
        table = app.screen.query_one(Table)
        places = []
        for key in ("J", "down", "j", "M", "Z", "up"):
            await pilot.press(key)
            places.append(table.position.partition("/")[0])
        assert places == ["2", "3", "3", "2", "7", "6"]
        await pilot.press("escape", "question_mark")
        text = app.screen.query_one(TextView)
        await pilot.press("J", "J", "M")
        assert text.scroll_offset.y == 1
        await pilot.press("slash", *"size>", "enter")
        assert re.search(r"\n> size>1G", _text(app))
        await pilot.press("g", "n")
        assert re.search(r"\n> size>1G", _text(app))
        await pilot.press("escape", "X")
        assert "t marks" in _text(app)


async def test_the_key_of_an_action_chooses_it_in_the_menu_of_actions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path)
    async with _running(app) as pilot:
        await pilot.press("j", "x", "m")
        assert app.main.walking


async def test_where_there_is_no_row_the_menu_has_what_can_be_done_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path)
    async with _running(app) as pilot:
        assert app.store.state.inventory is not None
        app.store.update(inventory=Inventory.of(ENGINE, (), ()))
        await pilot.pause()
        assert "This engine has no volumes. C makes one." in _text(app)
        await pilot.press("x")
        assert all(word in _text(app) for word in ("Create", "Refresh", "Engines", "Help"))
        assert "Backup  " not in _text(app).partition("Actions")[2]
        await pilot.press("C")
        assert "From an image" in _text(app)


async def test_the_palette_tells_what_can_not_be_done_and_why_last(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path, read_only=True)
    async with _running(app) as pilot:
        await pilot.press("colon", "b", "a", "c", "k")
        assert re.search(r"> Back .*[\s\S]*Backups .*[\s\S]*Backup .*VolTUI is read-only", _text(app))
        await pilot.press("u", "p", "s", "enter")
        assert app.main.pane_id == "backups"
        await pilot.press("colon", *"vol", "enter")
        assert app.main.pane_id == "volumes"


async def test_the_palette_begins_on_what_comes_nearest_to_what_is_typed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path)
    async with _running(app) as pilot:
        for keys, nearest in (("vol", "Volumes"), ("ctr", "Containers"), ("rem", "Remove")):
            await pilot.press("2", "G", "colon", *keys)
            assert re.search(rf"> {nearest} ", _text(app)), keys
            await pilot.press("escape")


async def test_prompts_are_left_by_escape_and_by_control_c_whatever_was_typed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path)
    async with _running(app) as pilot:
        for key in ("escape", "ctrl+c"):
            for opening, screen in (("c", AskScreen), ("colon", MenuScreen)):
                await pilot.press(opening, "q", "h")
                await _opened(pilot, screen)
                await pilot.press(key)
                assert app.screen is app.main
            await pilot.press("slash", "w", key)
            assert app.main.pane.filter == ""
            assert app.focused is app.main.table


def _text(app: VoltuiApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def _own() -> tuple[KeyChoice, ...]:
    return tuple(KeyChoice(action, (key,), "config.toml, line 1") for action, key in OWN.items())


async def _opened(pilot: Pilot[str], screen: type[Screen[Any]]) -> None:
    """Wait for it: some ask the engine first."""
    await _until(pilot, lambda: isinstance(pilot.app.screen, screen))


async def _until(pilot: Pilot[str], met: Callable[[], object]) -> None:
    for _ in range(1_000):
        if met():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"It did not come to that; {pilot.app.screen} is open.")


@asynccontextmanager
async def _running(app: VoltuiApp) -> AsyncIterator[Pilot[str]]:
    """The app, when it knows all that there is."""
    async with app.run_test(size=(80, 24)) as pilot:
        await _until(pilot, lambda: app.store.state.backups and app.main.table.cursor_key)
        yield pilot
