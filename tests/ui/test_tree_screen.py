"""The tree of files as a screen, over files that stand still: without an engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from tests.ui.frozen import JOBS, RUNNING, freeze
from voltui.jobs.look import HEAD, Opened
from voltui.model.backup import Backup
from voltui.model.errors import NotFound
from voltui.model.files import FileNode, FileTree
from voltui.model.source import Source
from voltui.model.volume import Volume
from voltui.ui.app import VoltuiApp
from voltui.ui.screens.files import FilesScreen
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.reading import Reading
from voltui.ui.widgets.table import Table


class StillFiles:
    """Files of a volume that is none; a content is its path, and of a path that ends in ``-gone`` there is none."""

    title, root = "data", "/srv/data"
    backup: Backup | None = None
    volume: Volume | None = None
    source = Source("volume", "data")

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = list(paths)
        self.contents: dict[str, bytes] = {}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Opened]:
        yield Mock(load=self._load, content=self._content)

    async def _load(self, tree: FileTree) -> None:
        for path in self.paths:
            kind = "dir" if path.endswith("/") else "file"
            size = len(self.contents.get(path, b"x" * 10))
            tree.add(path.rstrip("/").encode(), kind, size, 4096, 0o644, 0, 0, 1_700_000_000)
        tree.sum_up()

    async def _content(self, node: FileNode, most: int = HEAD, start: int = 0) -> bytes:
        if node.name.endswith(b"-gone"):
            raise NotFound(f"There is no {node.shown_path} any more.")
        return self.contents.get(node.path.decode(), node.path)[start : start + most]


async def opened(pilot: Pilot[str], app: VoltuiApp, *paths: str, **contents: bytes) -> FilesScreen:
    """The screen over these paths, when they are read."""
    await settled(pilot, lambda: app.store.state.inventory is not None)
    files = StillFiles([*paths, *contents])
    files.contents = contents
    screen = FilesScreen(files)
    app.push_screen(screen)
    await settled(pilot, lambda: screen.browsing.folder is not None)
    return screen


async def settled(pilot: Pilot[str], so: Callable[[], bool]) -> None:
    """Wait until it is so, and shown."""
    for _ in range(1000):
        await pilot.pause()
        if so():
            return
    raise AssertionError("it never was")


def text(screen: Screen[Any], identifier: str) -> str:
    return screen.query_one(f"#{identifier}", Lines).render_line(0).text


async def test_a_running_job_is_seen_on_a_line_that_is_there_only_then(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app, "a", "b")
        rows = screen.query_one(Table).size.height
        assert not screen.query_one("#job").display
        app.store.update(jobs=(RUNNING, *JOBS))
        await settled(pilot, lambda: "backup shop_media" in text(screen, "job"))
        assert screen.query_one(Table).size.height == rows - 1
        app.store.update(jobs=JOBS)
        await settled(pilot, lambda: screen.query_one(Table).size.height == rows)


async def test_more_entries_than_one_job_takes_are_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app, *(f"a-file-with-a-long-name-{number:06}" for number in range(10_000)))
        await pilot.press("*", "e")
        await settled(pilot, lambda: any("10,000 paths are too many" in one.message for one in app._notifications))


async def test_a_long_file_is_read_to_its_end_a_piece_at_a_time_and_shown_in_hexadecimal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path)
    content = b"".join(b"line %d\n" % number for number in range(30_000))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app, long=content)
        await pilot.press("enter")

        def shows(row: str, note: str = "") -> bool:
            reader = app.screen.query_one(Reading)
            rows = [reader.render_line(y).text.strip() for y in range(reader.size.height)]
            return row in rows and note in text(app.screen, "files-header")

        await settled(pilot, lambda: bool(app.screen.query(Reading)))
        await settled(pilot, lambda: shows("line 0", "the first 65.5 kB of 318.9 kB"))
        await pilot.press("G")
        await settled(pilot, lambda: shows("line 29999", "the last "))
        await pilot.press("g")
        await settled(pilot, lambda: shows("line 0"))
        reader = app.screen.query_one(Reading)
        reader.go_to_end()
        await pilot.press("j")
        await settled(pilot, lambda: shows("line 6664", "65.5 kB to 131.1 kB of"))
        await pilot.press("k")
        await settled(pilot, lambda: shows("line 6663"))
        await pilot.press("H")
        await settled(pilot, lambda: any("6c 69 6e 65" in reader.render_line(y).text for y in range(20)))
        await pilot.press("H")
        await settled(pilot, lambda: not any("6c 69 6e 65" in reader.render_line(y).text for y in range(20)))


async def test_names_have_room_and_long_paths_are_cut_in_the_middle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = freeze(monkeypatch, tmp_path)
    name, folder = "a-name-of-just-thirty-cells.js", "/".join(f"folder-{number}" for number in range(12))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app, name, f"{folder}/{name}")
        assert name in screen.query_one(Table).render_line(1).text
        assert "MODE" in screen.query_one(Table).render_line(0).text
        await pilot.press("G", *["enter"] * 12)
        await settled(pilot, lambda: text(screen, "files-header").strip().startswith("data  /folder-0"))
        await settled(pilot, lambda: "folder-11 " in text(screen, "files-header"))


async def test_escape_ends_a_search_that_has_not_found_anything_yet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("voltui.ui.screens.files.TYPING", 60.0)
    app = freeze(monkeypatch, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app, "a", "b")
        await pilot.press("/", "a", "enter", "escape")
        await pilot.pause()
        assert app.screen is screen
        assert (screen.browsing.words, screen.looking_for) == ("", "")
