"""Real databases under load: a backup of their files recovers, with every commit that was acknowledged before it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import DEADLINE, Lab, program, until
from tests.faults.harness import TABLE
from voltui.jobs.common import Treatment
from voltui.jobs.plan import BackupPlan, RestorePlan
from voltui.model.source import Source

pytestmark = pytest.mark.engine


class Database(ABC):
    """A database in a container whose socket is in a directory of the host."""

    user: str

    def __init__(self, sockets: Path) -> None:
        self.sockets = sockets

    @abstractmethod
    def script(self) -> str:
        """What the container runs: a server on ``/data``, its socket in ``/sock``."""

    @abstractmethod
    def write(self, number: int) -> bool:
        """Write a number; whether the server has acknowledged it."""

    @abstractmethod
    def numbers(self) -> set[int] | None:
        """All numbers that are there; ``None`` while the server does not answer."""

    async def start(self, lab: Lab, name: str, volume: str, labels: dict[str, str] | None = None) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)
        self.sockets.mkdir(parents=True)
        identity = pwd.getpwnam(self.user)
        for folder in (self.sockets, await lab.mountpoint(volume)):
            os.chown(folder, identity.pw_uid, identity.pw_gid)
        binds = [f"{volume}:/data", f"{self.sockets}:/sock", "/etc/passwd:/etc/passwd:ro", "/etc/group:/etc/group:ro"]
        command = (
            f"exec setpriv --reuid {identity.pw_uid} --regid {identity.pw_gid} --clear-groups sh -c '{self.script()}'"
        )
        await lab.container(name, binds, command, labels=labels, Tmpfs={"/tmp": ""})

        async def answers() -> bool:
            return self.numbers() is not None

        await until(answers, f"{name}")

    @contextmanager
    def load(self) -> Iterator[set[int]]:
        """Writes go on during the block; the set holds what was acknowledged so far."""
        acknowledged: set[int] = set()
        over = threading.Event()

        def run() -> None:
            number = 0
            while not over.is_set():
                number += 1
                if self.write(number):
                    acknowledged.add(number)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield acknowledged
        finally:
            over.set()
            thread.join(DEADLINE)


def ran(*command: str, patience: float = 30) -> str | None:
    """What a client printed; ``None`` where it failed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=patience)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


class Postgres(Database):
    user = "postgres"

    def __init__(self, sockets: Path) -> None:
        super().__init__(sockets)
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        if not folders:
            program("postgres", "postgresql")
        self.bin = folders[-1].parent

    def script(self) -> str:
        create = f"{self.bin}/initdb -D /data/pg -A trust -U postgres --no-sync >/dev/null"
        return f"[ -d /data/pg ] || {create}; exec {self.bin}/postgres -D /data/pg -k /sock -c listen_addresses="

    def _sql(self, text: str) -> str | None:
        return ran(f"{self.bin}/psql", "-h", str(self.sockets), "-U", "postgres", "-qAtX", "-c", text)

    def write(self, number: int) -> bool:
        return self._sql(f"insert into written values ({number})") is not None

    def numbers(self) -> set[int] | None:
        said = self._sql("create table if not exists written (n int primary key); select n from written")
        return None if said is None else {int(line) for line in said.split()}


class Redis(Database):
    user = "redis"

    def __init__(self, sockets: Path) -> None:
        super().__init__(sockets)
        program("redis-server", "redis-server")

    def script(self) -> str:
        return "exec redis-server --port 0 --unixsocket /sock/redis --dir /data --appendonly yes --appendfsync always"

    def _say(self, *words: str) -> str | None:
        return ran("redis-cli", "-s", str(self.sockets / "redis"), *words)

    def write(self, number: int) -> bool:
        return self._say("rpush", "written", str(number)) not in (None, "")

    def numbers(self) -> set[int] | None:
        said = self._say("lrange", "written", "0", "-1")
        if said is None or "LOADING" in said or "refused" in said:
            return None
        return {int(line) for line in said.split()}


@pytest.fixture
def sockets() -> Iterator[Path]:
    """A path short enough for a socket's name."""
    folder = Path(f"/tmp/vt-sock-{os.getpid()}-{time.monotonic_ns() % 10**6}")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def thirty(acknowledged: set[int]) -> set[int]:
    """What was acknowledged when that were thirty."""

    async def some() -> bool:
        return len(acknowledged) >= 30

    await until(some, "thirty writes")
    return set(acknowledged)


@pytest.mark.parametrize(
    ("kind", "treatment"),
    [
        (Postgres, Treatment.PAUSE),
        (Postgres, Treatment.STOP),
        (Redis, Treatment.PAUSE),
        (Redis, Treatment.STOP),
        (Redis, Treatment.LIVE),  # it only ever appends to its file, whose last line may be cut
    ],
)
async def test_every_commit_acknowledged_before_the_backup_is_in_it(
    lab: Lab, kind: type[Database], treatment: Treatment, sockets: Path
) -> None:
    database = kind(sockets)
    await lab.volume("data")
    await database.start(lab, "db", "data")
    with database.load() as acknowledged:
        before = await thirty(acknowledged)
        outcome = await lab.run(BackupPlan(lab.common(), (Source("volume", "data"),), treatment))
        assert outcome.ending == "done", outcome
        after = len(acknowledged)

        async def more() -> bool:
            return len(acknowledged) > after + 5

        await until(more, "the writes to go on")
    backup = outcome.result["backups"][0]
    restored = await lab.run(RestorePlan(lab.common(), Source("volume", "copy"), backup))
    assert restored.ending == "done", restored
    await lab.engine.remove_container("db")
    await database.start(lab, "copy", "copy")
    found = database.numbers()
    assert found is not None
    assert before <= found, f"lost: {sorted(before - found)}"
    await lab.engine.remove_container("copy")
    TABLE.count(f"backup, {treatment}", f"{kind.__name__} under load", "while it writes")


async def test_a_live_backup_of_postgresql_holds_the_dump_that_a_hook_makes_before_it(lab: Lab, sockets: Path) -> None:
    """Its files are of different moments then, and nobody may start a server on them: the dump is of one."""
    database = Postgres(sockets)
    await lab.volume("data")
    dump = f"{database.bin}/pg_dump -h /sock -U postgres -Fc -f /data/dump postgres"
    await database.start(lab, "db", "data", {"voltui.backup.pre": dump})
    with database.load() as acknowledged:
        before = await thirty(acknowledged)
        outcome = await lab.run(BackupPlan(lab.common(), (Source("volume", "data"),), Treatment.LIVE))
        assert outcome.ending == "done", outcome
    backup = outcome.result["backups"][0]
    (await lab.run(RestorePlan(lab.common(), Source("volume", "copy"), backup))).raise_error()
    await lab.engine.remove_container("db")
    await lab.volume("fresh")
    await database.start(lab, "fresh", "fresh")
    kept = str(await lab.mountpoint("copy") / "dump")
    restore = [f"{database.bin}/pg_restore", "-h", str(sockets), "-U", "postgres", "--clean", "-d", "postgres", kept]
    assert ran(*restore) is not None
    assert before <= (database.numbers() or set())
    await lab.engine.remove_container("fresh")
    TABLE.count("backup, live", "Postgres under load", "dumped by its hook")
