"""Makes the pictures in ``screenshots/`` from the real program on a sandbox's engine.

    voltui sandbox -- python tests/make_screenshots.py [FOLDER]

It backs up, restores and looks around as a user would, and saves what the screen shows, at 80x24 and at 120x40.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from voltui.config import load
from voltui.model.graph import NodeKey, NodeKind
from voltui.ui.app import VoltuiApp
from voltui.ui.screens.share import ShareScreen

SIZES = ((80, 24), (120, 40))
_PATIENCE = 120.0
_SLOW = 19
"""A compression level at which the backup of 40 MB takes long enough to be seen."""

Shot = Callable[[str], None]
AppPilot = Pilot[str]


async def until(pilot: AppPilot, condition: Callable[[VoltuiApp], bool]) -> None:
    """Wait until the app's state is as wanted."""
    app = pilot.app
    assert isinstance(app, VoltuiApp)
    for _ in range(int(_PATIENCE / 0.05)):
        if condition(app):
            await pilot.pause(0.3)
            return
        await asyncio.sleep(0.05)
    raise SystemExit("The program did not come to where a picture was to be taken.")


def idle(app: VoltuiApp) -> bool:
    """Whether the engine has answered and no job runs."""
    return app.store.state.inventory is not None and not app.store.state.running_jobs


async def move_to(pilot: AppPilot, name: str) -> None:
    """Walk to a row, as a user does."""
    app = pilot.app
    assert isinstance(app, VoltuiApp)
    await pilot.press("g")
    for _ in range(100):
        if app.main.cursor_key == name:
            await pilot.pause(0.3)
            return
        await pilot.press("j")
    raise SystemExit(f"There is no row {name}.")


async def walk_to(pilot: AppPilot, node: NodeKey) -> None:
    """Walk down to a node of the drawing."""
    app = pilot.app
    assert isinstance(app, VoltuiApp)
    await until(pilot, lambda app: app.main.walking)
    for _ in range(100):
        if app.main.node == node:
            await pilot.pause(0.3)
            return
        await pilot.press("j")
    raise SystemExit(f"There is no node {node.name} in the drawing.")


async def back_up(pilot: AppPilot, *names: str) -> None:
    """Mark some volumes and back them up together."""
    app = pilot.app
    assert isinstance(app, VoltuiApp)
    for name in names:
        await move_to(pilot, name)
        await pilot.press("space")
    before = len(app.store.state.jobs)
    await pilot.press("b")
    await until(pilot, lambda app: len(app.store.state.jobs) > before and idle(app))


async def tour(pilot: AppPilot, shot: Shot) -> None:
    """The way through the program."""
    await until(pilot, idle)
    await back_up(pilot, "shop_pgdata", "shop_media", "shop_config")
    await back_up(pilot, "shop_pgdata", "media_library")
    pilot.app.clear_notifications()
    await move_to(pilot, "shop_media")
    await until(pilot, lambda app: bool(app.store.state.sizes and len(app.store.state.sizes.volumes) > 12))
    shot("volumes")
    await move_to(pilot, "shop_pgdata")
    await pilot.press("f")
    await pilot.pause(2)
    shot("files")
    await pilot.press("q")
    await move_to(pilot, "media_library")
    await pilot.press("b")
    await until(pilot, lambda app: any(job.progress and job.progress.done for job in app.store.state.running_jobs))
    shot("backup")
    await until(pilot, idle)
    pilot.app.clear_notifications()
    await move_to(pilot, "shop_pgdata")
    await pilot.press("R")
    await pilot.pause(0.5)
    shot("restore")
    await pilot.press("escape", "2")
    await pilot.pause(0.5)
    await pilot.press("j", "j", "j", "j", "j")
    await pilot.pause(0.5)
    shot("containers")
    await pilot.press("3", "g", "j")
    await pilot.pause(0.5)
    shot("graph")
    await pilot.press("enter")
    await walk_to(pilot, NodeKey(NodeKind.VOLUME, "shop_media"))
    await pilot.press("l", "j")
    await pilot.pause(0.5)
    shot("graph-walk")
    await pilot.press("h", "I")
    await pilot.pause(0.5)
    shot("graph-impact")
    await pilot.press("V")
    await until(pilot, lambda app: isinstance(app.screen, ShareScreen))
    await pilot.press("j", "j", "space")
    await pilot.pause(1)
    shot("share")
    await pilot.press("escape", "1", "X")
    await pilot.pause(0.5)
    shot("clean-up")
    await pilot.press("escape", "C", "j", "j", "enter")
    await pilot.pause(0.5)
    shot("create")
    await pilot.press("escape")
    await pilot.press("4")
    await pilot.pause(0.5)
    shot("backups")
    await pilot.press("5")
    await pilot.pause(0.5)
    shot("jobs")
    await pilot.press("1", "question_mark")
    await pilot.pause(0.5)
    shot("help")
    await pilot.press("escape")


async def take(folder: Path, size: tuple[int, int]) -> None:
    """One tour in one size."""
    app = VoltuiApp(replace(load(), level=_SLOW))

    def shot(name: str) -> None:
        path = folder / f"{name}-{size[0]}x{size[1]}.svg"
        path.write_text(_without_fonts(app.export_screenshot(title=f"voltui {size[0]}x{size[1]}")))
        print(path)

    async with app.run_test(size=size) as pilot:
        await tour(pilot, shot)


def _without_fonts(svg: str) -> str:
    """The picture without its links to fonts on the network: the reader's own monospace font serves."""
    return re.sub(r"@font-face\s*{[^}]*}", "", svg)


def main(arguments: list[str]) -> None:
    """Take all pictures."""
    folder = Path(arguments[0]) if arguments else Path(__file__).parent.parent / "screenshots"
    folder.mkdir(exist_ok=True)
    for size in SIZES:
        asyncio.run(take(folder, size))


if __name__ == "__main__":
    main(sys.argv[1:])
