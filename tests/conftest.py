"""What all tests share: no test sees the developer's own configuration, jobs, store or engine."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint
from voltui.engine.helper import IMAGE, ensure_image, tool_folders
from voltui.jobs import watch
from voltui.jobs.common import Common, TransportChoice
from voltui.jobs.directory import JobDirectory
from voltui.jobs.plan import Plan
from voltui.jobs.state import Outcome
from voltui.jobs.submit import submit
from voltui.model.container import Container
from voltui.model.volume import Volume
from voltui.sandbox.run import kept
from voltui.store.local import LocalStore

HOW = "Engine tests need a sandbox: voltui sandbox --empty --yes -- pytest"
DEADLINE = 60.0
"""Seconds a condition may take to come true before a test fails. None of them should need more than a few."""


@pytest.fixture(autouse=True)
def own_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configuration, state and store below the test's own directory."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    for name in [name for name in os.environ if name.startswith("VOLTUI_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def sandbox_host(worker_id: str) -> Iterator[str]:
    """The address of the sandbox's engine: of several pytest workers each but the first starts a sandbox of its own.

    Fails where the engine is none of a sandbox: tests create and destroy.
    """
    _check_that_it_is_a_sandbox()
    if worker_id in ("master", "gw0"):
        yield os.environ["DOCKER_HOST"]
        return
    with kept(lambda words: None) as layout, pytest.MonkeyPatch.context() as patch:
        for name, value in layout.environment().items():
            patch.setenv(name, value)
        yield layout.host


def _check_that_it_is_a_sandbox() -> None:
    host = os.environ.get("DOCKER_HOST", "")
    if not host:
        pytest.fail(HOW)

    async def of_a_sandbox() -> bool:
        engine = Engine(Endpoint(host))
        try:
            return (await engine.info()).sandbox
        finally:
            engine.close()

    if not asyncio.run(of_a_sandbox()):
        pytest.fail(f"The engine at {host} is no sandbox. {HOW}")


def program(name: str, package: str) -> str:
    """The path of a program that a test needs. Without it the test is skipped; where CI runs, it fails."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"Needs {name}, of Debian's package {package}.")
    return found


@dataclass
class Lab:
    """An engine to work with, and what a test makes on it. All of it is removed at the end."""

    engine: Engine
    state: Path
    store: LocalStore
    files: Path

    def common(self, transport: str = "auto") -> Common:
        return Common(self.engine.endpoint, str(self.store.root), TransportChoice(transport))

    async def volume(self, name: str, **options: str) -> Path:
        """A new volume; where its files are on this host."""
        return Path((await self.engine.create_volume(name, "local", options)).mountpoint)

    async def mountpoint(self, name: str) -> Path:
        """Where a volume's files are on this host."""
        return Path((await self.engine.volume(name)).mountpoint)

    async def container(
        self,
        name: str,
        binds: list[str],
        script: str = "",
        *,
        labels: Mapping[str, str] | None = None,
        **host_config: object,
    ) -> str:
        """A new container with the host's tools; it runs ``script``, or sleeps until it is told to end."""
        await ensure_image(self.engine.connection)
        tools = [f"{folder}:{folder}:ro" for folder in tool_folders()]
        config = {
            "Image": IMAGE,
            "StopTimeout": 1,
            "Labels": dict(labels or {}),
            "Cmd": ["sh", "-c", script or "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"],
            "HostConfig": {"Binds": binds + tools, "NetworkMode": "none", **host_config},
        }
        created = await self.engine.connection.call(
            "make a container", lambda api: api.create_container_from_config(config, name)
        )
        await self.engine.start(created["Id"])
        return str(created["Id"])

    async def state_of(self, name: str) -> str:
        return (await self.engine.container(name)).container.state

    async def run(self, plan: Plan) -> Outcome:
        """Run a job to its end."""
        return await self.ended(submit(plan, self.state))

    async def ended(self, job: JobDirectory) -> Outcome:
        async def last() -> Outcome:
            async for view in watch.follow(job):
                if view.outcome is not None:
                    return view.outcome
            raise AssertionError(f"the job died: {(job.path / 'log').read_text()}")

        return await asyncio.wait_for(last(), DEADLINE)

    async def ended_after_death(self, job: JobDirectory) -> Outcome:
        """The outcome that whoever cleans up after a dead worker writes."""

        async def told() -> bool:
            return job.outcome() is not None

        await until(told, "the outcome")
        outcome = job.outcome()
        assert outcome is not None
        return outcome

    async def remove_all(self) -> None:
        for container in await self.engine.containers():
            await self.engine.remove_container(container.id)
        for volume in await self.engine.volumes():
            await self.engine.remove_volume(volume.name)


