"""Keys go to what they were typed for, also where that comes later than they do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.conftest import until
from tests.ui.frozen import freeze
from voltui.ui.screens.confirm import ConfirmScreen


async def test_a_key_that_comes_while_a_prompt_is_being_made_is_for_the_prompt(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("voltui.ui.key_order._PATIENCE", 60.0)
    app = freeze(monkeypatch, tmp_path)
    found_out, answers = asyncio.Event(), list[bool | None]()

    async def ask() -> None:
        await found_out.wait()
        app.push_screen(ConfirmScreen("Undo it?", [], "Undo"), answers.append)

    async def answered() -> bool:
        return bool(answers)

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j")
        app.plan(ask())
        await pilot.press("y")
        found_out.set()
        await until(answered, "the answer")
        assert answers == [True]


async def test_a_plan_that_takes_its_time_keeps_no_key_for_good(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("voltui.ui.key_order._PATIENCE", 0.05)
    app = freeze(monkeypatch, tmp_path)

    async def ended() -> bool:
        return not app.is_running

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j")
        app.plan(asyncio.Event().wait())
        await pilot.press("q")
        await until(ended, "the end")
