"""Exporting backups: whole or their content, sealed or in plain, never over anything, nothing half left behind."""

from __future__ import annotations

import io
import os
import signal
import tarfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.archive.test_seal import identity_file
from tests.conftest import Lab, Ran, until
from tests.jobs.test_recovery import processes_of
from voltui.jobs.common import Common
from voltui.jobs.directory import JobDirectory
from voltui.jobs.plan import BackupExportPlan, BackupPlan
from voltui.jobs.submit import submit
from voltui.model.backup import Backup
from voltui.model.errors import Damaged, Failed, Refused, Usage
from voltui.model.source import Source
from voltui.store.local import LocalStore

pytestmark = pytest.mark.engine
CONTENT = b"dear reader\n" * 1000


async def backed_up(lab: Lab, common: Common) -> Backup:
    if not await lab.engine.volume_exists("data"):
        (await lab.volume("data") / "letter").write_bytes(CONTENT)
    outcome = await lab.run(BackupPlan(common, (Source("volume", "data"),)))
    outcome.raise_error()
    return lab.store.find(outcome.result["backups"][0])


async def exported(lab: Lab, common: Common, backup: Backup, to: Path, *, decrypt: bool = False) -> None:
    (await lab.run(BackupExportPlan(common, (backup.id,), str(to), decrypt))).raise_error()


def letter(tar: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        found = archive.extractfile("./letter")
        assert found is not None
        return found.read()


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def assert_whole(place: Path, backup: Backup) -> None:
    """A directory holds the backup and nothing else, or a file all of its content."""
    if place.is_dir():
        store = LocalStore(place)
        found = store.find(backup.id)
        paths = (store.archive_path(found), store.index_path(found))
        assert [path.stat().st_size for path in paths] == [found.archive.size, found.index.size]
        assert len(files_below(place)) == 3
    else:
        assert files_below(place.parent) == [place.name]
        with tarfile.open(place) as archive:
            assert len(archive.getmembers()) == backup.content.count


async def test_a_directory_is_a_store_and_the_way_back(lab: Lab, voltui: Callable[..., Ran], tmp_path: Path) -> None:
    backup = await backed_up(lab, lab.common())
    other = tmp_path / "disk" / "backups"
    done = voltui("export", backup.id, "data@latest", "--to", str(other), check=True)
    assert f"Exported {backup.id} to {other}." in done.out
    copy = LocalStore(other).find(backup.id)
    assert copy.verified is None  # nobody has read it back there yet
    assert replace(copy, verified=backup.verified) == backup
    voltui("verify", backup.id, "--store", str(other), check=True)
    again = voltui("export", backup.id, "--to", str(other))
    assert again.code == 5
    assert "already" in again.err
    assert letter(voltui("export", backup.id, check=True).out.encode()) == CONTENT
    assert voltui("export", "data", "--to", str(other)).code == 2
    assert voltui("--read-only", "export", backup.id, "--to", str(tmp_path / "more"), check=True).code == 0


async def test_an_encrypted_one_leaves_as_it_is_or_in_plain(lab: Lab, tmp_path: Path) -> None:
    identity, recipient = identity_file(tmp_path)
    sealing = replace(lab.common(), recipients=(recipient,))
    opening = replace(lab.common(), identities=(str(identity),))
    backup = await backed_up(lab, sealing)
    await exported(lab, lab.common(), backup, tmp_path / "sealed")
    assert LocalStore(tmp_path / "sealed").find(backup.id).encrypted
    with pytest.raises(Refused, match="no key"):
        await exported(lab, lab.common(), backup, tmp_path / "plain", decrypt=True)
    assert files_below(tmp_path / "plain") == [] if (tmp_path / "plain").exists() else True
    await exported(lab, opening, backup, tmp_path / "plain", decrypt=True)
    plain = LocalStore(tmp_path / "plain").find(backup.id)
    assert (plain.encrypted, plain.driver) == (False, "local")
    for name, magic in (("a.tar", b"./"), ("a.tar.zst", b"\x28\xb5\x2f\xfd"), ("a.tar.zst.age", b"age-encryption")):
        await exported(lab, opening, backup, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(magic)
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert letter((tmp_path / "a.tar").read_bytes()) == CONTENT
    (tmp_path / "a.tar").write_text("mine")
    with pytest.raises(Refused, match="exists already"):
        await exported(lab, opening, backup, tmp_path / "a.tar")
    assert (tmp_path / "a.tar").read_text() == "mine"


async def test_what_fails_or_is_cancelled_leaves_nothing(lab: Lab, tmp_path: Path, small_disk: Path) -> None:
    (await lab.volume("data") / "letter").write_bytes(os.urandom(30_000_000))
    backup = await backed_up(lab, lab.common())
    for to in (small_disk / "store", small_disk / "x.tar"):
        with pytest.raises(Failed, match=r"free, .* are needed"):
            await exported(lab, lab.common(), backup, to)
    with pytest.raises(Usage, match="not encrypted"):
        await exported(lab, lab.common(), backup, tmp_path / "x.tar.zst.age")
    place = tmp_path / "place"
    place.mkdir()
    for to in (place / "store", place / "x.tar"):
        job = submit(BackupExportPlan(lab.common(), (backup.id,), str(to)), lab.state)
        job.ask_to_cancel()
        outcome = await lab.ended(job)
        assert outcome.ending in ("cancelled", "done")
        assert bool(files_below(place)) == (outcome.ending == "done")
        for path in [*place.rglob("*")][::-1]:
            path.unlink() if path.is_file() else path.rmdir()
    archive = lab.store.archive_path(backup)
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 1
    archive.write_bytes(data)
    for to in (place / "store", place / "x.tar", place / "x.tar.zst"):
        with pytest.raises(Damaged):
            await exported(lab, lab.common(), backup, to)
        assert files_below(place) == []
    assert lab.store.find(backup.id).damaged


async def test_a_killed_export_leaves_nothing_half_written(lab: Lab, tmp_path: Path) -> None:
    with (await lab.volume("data") / "zeros").open("wb") as file:
        for _ in range(300):
            file.write(bytes(1_000_000))
    backup = await backed_up(lab, lab.common())
    for name in ("x.tar", "store"):
        place = tmp_path / f"place of {name}"
        place.mkdir()
        job = submit(BackupExportPlan(lab.common(), (backup.id,), str(place / name)), lab.state)

        async def begun(job: JobDirectory = job, place: Path = place) -> bool:
            return bool(files_below(place)) or job.outcome() is not None

        await until(begun, "the first file")
        with suppress(StopIteration, ProcessLookupError):  # it was quicker
            os.kill(processes_of(job)[1], signal.SIGKILL)
        outcome = await lab.ended_after_death(job)
        left = files_below(place)
        assert left or outcome.ending == "failed"
        if left:  # killed before that was said, but after the last rename: all of it is there
            assert_whole(place / name, backup)
