"""Every pane and the main screens look as they did, at three sizes: over data and a clock that stand still.

After a change that was wanted, ``SNAPSHOTS=write pytest tests/ui/test_snapshots.py`` takes them anew; the
difference is then to be read like that of any other file.
"""

from __future__ import annotations

import difflib
import inspect
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import pytest
from rich.style import Style
from textual.events import Key
from textual.pilot import Pilot
from textual.strip import Strip

from tests.ui.frozen import RUNNING, FrozenEngine, freeze
from voltui.engine.adapter import Engine
from voltui.model.errors import NoEngine
from voltui.ui.actions import SHOWN
from voltui.ui.app import VoltuiApp
from voltui.ui.glyphs import glyphs
from voltui.ui.palette import THEMES

FOLDER = Path(__file__).parent / "snapshots"
SIZES = {(60, 16): ("dark", "C"), (80, 24): ("ansi", "C.UTF-8"), (120, 40): ("light", "C.UTF-8")}
"""The terminal's size, and the theme and the locale that it is looked at in."""
TOUR: dict[str, Sequence[str]] = {
    "volumes": ["2", "1", "G", "k"],
    "marked and filtered": ["space", "k", "space", "/", *"shop", "enter"],
    "nothing matches": ["/", *"zz", "enter"],
    "volume in full": ["escape", "escape", "g", "j", "j", "enter"],
    "bad filter": ["escape", "/", *"size>"],
    "containers": ["escape", "2", "g", "j", "j"],
    "groups": ["3", "g", "j"],
    "walk begins": ["enter"],
    "walk": ["j", "l"],
    "impact": ["h", "I"],
    "tree": ["I", "t"],
    "backups": ["t", "escape", "escape", "4", "g"],
    "backup in full": ["enter"],
    "remove a backup": ["escape", "j", "j", "d"],
    "jobs": ["escape", "g", "5", "g", "j"],
    "restore": ["1", "G", "k", "R"],
    "share": ["escape", "V", "j", "space"],
    "remove volumes": ["escape", "X"],
    "kinds of volumes": ["escape", "C"],
    "new volume": ["j", "j", "enter"],
    "actions here": ["escape", "x"],
    "all actions": ["escape", ":"],
    "orders": ["escape", "S"],
    "clone": ["escape", "c"],
    "help": ["escape", "?"],
    "help further down": ["G"],
    "a message": ["escape", "4", "I"],
}
"""What is looked at, and the keys that lead there from the one before."""
_SIGNS = {sign: name for name, sign in SHOWN.items() if len(sign) == 1}
_GLANCES, _LOOKS = 1, 4
"""So often in a row a screen must be as it was before the next key, and before it is compared."""


@pytest.fixture
def locale(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the terminal's locale, which a process asks for once."""

    def use(name: str) -> None:
        monkeypatch.setenv("LC_ALL", name)
        glyphs.cache_clear()

    yield use
    glyphs.cache_clear()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_looks_as_it_did(
    size: tuple[int, int], locale: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    theme, language = SIZES[size]
    locale(language)
    app, shown = freeze(monkeypatch, tmp_path, theme=theme), {}
    async with app.run_test(size=size, notifications=True) as pilot:
        async for name in _tour(app, pilot):
            shown[name] = _text(_strips(app), styles=theme == "ansi")
            if theme != "ansi":
                _check_painted(app, name, theme)
    _compare(FOLDER / f"{size[0]}x{size[1]}.txt", "".join(f"==== {name}\n{text}" for name, text in shown.items()))
    assert language != "C" or {sign for text in shown.values() for sign in text if not sign.isascii()} == set()


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_message_is_whole_and_covers_no_row_of_the_list(
    width: int, height: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path)
    async with app.run_test(size=(width, height), notifications=True) as pilot:
        await _settled(app, pilot)
        await pilot.press("G")
        app.tell(f"{'word ' * 30}and {'/path' * 16} at its END.")
        await _settled(app, pilot)
        told = app.screen.query_one("Toast").region
        assert not told.overlaps(app.main.table.region)
        assert "END" in "".join(strip.text for strip in _strips(app))


def test_the_engine_that_stands_still_answers_as_the_adapter_does() -> None:
    for name, method in inspect.getmembers(FrozenEngine, inspect.isfunction):
        assert inspect.signature(method) == inspect.signature(getattr(Engine, name)), name


async def _tour(app: VoltuiApp, pilot: Pilot[str]) -> AsyncIterator[str]:
    """Through all screens; stops at each."""
    await _settled(app, pilot)
    yield "new here"
    for name, keys in TOUR.items():
        app.clear_notifications()
        for key in keys:
            named = _SIGNS.get(key)
            app.post_message(Key(named or key, key if len(key) == 1 else None))  # `Pilot.press` would take 70 ms a key
            await _settled(app, pilot, _GLANCES)
        await _settled(app, pilot)
        yield name
    app.clear_notifications()
    app.store.update(jobs=(RUNNING, *app.store.state.jobs))
    await _settled(app, pilot)
    yield "a job runs"
    app.store.update(lost=NoEngine("The engine does not answer.", "Is it running?"))
    await _settled(app, pilot)
    yield "engine lost"
    await pilot.press("1")
    app.store.update(inventory=None)
    await _settled(app, pilot)
    yield "no engine"


async def _settled(app: VoltuiApp, pilot: Pilot[str], looks: int = _LOOKS) -> None:
    """Wait until nothing changes any more."""
    before, alike = "", 0
    for _ in range(500):
        await pilot.pause(0.003)
        now = "".join(strip.text for strip in _strips(app))
        alike = alike + 1 if now == before and now.strip() and _idle(app) else 0
        if alike == looks:
            return
        before = now
    raise AssertionError("The screen does not come to rest.")


def _check_painted(app: VoltuiApp, name: str, theme: str) -> None:
    """A theme with a ground of its own paints all of the screen: nothing of the terminal's shows through."""
    known = {colour for style in THEMES[theme].values() for colour in (style.color, style.bgcolor)}
    grounds = {one.style.bgcolor for strip in _strips(app) for one in strip if one.style}
    assert grounds <= known, name


def _idle(app: VoltuiApp) -> bool:
    pumps = (app, *app.screen_stack, *app.screen.walk_children())
    return not list(app.workers) and not any(pump.message_queue_size for pump in pumps)


def _strips(app: VoltuiApp) -> list[Strip]:
    return app.screen._compositor.render_strips()


def _text(strips: Sequence[Strip], *, styles: bool) -> str:
    """The lines of a screen; below one with more than plain text, which style each cell of it has, by a letter."""
    lines = []
    for strip in strips:
        lines.append(strip.text.rstrip())
        letters = "".join(_letter(one.style) * one.cell_length for one in strip).rstrip()
        if styles and letters:
            lines.append(f"~{letters}")
    return "\n".join(lines) + "\n"


def _letter(style: Style | None) -> str:
    if style is None:
        return " "
    if style.reverse:
        return "R"
    colour = style.color.name[0] if style.color is not None and not style.color.is_default else ""
    named = colour or ("d" if style.dim else "b" if style.bold else " ")
    return named.upper() if style.bold else named


def _compare(file: Path, text: str) -> None:
    if os.environ.get("SNAPSHOTS") == "write":
        file.write_text(text)
    difference = difflib.unified_diff(file.read_text().splitlines(), text.splitlines(), "was", "is", lineterm="", n=4)
    told = "\n".join(difference)
    assert not told, f"{file.name} shows something else:\n{told}"
