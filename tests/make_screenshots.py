"""Makes the pictures in ``screenshots/`` from the real program on a sandbox's engine.

    python tests/make_screenshots.py [FOLDER]

It backs up, restores and looks around as a user would, and saves what the screen shows: every screen at 80x24, the
panes at 120x40 too, all of it dark and light. It takes some minutes.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from msgspec.structs import replace
from textual.pilot import Pilot

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that `tests` is found when this is run as a file

from tests.in_sandbox import in_sandbox
from voltui.config import Settings, load
from voltui.engine.adapter import Engine
from voltui.jobs.watch import JobView
from voltui.model.graph import NodeKey, NodeKind
from voltui.ui.app import VoltuiApp
from voltui.ui.palette import GROUNDS
from voltui.ui.screens.differences import DifferencesScreen
from voltui.ui.screens.files import FilesScreen
from voltui.ui.screens.menu import MenuScreen
from voltui.ui.screens.restore import RestoreScreen
from voltui.ui.screens.share import ShareScreen
from voltui.ui.widgets.table import Table

SMALL, LARGE, TINY = (80, 24), (120, 40), (50, 12)
PANES = frozenset(
    (
        "volumes",
        "backup",
        "containers",
        "graph",
        "graph-walk",
        "graph-impact",
        "backups",
        "jobs",
        "files",
        "differences",
    )
)
"""What is taken at the large size too; what stands over a pane looks alike there."""
_PATIENCE = 300.0
_SLOW = 19
"""A compression level at which the backup of 40 MB takes long enough to be seen."""

_BRISK = 12
"""One at which the recording's backup is seen, and soon over."""
_FRAME = 2.5
"""Seconds that each picture of the recording stands."""

Shot = Callable[[str], Awaitable[None]]
AppPilot = Pilot[str]


def _explorer(settings: Settings) -> VoltuiApp:
    return VoltuiApp(settings, Engine(settings.endpoint))


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


def jobs_of(pilot: AppPilot) -> tuple[JobView, ...]:
    """The jobs that are known."""
    app = pilot.app
    assert isinstance(app, VoltuiApp)
    return app.store.state.jobs


def container_id(pilot: AppPilot, name: str) -> str:
    """A container's id."""
    app = pilot.app
    assert isinstance(app, VoltuiApp)
    inventory = app.store.state.inventory
    assert inventory is not None
    return next(one.id for one in inventory.containers.values() if one.name == name)


async def prepare(pilot: AppPilot) -> None:
    """Some history: backups, a restore, an older size."""
    await until(pilot, idle)
    await back_up(pilot, "shop_pgdata", "shop_media", "shop_config")
    await back_up(pilot, "shop_pgdata", "media_library")
    await back_up(pilot, "blog_db", "blog_uploads", "mail_spool")
    change_files(mountpoint(pilot, "shop_pgdata"))
    await move_to(pilot, "shop_config")
    before = len(jobs_of(pilot))
    await pilot.press("R")
    await until(pilot, lambda app: isinstance(app.screen, RestoreScreen))
    await pilot.press("enter")
    await until(pilot, lambda app: len(app.store.state.jobs) > before and idle(app))


def mountpoint(pilot: AppPilot, name: str) -> Path:
    """Where a volume's files are: the sandbox's engine is on this host."""
    app = pilot.app
    assert isinstance(app, VoltuiApp)
    inventory = app.store.state.inventory
    assert inventory is not None
    return Path(inventory.volumes[name].mountpoint)


def change_files(folder: Path) -> None:
    """What a database may have done since its backup: something for the differences to show."""
    settings = folder / "postgresql.conf"
    settings.write_text(settings.read_text().replace("max_connections = 100", "max_connections = 200"))
    (folder / "pg_wal/000000010000000000000002").write_bytes(bytes(1 << 20))
    (folder / "base/5/16398").write_bytes(b"new table" * 4_000)
    (folder / "log/postgresql-1.log").rename(folder / "log/postgresql-2.log")
    os.utime(folder / "global/pg_control")


