"""Measures the data path beside what it is compared with, in one run.

    python tests/bench/data_path.py [--rounds N] [--mixed MIB] [--small FILES]

Each round measures everything once, one after the other; the table shows medians and, for the bars, the medians of the
rounds' ratios. Needs zstd and docker's client; busybox-static and b3sum for the rows that use them.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that `tests` is found when this is run as a file

from tests.in_sandbox import in_sandbox
from voltui.engine import tools
from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint
from voltui.engine.helper import HelperSpec, create, remove
from voltui.model.source import Source

LEVEL = 3
Measurement = Callable[[], Any]
MIB = 1 << 20


def make_mixed(folder: Path, size: int) -> None:
    """A third noise, a third text, a third of both, in files of 20 kB to 20 MB."""
    rng = random.Random(1)
    words = [rng.randbytes(rng.randint(1, 5)).hex() for _ in range(5_000)]
    text = " ".join(rng.choices(words, k=1_500_000)).encode()
    total = number = 0
    while total < size:
        (folder / f"d{number % 20}").mkdir(exist_ok=True)
        length = rng.choice([20_000, 200_000, 2_000_000, 20_000_000])
        with (folder / f"d{number % 20}" / f"f{number}").open("wb") as file:
            for at in range(0, length, MIB):
                piece = min(MIB, length - at)
                start = rng.randrange(len(text) - MIB)
                noise = {0: piece, 1: 0, 2: piece // 2}[number % 3]
                file.write(os.urandom(noise) + text[start : start + piece - noise])
        total += length
        number += 1


def make_small(folder: Path, count: int) -> None:
    """Many small files of a few hundred bytes."""
    rng = random.Random(2)
    for number in range(count):
        if number < 100:
            (folder / f"{number:02}").mkdir()
        (folder / f"{number % 100:02}" / f"file-{number:06}.txt").write_bytes(b"%d " % number * rng.randint(1, 200))


class Bench:
    """The volumes, and one measurement a method; times in seconds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = Engine(Endpoint(os.environ["DOCKER_HOST"]))
        self.volumes: dict[str, Path] = {}
        self.memory = 0.0

    async def prepare(self, mixed: int, small: int) -> None:
        for name in ("mixed", "small"):
            self.volumes[name] = Path((await self.engine.create_volume(name)).mountpoint)
        make_mixed(self.volumes["mixed"], mixed)
        make_small(self.volumes["small"], small)

    def bare_backup(self, name: str) -> float:
        """``tar | zstd -T0`` on the bare directory, with the flags that keep everything, on disk at the end."""
        tar = " ".join(f"'{word}'" for word in tools.create_tree(str(self.volumes[name])))
        out = self.folder / "bare.zst"
        return self._shell(f"{tar} | zstd -q -T0 -{LEVEL} --check -f -o {out}; sync {out}")

    def voltui_backup(self, name: str, transport: str = "auto") -> tuple[float, float]:
        """``voltui backup``: seconds until it is published, and in all, with the read-back."""
        before = time.time()
        job = self._voltui("backup", name, transport=transport)
        whole = time.time() - before
        return self._published(job) - before, whole

    def busybox(self, name: str) -> float:
        """What the documentation of Docker tells: ``docker run busybox tar czf``."""
        binary = Path("/bin/busybox")
        if not binary.exists():
            raise SystemExit("Install busybox-static first.")
        root = self.folder / "image"
        (root / "bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(binary, root / "bin" / "busybox")
        (root / "bin" / "gzip").unlink(missing_ok=True)
        (root / "bin" / "gzip").symlink_to("busybox")
        subprocess.run(f"tar -C {root} -c . | docker import - busybox >/dev/null 2>&1", shell=True, check=True)
        return self._shell(
            f"docker run --rm --network none -v {name}:/v:ro -v {self.folder}:/out busybox "
            "/bin/busybox tar czf /out/busybox.tgz -C /v ."
        )

    def bare_restore(self, name: str) -> float:
        """``zstd -d | tar x`` of the backup into an empty directory, synced."""
        target = self.folder / "restored"
        target.mkdir()
        tar = " ".join(f"'{word}'" for word in tools.extract_tree(str(target)))
        took = self._shell(f"zstd -qdc '{self._archive(name)}' | {tar}; sync -f {target}")
        shutil.rmtree(target)
        return took

    async def voltui_restore(self, name: str) -> tuple[float, float]:
        """``voltui restore`` into a new volume: seconds until the content is in place, and in all."""
        before = time.time()
        job = self._voltui("restore", f"{name}@latest", "--to", "restored", "--yes")
        whole = time.time() - before
        await self.engine.remove_volume("restored")
        return self._record_time(job, "swap", "kept") - before, whole

    def bare_verify(self, name: str) -> float | None:
        """``zstd -d | b3sum``."""
        if not shutil.which("b3sum"):
            return None
        return self._shell(f"zstd -qdc '{self._archive(name)}' | b3sum >/dev/null")

    def voltui_verify(self, name: str) -> float:
        """``voltui verify``."""
        before = time.time()
        self._voltui("verify", f"{name}@latest")
        return time.time() - before

    async def docker_cp(self, name: str) -> float:
        """``docker cp <helper>:/v - | zstd -T0``."""
        spec = HelperSpec("bench-cp", Source("volume", name), False, {})
        await create(self.engine.connection, spec)
        out = self.folder / "cp.zst"
        took = self._shell(f"docker cp bench-cp:/v - | zstd -q -T0 -{LEVEL} --check -f -o {out}; sync {out}")
        await remove(self.engine.connection, spec.name)
        return took

    def _shell(self, command: str) -> float:
        subprocess.run(["sync"], check=True)
        before = time.monotonic()
        subprocess.run(["bash", "-o", "pipefail", "-c", command], check=True)
        return time.monotonic() - before

    def _voltui(self, *arguments: str, transport: str = "auto") -> Path:
        """Run a command and return its job's directory."""
        subprocess.run(["sync"], check=True)
        environment = {**os.environ, "VOLTUI_TRANSPORT": transport, "VOLTUI_LEVEL": str(LEVEL)}
        command = [sys.executable, "-P", "-m", "voltui", *arguments]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        job = max((Path(os.environ["XDG_STATE_HOME"]) / "voltui" / "jobs").iterdir())
        found = re.search(r"peak memory (\d+) MiB", (job / "log").read_text())
        self.memory = max(self.memory, float(found[1]) if found else 0.0)
        return job

    def _published(self, job: Path) -> float:
        """When the manifest was written: its file's time, before the verification replaced it, from the journal."""
        return self._record_time(job, "publication", "kept")

    def _record_time(self, job: Path, step: str, state: str) -> float:
        for line in (job / "journal.ndjson").read_text().splitlines():
            record = json.loads(line)
            if record["step"] == step and record["state"] == state:
                return datetime.fromisoformat(record["at"]).timestamp()
        raise SystemExit(f"The journal has no {step} that was {state}.")

    def _archive(self, name: str) -> str:
        return str(max((Path(os.environ["VOLTUI_STORE"]) / name).glob("*.tar.zst")))


class Row:
    """Two times a round: ours and the peer's."""

    def __init__(self, what: str, peer: str, bar: str) -> None:
        self.what, self.peer, self.bar = what, peer, bar
        self.ours: list[float] = []
        self.theirs: list[float] = []
        self.whole: list[float] = []

    def add(self, theirs: float | None, ours: float | tuple[float, float]) -> None:
        first, *whole = ours if isinstance(ours, tuple) else (ours,)
        self.ours.append(first)
        self.whole += whole
        if theirs is not None:
            self.theirs.append(theirs)

    def cells(self) -> list[str]:
        if not self.theirs:
            return [self.what, self.peer, "not measured", f"{statistics.median(self.ours):.2f} s", "", "-", self.bar]
        ratio = statistics.median(theirs / ours for theirs, ours in zip(self.theirs, self.ours, strict=True))
        whole = f"{statistics.median(self.whole):.2f} s" if self.whole else ""
        return [
            self.what,
            self.peer,
            f"{statistics.median(self.theirs):.2f} s",
            f"{statistics.median(self.ours):.2f} s",
            whole,
            f"{ratio:.2f}",
            self.bar,
        ]


async def measure(bench: Bench, rounds: int, say: Callable[[str], None]) -> list[Row]:
    rows = {
        "backup mixed": Row("backup, mixed, until published", "tar \\| zstd -T0", ">= 0.75"),
        "busybox mixed": Row("the same", "docker run busybox tar czf", ">= 10"),
        "backup small": Row("backup, small files, until published", "tar \\| zstd -T0", ">= 0.6"),
        "busybox small": Row("the same", "docker run busybox tar czf", ""),
        "restore mixed": Row("restore, mixed, until swapped", "zstd -d \\| tar x", ">= 0.7"),
        "restore small": Row("restore, small files, until swapped", "zstd -d \\| tar x", ">= 0.7"),
        "verify mixed": Row("verify, mixed", "zstd -d \\| b3sum", ">= 0.8"),
        "verify small": Row("verify, small files", "zstd -d \\| b3sum", ""),
        "archive mixed": Row("archive transport, mixed", "docker cp - \\| zstd -T0", ">= 0.9"),
        "archive small": Row("archive transport, small files", "docker cp - \\| zstd -T0", ">= 0.9"),
    }
    for number in range(1, rounds + 1):
        for name in ("mixed", "small"):
            say(f"round {number}: {name}")
            await measure_volume(bench, rows, name, number)
    for name in ("mixed", "small"):
        rows[f"busybox {name}"].ours.append(statistics.median(rows[f"backup {name}"].ours))
    return list(rows.values())


async def measure_volume(bench: Bench, rows: dict[str, Row], name: str, number: int) -> None:
    """One round of one volume."""
    turn = Turn(number)
    await turn.take(rows[f"backup {name}"], lambda: bench.bare_backup(name), lambda: bench.voltui_backup(name))
    if number == 1:
        rows[f"busybox {name}"].theirs.append(bench.busybox(name))
    await turn.take(rows[f"verify {name}"], lambda: bench.bare_verify(name), lambda: bench.voltui_verify(name))
    await turn.take(rows[f"restore {name}"], lambda: bench.bare_restore(name), lambda: bench.voltui_restore(name))
    await turn.take(
        rows[f"archive {name}"], lambda: bench.docker_cp(name), lambda: bench.voltui_backup(name, "archive")
    )


class Turn:
    """Takes the two measurements of a row, in the other order every other round: a disk favours who comes second."""

    def __init__(self, number: int) -> None:
        self._ours_first = number % 2 == 0

    async def take(self, row: Row, theirs: Measurement, ours: Measurement) -> None:
        if self._ours_first:
            mine = await _value(ours)
            row.add(await _value(theirs), mine)
        else:
            other = await _value(theirs)
            row.add(other, await _value(ours))


async def _value(measurement: Measurement) -> Any:
    value = measurement()
    return await value if inspect.isawaitable(value) else value


def print_table(rows: list[Row], memory: float) -> None:
    header = ["what", "beside", "that", "voltui", "with read-back", "ratio", "bar"]
    lines = [header, ["---"] * len(header), *(row.cells() for row in rows)]
    for cells in lines:
        print("| " + " | ".join(cells) + " |")
    print(f"\nThe worker's peak memory: {memory:.0f} MiB (bar: 150 MB). {os.cpu_count()} cores.")


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--mixed", type=int, default=2048, help="MiB of the mixed volume")
    parser.add_argument("--small", type=int, default=100_000, help="files of the other")
    options = parser.parse_args()
    in_sandbox(empty=True)
    with tempfile.TemporaryDirectory(dir=os.environ["VOLTUI_SANDBOX"]) as folder:
        bench = Bench(Path(folder))
        await bench.prepare(options.mixed * MIB, options.small)
        rows = await measure(bench, options.rounds, lambda text: print(text, file=sys.stderr))
        bench.engine.close()
        print_table(rows, bench.memory)


if __name__ == "__main__":
    asyncio.run(main())
