"""Files that change, vanish or can't be read while a backup reads them; disks that fill up or refuse."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import Lab, loop_disk, memory_disk, slow_to_compress, until
from tests.faults.harness import TABLE, check_invariants
from voltui.archive.index import read_index
from voltui.jobs import recover
from voltui.jobs.common import Treatment
from voltui.jobs.directory import JobDirectory, jobs_directory
from voltui.jobs.plan import BackupPlan, RestorePlan
from voltui.jobs.submit import submit
from voltui.model.backup import Consistency
from voltui.model.source import Source
from voltui.store.local import LocalStore

pytestmark = pytest.mark.engine
DATA = Source("volume", "data")
_LARGE = 12_000_000
_SLOWER, _SLOWEST = 6, 19
"""Levels at which a backup lasts long enough to be caught at its reading, on a quick machine too."""


async def begun(job: JobDirectory) -> None:
    """Wait until the job has read something, and long not all."""

    async def reading() -> bool:
        state = job.progress()
        return state is not None and state.step.startswith("Reading") and state.done > 0

    await until(reading, "the first bytes")


def shrink(path: Path) -> None:
    os.truncate(path, 1000)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more" * 1_000_000)


def rename(path: Path) -> None:
    path.rename(path.with_name(f"{path.name}-renamed"))


ALTERATIONS: tuple[Callable[[Path], None], ...] = (shrink, grow, Path.unlink, rename)


@pytest.mark.parametrize("alter", ALTERATIONS, ids=["shrinks", "grows", "vanishes", "is renamed"])
async def test_a_file_that_is_altered_while_it_is_read_is_told_and_the_backup_is_whole(
    lab: Lab, alter: Callable[[Path], None], request: pytest.FixtureRequest
) -> None:
    """All of them are: some are being read at that moment, some were, some are not yet."""
    files = await lab.volume("data")
    for number in range(6):
        slow_to_compress(files / f"large{number}", _LARGE)
    await lab.container("writer", ["data:/data"])
    job = submit(BackupPlan(replace(lab.common(), level=_SLOWER), (DATA,), Treatment.LIVE), lab.state)
    await begun(job)
    for number in range(6):
        alter(files / f"large{number}")
    outcome = await lab.ended(job)
    assert outcome.ending == "done", outcome
    backup = lab.store.find("data@latest")
    assert backup.consistency is Consistency.LIVE
    assert "changed" in {loss.kind for loss in backup.losses}
    assert {entry.path for entry in read_index(lab.store.index_path(backup))} <= {
        b".",
        *(f"large{number}".encode() for number in range(6)),
    }
    await check_invariants(lab, job)
    TABLE.count("backup, live", f"a file {request.node.callspec.id}", "while the files are read")


@pytest.fixture
def ext4_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system on a loop device."""
    yield from loop_disk(tmp_path / "ext4", ["mkfs.ext4", "-q", "-O", "^has_journal", "-m", "0"], 80 << 20)


async def test_a_file_that_can_not_be_read_fails_the_backup_and_is_named(lab: Lab, ext4_disk: Path) -> None:
    """The device's file is cut: whatever lies behind the cut is an error of input and output (EIO)."""
    folder = ext4_disk / "data"
    folder.mkdir()
    for number in range(5):
        (folder / f"file{number}").write_bytes(os.urandom(9_000_000))
    subprocess.run(["sync", "--file-system", str(ext4_disk)], check=True)
    os.truncate(ext4_disk.with_suffix(".img"), 30 << 20)
    subprocess.run(["blockdev", "--flushbufs", loop_of(ext4_disk)], check=False)
    Path("/proc/sys/vm/drop_caches").write_text("3\n")
    source = Source("path", str(folder))
    await lab.container("writer", [f"{folder}:/data"])
    job = submit(BackupPlan(lab.common(), (source,)), lab.state)
    outcome = await lab.ended(job)
    assert outcome.ending == "failed", outcome
    assert "file" in outcome.sentence
    assert "Input/output error" in outcome.sentence
    assert lab.store.listing().backups == ()
    await check_invariants(lab, job)
    TABLE.count("backup", "EIO", "inside a file")


def loop_of(mounted: Path) -> str:
    said = subprocess.run(["findmnt", "-no", "SOURCE", str(mounted)], capture_output=True, text=True, check=True)
    return said.stdout.strip()


async def test_a_store_that_turns_read_only_fails_the_backup_and_is_clean_when_it_is_writable_again(
    lab: Lab, ext4_disk: Path
) -> None:
    """Its folder is made immutable: files that are open can still be written, but nothing be renamed or deleted."""
    lab.store = LocalStore(ext4_disk / "store")
    files = await lab.volume("data")
    slow_to_compress(files / "large", _LARGE // 2)
    await lab.container("writer", ["data:/data"])
    job = submit(BackupPlan(replace(lab.common(), level=_SLOWEST), (DATA,)), lab.state)
    await begun(job)
    folder = str(ext4_disk / "store" / "data")
    subprocess.run(["chattr", "+i", folder], check=True)
    try:
        outcome = await lab.ended(job)
        assert await lab.state_of("writer") == "running"
    finally:
        subprocess.run(["chattr", "-i", folder], check=True)
    assert outcome.ending == "failed", outcome
    assert "not permitted" in outcome.sentence
    assert lab.store.listing().backups == ()
    await recover.recover_all(jobs_directory(lab.state), lab.engine.endpoint)
    await check_invariants(lab, job)
    TABLE.count("backup", "the store turns read-only", "while the files are read")


@pytest.fixture
def few_inodes(tmp_path: Path) -> Iterator[Path]:
    """A file system for 20 files."""
    yield from memory_disk(tmp_path / "few", "size=50m,nr_inodes=20")


async def test_a_target_without_inodes_is_told_before_anything_happens(lab: Lab, few_inodes: Path) -> None:
    files = await lab.volume("data")
    for number in range(30):
        (files / str(number)).touch()
    made = await lab.run(BackupPlan(lab.common(), (DATA,)))
    (few_inodes / "old").write_text("old")
    outcome = await lab.run(
        RestorePlan(lab.common(), Source("path", str(few_inodes)), made.result["backups"][0], in_place=True)
    )
    assert outcome.ending == "failed"
    assert "no room for 31 more files" in outcome.sentence
    assert [path.name for path in few_inodes.iterdir()] == ["old"]
    TABLE.count("restore", "no inodes", "in the target")


async def test_a_store_without_inodes_fails_the_backup_in_a_sentence(lab: Lab, few_inodes: Path) -> None:
    await lab.volume("data")
    lab.store = LocalStore(few_inodes / "store")
    for number in range(17):
        (few_inodes / str(number)).touch()
    outcome = await lab.run(BackupPlan(lab.common(), (DATA,)))
    assert outcome.ending == "failed"
    assert "no space left" in outcome.sentence
    assert [path for path in few_inodes.rglob("*") if path.is_file() and not path.name.isdigit()] == []
    TABLE.count("backup", "no inodes", "in the store")
