"""Measures the terminal interface by pty: the first usable screen, keys, idling, events, memory.

    voltui sandbox -- python tests/bench/terminal.py [--many N]

A proxy between the program and the engine counts its requests.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.terminal import Terminal, voltui_terminal
from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint

ROUNDS = 5
KEYS = 40
IDLE_SECONDS = 10.0


class CountingProxy:
    """Passes a unix socket on and counts the HTTP requests."""

    def __init__(self, path: Path, target: str) -> None:
        self.requests = 0
        self._target = target
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._listening.accept()
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._target)
            threading.Thread(target=self._pump, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, count: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                if count:
                    self.requests += len(re.findall(rb"(?:GET|POST|PUT|DELETE|HEAD) /\S* HTTP/1\.1\r\n", data))
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@dataclass
class Figure:
    """One line of the table."""

    what: str
    measured: str
    bar: str


@contextmanager
def program(folder: Path, host: str) -> Iterator[Terminal]:
    with voltui_terminal(folder, host, COLORTERM="") as terminal:
        yield terminal


def first_screen(folder: Path, host: str, pattern: str) -> list[float]:
    """Seconds from the start until the volumes are on the screen."""
    times = []
    for _ in range(ROUNDS):
        before = time.monotonic()
        with program(folder, host) as terminal:
            terminal.wait_for(pattern)
            times.append(time.monotonic() - before)
    return times


def key_costs(terminal: Terminal, key: str) -> tuple[float, float, float]:
    """Bytes a key while held, bytes a key when the cursor rests after it, seconds until the first byte."""
    terminal.settle()
    before = len(terminal.written)
    for _ in range(KEYS // 2):
        terminal.child.send(key)
        time.sleep(0.03)
        terminal.read(0.001)
    terminal.read(0.02)
    held = (len(terminal.written) - before) / (KEYS // 2)
    terminal.settle()
    terminal.press("g")
    time.sleep(0.3)
    terminal.settle()
    latencies, sizes = [], []
    for _ in range(8):
        before = len(terminal.written)
        began = time.monotonic()
        terminal.child.send(key)
        while len(terminal.written) == before:
            terminal.read(0.001)
        latencies.append(time.monotonic() - began)
        time.sleep(0.25)
        terminal.settle()
        sizes.append(len(terminal.written) - before)
    return held, statistics.median(sizes), statistics.median(latencies)


def idle(terminal: Terminal, proxy: CountingProxy) -> tuple[float, float]:
    """Bytes and requests a second while nothing happens."""
    terminal.settle()
    before, requests = len(terminal.written), proxy.requests
    deadline = time.monotonic() + IDLE_SECONDS
    while time.monotonic() < deadline:
        terminal.read(0.1)
    return (len(terminal.written) - before) / IDLE_SECONDS, (proxy.requests - requests) / IDLE_SECONDS


async def event_latency(terminal: Terminal, engine: Engine) -> float:
    """Seconds from the engine's answer to a created volume until it is on the screen."""
    times = []
    for number in range(ROUNDS):
        name = f"0-event-{number}"
        await engine.create_volume(name)
        before = time.monotonic()
        while name not in terminal.text:
            assert time.monotonic() - before < 10, terminal.text
        times.append(time.monotonic() - before)
        await engine.remove_volume(name)
        terminal.wait_without(name)
    return statistics.median(times)


def memory(pid: int) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024 / 1e6


async def many_volumes(folder: Path, engine: Engine, host: str, count: int) -> list[Figure]:
    """With many volumes: how long until they are listed, and a key."""
    gate = asyncio.Semaphore(6)

    async def make(number: int) -> None:
        async with gate:
            name = f"many-{number:05}"
            await engine.connection.call("create a volume", lambda api: api.create_volume(name))

    await asyncio.gather(*(make(number) for number in range(count)))
    times = first_screen(folder, host, rf"{count + 13:,} volumes")
    with program(folder, host) as terminal:
        terminal.wait_for(rf"{count + 13:,} volumes")
        held, _, latency = key_costs(terminal, "j")
        rss = memory(terminal.child.pid)
    return [
        Figure(f"{count:,} volumes listed", f"{statistics.median(times):.2f} s", "<= 1 s"),
        Figure(f"one cursor key with {count:,} volumes", f"{latency * 1000:.0f} ms, {held:.0f} bytes", "<= 20 ms"),
        Figure(f"memory with {count:,} volumes", f"{rss:.0f} MB", ""),
    ]


async def measure(many: int) -> list[Figure]:
    host = os.environ["DOCKER_HOST"]
    engine = Engine(Endpoint(host))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        proxy = CountingProxy(folder / "p.sock", host.removeprefix("unix://"))
        proxied = f"unix://{folder}/p.sock"
        times = first_screen(folder, host, r"blog_db .*never")
        with program(folder, proxied) as terminal:
            terminal.wait_for(r"blog_db .*never")
            held, rested, latency = key_costs(terminal, "j")
            idle_bytes, idle_requests = idle(terminal, proxy)
            latency_of_event = await event_latency(terminal, engine)
            rss = memory(terminal.child.pid)
        figures = [
            Figure("first usable screen, 80x24", f"{statistics.median(times):.2f} s", "<= 0.5 s"),
            Figure("one cursor key, held", f"{held:.0f} bytes", "<= 400 bytes"),
            Figure("one cursor key, the detail following", f"{rested:.0f} bytes, {latency * 1000:.0f} ms", ""),
            Figure("idle", f"{idle_bytes:.0f} bytes/s, {idle_requests:.0f} requests/s", "0 and 0"),
            Figure("event to screen", f"{latency_of_event:.2f} s", "<= 0.3 s"),
            Figure("memory of the interface", f"{rss:.0f} MB", "<= 80 MB"),
        ]
        if many:
            figures += await many_volumes(folder, engine, host, many)
    engine.close()
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--many", type=int, default=10_000, help="volumes to make for the last rows; 0 leaves them out")
    options = parser.parse_args()
    if "VOLTUI_SANDBOX" not in os.environ:
        raise SystemExit("Run it in a sandbox: voltui sandbox -- python tests/bench/terminal.py")
    print("| what | measured | bar |\n| --- | --- | --- |")
    for figure in asyncio.run(measure(options.many)):
        print(f"| {figure.what} | {figure.measured} | {figure.bar} |")


if __name__ == "__main__":
    main()