def _made_when_killed(container: Container) -> bool:
    """Whether it is an explorer's that was never started: closing a terminal kills VolTUI, and what it has just made
    is for the next one to sweep."""
    return container.state == "created" and container.name.startswith("voltui-explorer-")


@pytest.fixture
async def lab(sandbox_host: str, tmp_path: Path) -> AsyncIterator[Lab]:
    """The sandbox's engine, empty at the beginning and at the end."""
    engine = Engine(Endpoint(sandbox_host))
    made = Lab(engine, tmp_path / "state" / "voltui", LocalStore(tmp_path / "store"), tmp_path)
    await made.remove_all()
    yield made

    async def no_helpers() -> bool:
        return not [one for one in await engine.containers() if one.helper and not _made_when_killed(one)]

    try:
        await until(no_helpers, "that no helper container is left behind")  # an explorer's ends when its owner does
    finally:
        await made.remove_all()
        engine.close()


def slow_to_compress(path: Path, size: int = 24_000_000) -> None:
    """A file that zstd's level 19 works on for seconds: text, unlike noise, makes it search."""
    random = Random(5)
    words = [random.randbytes(random.randint(2, 9)).hex() for _ in range(4_000)]
    text = " ".join(random.choices(words, k=400_000)).encode()
    path.write_bytes((text * (size // len(text) + 1))[:size])


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until an awaited condition holds."""
    deadline = time.monotonic() + DEADLINE
    while not await condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true in {DEADLINE:.0f} s")
        await asyncio.sleep(0.02)


@dataclass
class Ran:
    """What a command line said."""

    code: int
    out: str
    err: str


@pytest.fixture
def voltui(tmp_path: Path, sandbox_host: str) -> Callable[..., Ran]:
    """Runs ``voltui`` as a user would, with a store and a state of the test's own."""

    def run(*arguments: str, stdin: bytes = b"", check: bool = False) -> Ran:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "voltui", *arguments],
            input=stdin,
            capture_output=True,
            env={**os.environ, "VOLTUI_STORE": str(tmp_path / "store"), "DOCKER_HOST": sandbox_host},
            timeout=DEADLINE,
        )
        ran = Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
        if check:
            assert ran.code == 0, ran.err
        return ran

    return run


def volume_named(volumes: list[Volume], name: str) -> Volume:
    return next(volume for volume in volumes if volume.name == name)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 10 MB."""
    yield from memory_disk(tmp_path / "small", "size=10m")


def memory_disk(folder: Path, options: str) -> Iterator[Path]:
    """A directory that a file system in memory is mounted at."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def sharing_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that copies by sharing blocks: xfs on a loop device. Skips where there are none."""
    yield from loop_disk(tmp_path / "sharing", [program("mkfs.xfs", "xfsprogs"), "-q", "-m", "reflink=1"], 320 << 20)


def loop_disk(folder: Path, make: list[str], size: int) -> Iterator[Path]:
    """A directory that a file system in a file is mounted at; the file is its name with ``.img``."""
    folder.mkdir()
    image = folder.with_suffix(".img")
    with image.open("wb") as file:
        file.truncate(size)
    subprocess.run([*make, str(image)], check=True, capture_output=True)
    mounted = subprocess.run(["mount", "-o", "loop", str(image), str(folder)], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no loop device: {mounted.stderr.decode()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def no_processes_left(tmp_path: Path) -> Iterator[None]:
    """Nothing that names the test's directory runs on when the test is over."""
    yield
    deadline = time.monotonic() + 10
    while (left := _processes_of(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def _processes_of(path: Path) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(path) in command:
            found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found
