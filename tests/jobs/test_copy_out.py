"""Files of volumes and backups come to the client: all of what was asked for, or nothing."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import Lab
from tests.faults.harness import finish, records, start
from voltui.jobs.file_plans import CopyOutPlan
from voltui.jobs.plan import BackupPlan
from voltui.model.errors import NotFound, Refused
from voltui.model.source import Source

pytestmark = pytest.mark.engine
DATA = Source("volume", "data")
ODD = os.fsdecode(b"-odd\xff\n")


def fill(files: Path) -> None:
    (files / "folder" / "deep").mkdir(parents=True)
    (files / "folder" / "deep" / "text").write_text("hello")
    os.link(files / "folder" / "deep" / "text", files / "folder" / "again")
    (files / "folder" / "closed").mkdir(mode=0o500)
    (files / "folder" / "closed" / "inside").write_text("shut")
    (files / "folder" / "out").symlink_to("/etc/passwd")
    with (files / "folder" / "holes").open("wb") as file:
        file.write(b"begin")
        file.seek(5_000_000)
        file.write(b"end")
    os.mkfifo(files / "folder" / "pipe")
    os.mknod(files / "folder" / "device", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    (files / ODD).write_text("odd")
    (files / ODD).chmod(0o4751)
    os.chown(files / ODD, 1234, 1234)
    os.setxattr(files / ODD, "user.mark", b"kept")
    os.utime(files / ODD, ns=(0, 1_700_000_000_123_456_789))
    (files / "other").write_bytes(b"x" * 1_000_000)


def plan(lab: Lab, target: Path, *paths: bytes, backup: str = "", transport: str = "auto") -> CopyOutPlan:
    origin = None if backup else DATA
    return CopyOutPlan(lab.common(transport), paths, os.fsencode(target), origin, backup)


async def backed_up(lab: Lab) -> str:
    outcome = await lab.run(BackupPlan(lab.common(), (DATA,)))
    return str(outcome.result["backups"][0])


@pytest.mark.parametrize("way", ["bridge", "archive", "backup"])
async def test_what_was_asked_for_comes_with_all_that_a_user_can_make(lab: Lab, tmp_path: Path, way: str) -> None:
    fill(await lab.volume("data"))
    backup = await backed_up(lab) if way == "backup" else ""
    target = tmp_path / "new" / "place"
    asked = plan(
        lab, target, b"folder", b"folder/deep", os.fsencode(ODD), backup=backup, transport="auto" if backup else way
    )
    outcome = await lab.run(asked)
    assert outcome.ending == "done", outcome.sentence
    assert sorted(path.name for path in target.iterdir()) == sorted(["folder", ODD])
    folder = target / "folder"
    assert (folder / "deep" / "text").read_text() == "hello"
    assert (folder / "again").stat().st_ino == (folder / "deep" / "text").stat().st_ino
    assert (folder / "out").readlink() == Path("/etc/passwd")
    assert (folder / "closed" / "inside").read_text() == "shut"
    assert stat.S_IMODE((folder / "closed").stat().st_mode) == 0o500
    holes = (folder / "holes").read_bytes()
    assert (holes[:5], len(holes), holes[-3:]) == (b"begin", 5_000_003, b"end")
    assert (folder / "pipe").is_fifo()
    assert not (folder / "device").exists()
    odd = (target / ODD).stat()
    assert (stat.S_IMODE(odd.st_mode), odd.st_uid) == (0o751, os.getuid())
    assert "1 device can't be made" in " ".join(outcome.warnings)
    if way != "archive":
        assert (folder / "holes").stat().st_blocks < 100
        assert odd.st_mtime_ns == 1_700_000_000_123_456_789
        assert os.getxattr(target / ODD, "user.mark") == b"kept"


async def test_a_further_name_of_a_file_brings_its_content(lab: Lab, tmp_path: Path) -> None:
    fill(await lab.volume("data"))
    outcome = await lab.run(plan(lab, tmp_path / "to", b"folder/deep/text", backup=await backed_up(lab)))
    assert outcome.ending == "done", outcome.sentence
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["text"]
    assert (tmp_path / "to" / "text").read_text() == "hello"


async def test_nothing_is_replaced_and_what_is_not_there_is_told(lab: Lab, tmp_path: Path) -> None:
    fill(await lab.volume("data"))
    backup = await backed_up(lab)
    (tmp_path / "other").symlink_to("nowhere")
    for origin in ("", backup):
        with pytest.raises(Refused, match=r"other is in .* already"):
            (await lab.run(plan(lab, tmp_path, b"other", backup=origin))).raise_error()
        missing = await lab.run(plan(lab, tmp_path / "new", b"other", b"nothing", backup=origin))
        with pytest.raises(NotFound, match="no /nothing"):
            missing.raise_error()
        assert not (tmp_path / "new").exists()
    with pytest.raises(Refused, match="same name"):
        (await lab.run(plan(lab, tmp_path / "new", b"folder/again", b"again"))).raise_error()


async def test_a_socket_or_a_device_among_what_was_asked_for_is_left_out_and_told(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    fill(files)
    os.mknod(files / "socket", stat.S_IFSOCK | 0o600)
    os.mknod(files / "device", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    outcome = await lab.run(plan(lab, tmp_path / "to", b"other", b"socket", b"device"))
    assert outcome.ending == "done", outcome.sentence
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["other"]
    assert "1 socket file" in " ".join(outcome.warnings)
    assert "1 device can't be made" in " ".join(outcome.warnings)
    with pytest.raises(Refused, match="Sockets and devices can't be copied out"):
        (await lab.run(plan(lab, tmp_path / "none", b"socket"))).raise_error()
    assert not (tmp_path / "none").exists()


async def test_a_copy_that_is_killed_anywhere_leaves_all_or_nothing(lab: Lab, tmp_path: Path) -> None:
    fill(await lab.volume("data"))
    target = tmp_path / "target"
    asked = plan(lab, target, b"folder", b"other")
    count = len(await records(lab, asked))
    assert count > 4
    for number in range(1, count + 1):
        asked = replace(asked, directory=os.fsencode(tmp_path / f"target{number}"))
        job = start(lab, asked, "worker and supervisor killed", number)
        outcome = await finish(lab, job, "worker and supervisor killed")
        assert job.open_steps() == []
        place = tmp_path / f"target{number}"
        found = sorted(path.name for path in place.iterdir()) if place.exists() else None
        assert found == (["folder", "other"] if outcome.ending == "done" else None), (number, outcome)