async def tour(pilot: AppPilot, shot: Shot) -> None:
    """The way through the program."""
    await until(pilot, idle)
    await until(pilot, lambda app: bool(app.store.state.sizes and len(app.store.state.sizes.volumes) > 12))
    await pilot.press("1")
    await move_to(pilot, "shop_media")
    await shot("volumes")
    await pilot.press("slash", *"backup=never !unused")
    await shot("filter")
    await pilot.press("escape")
    await move_to(pilot, "shop_pgdata")
    await pilot.press("f")
    await until(pilot, lambda app: isinstance(app.screen, FilesScreen))
    await until(pilot, lambda app: app.screen.query_one(Table).position != "0/0")
    await pilot.press("j", "j")
    await shot("files")
    await pilot.press("q", "D")
    await until(pilot, lambda app: isinstance(app.screen, DifferencesScreen))
    await until(pilot, lambda app: app.screen.query_one(Table).position != "0/0")
    await shot("differences")
    await pilot.press("q")
    await move_to(pilot, "media_library")
    await pilot.press("b")
    await until(pilot, lambda app: any(job.progress and job.progress.done for job in app.store.state.running_jobs))
    await shot("backup")
    await pilot.press("5", "g", "K", "y")
    await until(pilot, idle)
    await pilot.press("1")
    await move_to(pilot, "shop_pgdata")
    await pilot.press("R")
    await shot("restore")
    await pilot.press("escape", "C", "j", "j", "enter")
    await shot("create")
    await pilot.press("escape", "X")
    await shot("clean-up")
    await pilot.press("escape", "question_mark")
    await shot("help")
    await pilot.press("escape", "colon")
    await shot("actions")
    await pilot.press("escape", "2")
    await move_to(pilot, container_id(pilot, "shop-web"))
    await shot("containers")
    await pilot.press("3", "g", "j")
    await shot("graph")
    await pilot.press("enter")
    await walk_to(pilot, NodeKey(NodeKind.VOLUME, "shop_media"))
    await pilot.press("l", "j")
    await shot("graph-walk")
    await pilot.press("h", "I")
    await shot("graph-impact")
    await pilot.press("V")
    await until(pilot, lambda app: isinstance(app.screen, ShareScreen))
    await pilot.press("j", "j", "space")
    await shot("share")
    await pilot.press("escape", "4", "g")
    await shot("backups")
    await pilot.press("5", "g", "j")
    await shot("jobs")
    await pilot.press("1")


async def take(folder: Path, size: tuple[int, int], theme: str) -> None:
    """One tour in one size and theme."""
    app = _explorer(replace(load(), level=_SLOW, theme=theme))

    async def shot(name: str) -> None:
        app.clear_notifications()
        await pilot.pause(0.5)
        if size == SMALL or name in PANES:
            save(name, size)

    def save(name: str, size: tuple[int, int]) -> None:
        path = folder / f"{name}-{size[0]}x{size[1]}-{theme}.svg"
        path.write_text(framed(app.export_screenshot(title="voltui"), theme))
        print(path)

    async with app.run_test(size=size) as pilot:
        await tour(pilot, shot)
        if size == SMALL:
            await pilot.resize_terminal(*TINY)
            await pilot.pause(0.5)
            save("too-small", TINY)


async def record(folder: Path, theme: str) -> None:
    """A backup, a restore and its undo, as pictures that follow one another in one file."""
    app = _explorer(replace(load(), level=_BRISK, theme=theme))
    frames: list[str] = []

    async def frame(words: str, condition: Callable[[VoltuiApp], bool]) -> None:
        await until(pilot, condition)
        frames.append(framed(app.export_screenshot(title=words), theme))

    def done(count: int) -> Callable[[VoltuiApp], bool]:
        return lambda app: len(app.store.state.jobs) >= count and idle(app)

    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await until(pilot, lambda app: idle(app) and bool(app.store.state.jobs))
        jobs = len(app.store.state.jobs)
        await pilot.press("1")
        await move_to(pilot, "media_library")
        await frame("a volume, its users, its last backup", idle)
        await pilot.press("b")
        await frame("b backs it up", lambda app: _fraction(app) > 0.2)
        await frame("b backs it up", lambda app: _fraction(app) > 0.7)
        await frame("what was written is read back, then it is listed", done(jobs + 1))
        app.clear_notifications()
        await pilot.press("R")
        await frame("R shows what a restore would do", lambda app: isinstance(app.screen, RestoreScreen))
        await pilot.press("enter")
        await frame("Enter does it; the old content is kept", done(jobs + 2))
        app.clear_notifications()
        await pilot.press("U")
        await until(pilot, lambda app: isinstance(app.screen, RestoreScreen | MenuScreen))
        if isinstance(app.screen, MenuScreen):  # the recording before has left changes of its own
            await pilot.press("enter")
        await frame("U shows what undoing it would do", lambda app: isinstance(app.screen, RestoreScreen))
        await pilot.press("enter")
        await frame("Enter does it, and that can be undone too", done(jobs + 3))
    path = folder / f"recording-80x24-{theme}.svg"
    path.write_text(animated(frames))
    print(path)


