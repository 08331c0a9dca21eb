"""Measures what keeps the interface from the keyboard, and what it writes, during a backup of many small files.

    python tests/bench/loop.py [--files N] [--volumes N] [--containers N]

Each callback of the event loop is timed (`watched.py`). Wall time counts other programs on the machine too; the time
that the callback had a processor does not. Exits with 1 where a callback was slow while it backed up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that `tests` is found when this is run as a file

from tests.bench.counting import memory
from tests.in_sandbox import in_sandbox
from tests.terminal import Terminal
from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint
from voltui.engine.helper import IMAGE, ensure_image

ROOT = Path(__file__).parents[2]
BAR = 0.05
MOST = 12
"""Callbacks that are told one by one."""
NAME = "0-small-files"
PROJECTS = 200
BACK_UP = "back up"
"""How the names of the phases begin that the bar is for."""


@dataclass
class Phase:
    """Something that was done, and what the loop and the terminal had of it."""

    what: str
    began: float
    ended: float
    written: int
    memory: float
    """Resident, in MB, at its end."""


class Run:
    """One run of the program, phase by phase."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.phases: list[Phase] = []

    def phase(self, what: str, act: Callable[[], object], until: str) -> None:
        """Do something and wait for what the screen shows then."""
        began, before = time.monotonic(), len(self.terminal.written)
        act()
        self.terminal.wait_for(until)
        self.phases.append(
            Phase(what, began, time.monotonic(), len(self.terminal.written) - before, memory(self.terminal.child.pid))
        )


