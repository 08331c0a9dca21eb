"""A line to type into: what will not do is said there, and what was typed stays."""

from __future__ import annotations

from pathlib import Path

from textual.app import App
from textual.widgets import Input

from voltui.model.errors import Usage
from voltui.ui.screens.ask import AskScreen, only
from voltui.ui.widgets.lines import Lines


async def test_a_text_that_will_not_do_stays_to_be_mended_and_a_sentence_says_why() -> None:
    def check(text: str) -> None:
        if text != "right":
            raise Usage(f"{text} will not do, and this sentence is longer than a line of 60 cells.", "Mend it.")

    taken: list[str | None] = []
    app: App[None] = App()
    async with app.run_test(size=(60, 20)) as pilot:
        app.push_screen(AskScreen("A name", "Any.", check=check), taken.append)
        await pilot.pause()
        await pilot.press(*"wrong", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        field, hint = app.screen.query_one(Input), app.screen.query_one("#ask-hint", Lines)
        assert (field.value, field.cursor_position) == ("wrong", 5)
        assert hint.size.height == 2
        await pilot.press(*["backspace"] * 5, *"right", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert taken == ["right"]


async def test_tab_completes_a_path_and_names_the_ways_on(tmp_path: Path) -> None:
    for name in ("first", "fifth", "other"):
        (tmp_path / name).touch()
    app: App[None] = App()
    async with app.run_test(size=(80, 20)) as pilot:
        app.push_screen(AskScreen("A file", "Any.", f"{tmp_path}/f", path=True))
        await pilot.pause()
        field, hint = app.screen.query_one(Input), app.screen.query_one("#ask-hint", Lines)
        await pilot.press("tab")
        await app.workers.wait_for_complete()
        assert field.value == f"{tmp_path}/fi"
        assert "fifth and first" in hint.render_line(0).text
        await pilot.press("r", "tab")
        await app.workers.wait_for_complete()
        assert (field.value, field.cursor_position) == (f"{tmp_path}/first", len(f"{tmp_path}/first"))
        assert "Any." in hint.render_line(0).text


async def test_where_one_text_only_will_do_no_other_is_taken() -> None:
    taken: list[str | None] = []
    app: App[None] = App()
    async with app.run_test() as pilot:
        app.push_screen(AskScreen("Type its name", "", check=only("data", "its name")), taken.append)
        await pilot.pause()
        await pilot.press(*"dat", "enter")
        await app.workers.wait_for_complete()
        await pilot.press("a", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert taken == ["data"]