def _fraction(app: VoltuiApp) -> float:
    """How far the running job is in reading; beyond all where none runs."""
    progress = next((job.progress for job in app.store.state.running_jobs), None)
    return 2.0 if idle(app) else (progress.fraction or 0.0) if progress else 0.0


def animated(frames: Sequence[str]) -> str:
    """Pictures of one size that follow one another for ever; who wants no motion, or draws none, sees the first."""
    share, whole = 100 / len(frames), len(frames) * _FRAME
    style = (
        f".frame {{ animation: {whole}s step-end infinite shown; }}"
        f"@keyframes shown {{ 0% {{ visibility: visible; }} {share:.3f}% {{ visibility: hidden; }} }}"
        "@media (prefers-reduced-motion) { .frame { animation: none; } }"
    )
    box = re.search(r'viewBox="[^"]*"', frames[0])
    assert box is not None
    pictures = (
        f'<g class="frame" visibility="{"hidden" if number else "visible"}" '
        f'style="animation-delay: {number * _FRAME}s">{frame}</g>'
        for number, frame in enumerate(frames)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box[0]}><style>{style}</style>{"".join(pictures)}</svg>'


def framed(svg: str, theme: str) -> str:
    """The picture in a frame of its theme, and smaller: without links to fonts on the network, since the reader's own
    font serves, and without each cell's ground, since the frame has it."""
    ink, ground = GROUNDS[theme]
    svg = re.sub(rf'<rect fill="{ground}"[^>]*/>', "", svg)
    svg = re.sub(r"@font-face\s*{[^}]*}", "", svg)
    svg = _TEXT.sub(_tight, svg.replace("&#160;", "\N{NO-BREAK SPACE}"))
    svg = svg.replace('fill="#292929" stroke="rgba(255,255,255,0.35)"', f'fill="{ground}" stroke="#808080"', 1)
    return re.sub(r'(-title" fill=")#[0-9a-f]{6}', rf"\g<1>{ink}", svg)


_CELL = 12.2
"""Units of a picture that a cell is wide."""
_TEXT = re.compile(r' x="([\d.]+)" (y="[\d.]+") textLength="([\d.]+)"([^>]*)>([^<]*)</text>')


def _tight(found: re.Match[str]) -> str:
    """A piece of text where it is without the blanks at its ends: some programs leave these out when they draw."""
    x, y, length, rest, text = found.groups()
    right = text.rstrip()
    tight = right.lstrip()
    before, blanks = len(right) - len(tight), len(text) - len(tight)
    place = f' x="{float(x) + before * _CELL:.1f}" {y} textLength="{float(length) - blanks * _CELL:.1f}"'
    return f"{place}{rest}>{tight}</text>"


async def take_all(folder: Path) -> None:
    """Prepare, then all tours."""
    app = _explorer(load())
    async with app.run_test(size=SMALL) as pilot:
        await prepare(pilot)
    for theme in GROUNDS:
        for size in (SMALL, LARGE):
            await take(folder, size, theme)
        await record(folder, theme)


def main(arguments: list[str]) -> None:
    """Take all pictures; those of an earlier program go."""
    in_sandbox(empty=False)
    folder = Path(arguments[0]) if arguments else Path(__file__).parent.parent / "screenshots"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    asyncio.run(take_all(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