def fill(folder: Path, count: int) -> None:
    """Many small files: half of them in one directory, of the others a thousand in each."""
    for number in range(count):
        inside = folder / ("half" if number < count // 2 else f"{number // 1000:04}")
        if number % 1000 == 0:
            inside.mkdir(exist_ok=True)
        (inside / f"{number}").write_bytes(b"%d" % number)


async def populate(engine: Engine, files: int, volumes: int, containers: int) -> None:
    """A volume of many files, and many others, with containers that use some."""
    gate = asyncio.Semaphore(6)
    connection = engine.connection

    async def volume(number: int) -> None:
        async with gate:
            labels = {"com.docker.compose.project": f"project{number % PROJECTS}"}
            await connection.call("create", lambda api: api.create_volume(f"many-{number:05}", labels=labels))

    async def container(number: int) -> None:
        async with gate:
            labels = {"com.docker.compose.project": f"project{number % PROJECTS}"}
            binds = [f"many-{(3 * number + one) % max(volumes, 1):05}:/data{one}" for one in range(3)]

            def create(api: Any) -> None:
                config = api.create_host_config(binds=binds)
                api.create_container(IMAGE, "x", name=f"c{number:05}", labels=labels, host_config=config)

            await connection.call("create", create)

    await asyncio.gather(*(volume(number) for number in range(volumes)))
    if containers:
        await ensure_image(connection)
    await asyncio.gather(*(container(number) for number in range(containers)))
    await engine.create_volume(NAME)
    fill(Path((await engine.volume(NAME)).mountpoint), files)


def measure(folder: Path, host: str, volumes: int) -> tuple[list[Phase], Path]:
    """Run the program through all phases; they, and the file of what was slow in them."""
    report = folder / "loop.ndjson"
    environment = {
        **os.environ,
        "DOCKER_HOST": host,
        "VOLTUI_STORE": str(folder / "store"),
        "XDG_STATE_HOME": str(folder / "state"),
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "COLORTERM": "",
    }
    terminal = Terminal([sys.executable, "-P", "-m", "tests.bench.watched", str(report)], environment)
    run = Run(terminal)
    try:
        run.phase("start, all listed", lambda: None, rf"> {NAME}")
        run.phase("sizes measured for 5 s", lambda: hold(terminal, 5), NAME)
        back_up(run)
        look_into(run)
        if volumes:
            look_at_many(run, host)
    finally:
        terminal.close()
    return run.phases, report


def back_up(run: Run) -> None:
    """Back the many files up, looking at it in three ways."""
    press, wait = run.terminal.press, run.terminal.wait_for
    done = f"Backed up and verified {NAME}"
    run.phase(BACK_UP, lambda: (press("b"), wait(f"backup {NAME}")), done)
    run.phase(f"{BACK_UP}, the pane of jobs", lambda: in_the_pane_of_jobs(run.terminal), r"backup +\S+ +done")
    press("1")
    run.phase(f"{BACK_UP}, keys held", lambda: keys_while_backing_up(run.terminal), done)


def look_into(run: Run) -> None:
    """The files of the volume: a directory of half of them, marked one by one and all."""
    terminal, press = run.terminal, run.terminal.press
    press("1", "g")
    run.phase("files, all read", lambda: press("f"), r"half/? ")
    press("g")
    run.phase("a directory of half of them", lambda: press("Enter"), r"/half[\s\S]*1/[\d,]{4,}")
    run.phase("one marked", lambda: press(" "), "1 marked")
    run.phase("all others marked", lambda: press("*"), r"[\d,]{4,} marked")
    run.phase("sorted otherwise", lambda: press("s"), "sort")
    press("Esc")
    terminal.wait_without("marked")
    press("q")
    terminal.wait_for(r"1 Volumes")


def look_at_many(run: Run, host: str) -> None:
    """Filter, sort, group; events meanwhile."""
    terminal, press = run.terminal, run.terminal.press
    run.phase("filter typed", lambda: press("/", *"many-0"), r"many-00000[\s\S]*many-00001")
    press("Enter")
    run.phase("an event while filtered", lambda: volume_comes(host, "many-0-event"), "many-0-event")
    press("Esc")
    terminal.wait_without(" /many-0 ")
    run.phase("by project", lambda: press("p"), "▸ project")
    run.phase("a project opened", lambda: press("Enter"), "▾ ")
    press("p")
    terminal.settle()
    run.phase("sort by size", lambda: press("s"), "sort size")
    run.phase("the graph, all groups", lambda: press("3"), r"CONTAINERS[\s\S]*> ")
    run.phase("the graph, all inspected", lambda: hold(terminal, 10), "> ")
    run.phase("the graph, an event", lambda: volume_comes(host, "many-1-event"), "> ")
    run.phase("the graph, after it", lambda: hold(terminal, 2), "> ")
    run.phase("containers", lambda: press("2"), r"STATE[\s\S]*> ")


def in_the_pane_of_jobs(terminal: Terminal) -> None:
    """Watch a backup there, its detail below."""
    terminal.press("b")
    terminal.wait_for(f"backup {NAME}")
    terminal.press("5", "g")
    terminal.wait_for(r"backup +\S+ +running")
    terminal.wait_without(r"backup +\S+ +running")


def hold(terminal: Terminal, seconds: float) -> None:
    """Take in what comes for so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        terminal.read(0.05)


def keys_while_backing_up(terminal: Terminal) -> None:
    """Press keys all the while a backup goes on."""
    terminal.press("1", "b")
    terminal.wait_for(rf"backup {NAME}")
    while f"backup {NAME}" in terminal.text:
        assert terminal.child.isalive(), terminal.text
        terminal.press("j", "k")


def volume_comes(host: str, name: str) -> None:
    """Somebody makes a volume."""

    async def make() -> None:
        engine = Engine(Endpoint(host))
        await engine.create_volume(name)
        engine.close()

    asyncio.run(make())


def show(phases: list[Phase], report: Path) -> bool:
    """Print a line for each phase, then what was slowest; whether nothing was slow while it backed up."""
    quick = True
    callbacks = [json.loads(line) for line in report.read_text().splitlines()]
    print("| phase | seconds | bytes/s | slowest | of that with a processor | over 50 ms | with a processor | memory |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for phase in phases:
        within = [one for one in callbacks if phase.began <= one["began"] <= phase.ended]
        slowest = max(within, key=lambda one: one["took"], default={"took": 0.0, "processor": 0.0})
        over, busy = ([one for one in within if one[what] > BAR] for what in ("took", "processor"))
        seconds = phase.ended - phase.began
        quick &= not (over and phase.what.startswith(BACK_UP))
        print(
            f"| {phase.what} | {seconds:.1f} | {phase.written / seconds:,.0f} | {slowest['took'] * 1000:.0f} ms "
            f"| {slowest['processor'] * 1000:.0f} ms | {len(over)} | {len(busy)} | {phase.memory:.0f} MB |"
        )
    print(f"\nThe {MOST} that had a processor longest, in ms:")
    for one in sorted(callbacks, key=lambda one: -one["processor"])[:MOST]:
        name = next((phase.what for phase in phases if phase.began <= one["began"] <= phase.ended), "between")
        took = ", ".join(f"{what} {one[what] * 1000:.0f}" for what in ("processor", "took", "collecting"))
        print(f"{name}: {took}: {one['who']}: {' < '.join(reversed(one['where']))}")
    return quick


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000, help="files in the volume that is backed up")
    parser.add_argument("--volumes", type=int, default=10_000, help="other volumes; 0 leaves them out")
    parser.add_argument("--containers", type=int, default=2_000, help="containers that use some of them")
    options = parser.parse_args()
    in_sandbox(empty=True)
    host = os.environ["DOCKER_HOST"]
    with tempfile.TemporaryDirectory() as name:

        async def prepare() -> None:
            engine = Engine(Endpoint(host))
            await populate(engine, options.files, options.volumes, options.containers)
            engine.close()

        asyncio.run(prepare())
        quick = show(*measure(Path(name), host, options.volumes))
    print(f"\nNo callback over {BAR * 1000:.0f} ms during the backups: {'met' if quick else 'MISSED'}.")
    raise SystemExit(0 if quick else 1)


if __name__ == "__main__":
    main()
