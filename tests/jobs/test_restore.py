"""Restoring: exactly the old or exactly the new content, and a way back."""

from __future__ import annotations

import os
import stat
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import Lab, Ran
from voltui.jobs.directory import jobs_directory
from voltui.jobs.plan import BackupPlan, RestorePlan, VerifyPlan
from voltui.jobs.state import Outcome
from voltui.jobs.undoable import last_undoable, undoables
from voltui.model.backup import Backup, Consistency, Reason
from voltui.model.errors import Damaged, NotFound, Refused
from voltui.model.source import Source
from voltui.model.volume import MADE_LABEL
from voltui.store.local import LocalStore

pytestmark = pytest.mark.engine


def volume(name: str) -> Source:
    return Source("volume", name)


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


async def backed_up(lab: Lab, source: Source, transport: str = "auto") -> Backup:
    outcome = await lab.run(BackupPlan(lab.common(transport), (source,)))
    outcome.raise_error()
    return lab.store.find(outcome.result["backups"][0])


async def restore(lab: Lab, backup: Backup, target: Source, transport: str = "auto") -> Outcome:
    return await lab.run(RestorePlan(lab.common(transport), target, backup.id))


async def import_file(lab: Lab, file: Path, target: str, *, only_empty: bool = False) -> Outcome:
    return await lab.run(RestorePlan(lab.common(), volume(target), file=str(file), only_empty=only_empty))


async def test_a_restore_replaces_all_and_keeps_the_old_as_a_backup(lab: Lab) -> None:
    files = await lab.volume("data")
    (files / "kept").write_text("one")
    (files / "deleted").write_text("two")
    backup = await backed_up(lab, volume("data"))
    (files / "kept").write_text("changed")
    (files / "deleted").unlink()
    (files / "new").write_text("three")
    inode = files.stat().st_ino

    outcome = await restore(lab, backup, volume("data"))

    assert outcome.ending == "done"
    assert content(files) == {"kept": b"one", "deleted": b"two"}
    assert files.stat().st_ino == inode, "containers mount the directory itself"
    undo = lab.store.find(outcome.result["undo"])
    assert undo.reason is Reason.BEFORE_RESTORE
    assert undo.verified is not None
    again = await restore(lab, undo, volume("data"))
    assert again.ending == "done"
    assert content(files) == {"kept": b"changed", "new": b"three"}


async def test_running_users_are_stopped_for_the_exchange_and_started_again(lab: Lab) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("one")
    backup = await backed_up(lab, volume("data"))
    for name, access in (("writer", ""), ("reader", ":ro")):
        await lab.container(name, [f"data:/data{access}"])
    before = {name: (await lab.engine.container(name)).started for name in ("writer", "reader")}
    outcome = await restore(lab, backup, volume("data"))
    assert outcome.ending == "done"
    for name in ("writer", "reader"):
        detail = await lab.engine.container(name)
        assert detail.container.state == "running"
        assert detail.started != before[name]
    assert lab.store.find(outcome.result["undo"]).consistency is Consistency.STOPPED


async def test_a_new_volume_gets_driver_options_and_labels(lab: Lab, tmp_path: Path) -> None:
    device = tmp_path / "device"
    device.mkdir()
    options = {"type": "none", "device": str(device), "o": "bind"}
    await lab.engine.create_volume("old", "local", options, {"com.docker.compose.volume": "old"})
    (device / "file").write_text("on the host")
    backup = await backed_up(lab, volume("old"))
    await lab.engine.remove_volume("old")

    in_use = await restore(lab, backup, volume("old"))
    with pytest.raises(Refused, match="storage that is in use"):
        in_use.raise_error()
    assert not await lab.engine.volume_exists("old")
    assert content(device) == {"file": b"on the host"}

    (device / "file").unlink()
    assert (await restore(lab, backup, volume("old"))).ending == "done"
    restored = await lab.engine.volume("old")
    labels = {name: value for name, value in restored.labels.items() if name != MADE_LABEL}
    assert (labels, restored.options) == ({"com.docker.compose.volume": "old"}, options)
    assert content(device) == {"file": b"on the host"}


async def test_a_tmpfs_volume_is_restored_only_while_something_holds_it(lab: Lab) -> None:
    await lab.volume("memory", type="tmpfs", device="tmpfs", o="size=4m")
    await lab.container("holder", ["memory:/data"], "echo one >/data/file; while :; do sleep 1; done")
    backup = await backed_up(lab, volume("memory"))
    assert (await restore(lab, backup, volume("memory"))).ending == "done"
    await lab.engine.remove_container("holder")
    outcome = await restore(lab, backup, volume("memory"))
    with pytest.raises(Refused, match="in memory"):
        outcome.raise_error()


async def test_an_anonymous_volume_comes_back_under_a_name(lab: Lab) -> None:
    created = await lab.engine.connection.call("make one", lambda api: api.create_volume())
    (Path(created["Mountpoint"]) / "file").write_text("anonymous data")
    backup = await backed_up(lab, volume(created["Name"]))
    await restore(lab, backup, volume("named"))
    assert content(Path((await lab.engine.volume("named")).mountpoint)) == {"file": b"anonymous data"}


async def test_a_path_and_a_single_file_are_restored_in_place(lab: Lab, tmp_path: Path) -> None:
    folder = tmp_path / "conf"
    folder.mkdir()
    (folder / "app.conf").write_text("a=1")
    (folder / "other").write_text("untouched")
    whole = await backed_up(lab, Source.parse(str(folder)))
    alone = await backed_up(lab, Source.parse(str(folder / "app.conf")))
    (folder / "app.conf").write_text("a=2")
    (folder / "other").write_text("newer")

    assert (await restore(lab, alone, alone.source)).ending == "done"
    assert content(folder) == {"app.conf": b"a=1", "other": b"newer"}
    assert (await restore(lab, whole, whole.source)).ending == "done"
    assert content(folder) == {"app.conf": b"a=1", "other": b"untouched"}
    assert [path.name for path in folder.iterdir() if path.name.startswith(".voltui")] == []


async def test_a_damaged_backup_leaves_the_volume_untouched(lab: Lab) -> None:
    files = await lab.volume("data")
    (files / "noise").write_bytes(os.urandom(3_000_000))
    backup = await backed_up(lab, volume("data"))
    archive = lab.store.archive_path(backup)
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 1
    archive.write_bytes(data)
    (files / "noise").write_text("newer")
    before = (content(files), files.stat().st_mtime_ns)

    outcome = await restore(lab, backup, volume("data"))
    with pytest.raises(Damaged):
        outcome.raise_error()
    assert (content(files), files.stat().st_mtime_ns) == before
    assert [path.name for path in files.iterdir()] == ["noise"]

    verified = await lab.run(VerifyPlan(lab.common(), (backup.id,)))
    with pytest.raises(Damaged, match="noise"):
        verified.raise_error()


async def test_a_failed_restore_into_a_new_volume_leaves_none(lab: Lab) -> None:
    files = await lab.volume("data")
    (files / "noise").write_bytes(os.urandom(3_000_000))
    backup = await backed_up(lab, volume("data"))
    archive = lab.store.archive_path(backup)
    archive.write_bytes(archive.read_bytes()[:-1000])
    outcome = await restore(lab, backup, volume("copy"))
    assert outcome.ending == "failed"
    assert not await lab.engine.volume_exists("copy")


async def test_users_that_can_not_be_stopped_are_a_refusal_before_anything_happens(lab: Lab) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("one")
    backup = await backed_up(lab, volume("data"))
    await lab.container("fleeting", ["data:/data"], AutoRemove=True)
    outcome = await restore(lab, backup, volume("data"))
    with pytest.raises(Refused, match="--rm"):
        outcome.raise_error()
    assert await lab.state_of("fleeting") == "running"


async def test_no_room_is_told_before_anything_happens(lab: Lab, small_disk: Path) -> None:
    files = await lab.volume("data")
    (files / "noise").write_bytes(os.urandom(12_000_000))
    backup = await backed_up(lab, volume("data"))
    target = small_disk / "target"
    target.mkdir()
    (target / "here").write_text("old")
    outcome = await restore(lab, backup, Source("path", str(target)))
    with pytest.raises(Refused, match="no room"):
        outcome.raise_error()
    assert content(target) == {"here": b"old"}


async def tight_target(lab: Lab, disk: Path) -> tuple[Path, Backup]:
    """A folder with a running user whose 6 MB leave no room for the 6 MB of a backup beside them."""
    files = await lab.volume("data")
    (files / "noise").write_bytes(os.urandom(6_000_000))
    backup = await backed_up(lab, volume("data"))
    target = disk / "target"
    target.mkdir(mode=0o751)
    (target / "old").write_bytes(b"o" * 6_000_000)
    await lab.container("user", [f"{target}:/data"])
    return target, backup


async def test_without_room_for_both_the_old_content_is_deleted_first_where_that_is_asked_for(
    lab: Lab, small_disk: Path, voltui: Callable[..., Ran]
) -> None:
    target, backup = await tight_target(lab, small_disk)
    plan = RestorePlan(lab.common(), Source("path", str(target)), backup.id)
    refused = await lab.run(plan)
    with pytest.raises(Refused, match="old and the new content at once") as caught:
        refused.raise_error()
    assert "--in-place" in caught.value.hint
    assert set(content(target)) == {"old"}

    outcome = await lab.run(replace(plan, in_place=True))

    assert outcome.ending == "done", outcome.sentence
    assert set(content(target)) == {"noise"}
    assert [path.name for path in target.iterdir()] == ["noise"]
    assert lab.store.find(outcome.result["undo"]).verified
    assert await lab.state_of("user") == "running"

    (target / "more").write_bytes(os.urandom(1_000_000))
    assert "say --in-place" in voltui("undo", str(target), "--yes").err
    voltui("undo", str(target), "--yes", "--in-place", check=True)
    assert set(content(target)) == {"old"}


async def test_deleted_old_content_comes_back_when_the_new_turns_out_damaged(lab: Lab, small_disk: Path) -> None:
    target, backup = await tight_target(lab, small_disk)
    archive = lab.store.archive_path(backup)
    archive.write_bytes(archive.read_bytes()[:-5_000] + b"x" * 5_000)
    mode = target.stat().st_mode

    outcome = await lab.run(RestorePlan(lab.common(), Source("path", str(target)), backup.id, in_place=True))

    with pytest.raises(Damaged):
        outcome.raise_error()
    assert content(target) == {"old": b"o" * 6_000_000}
    assert [path.name for path in target.iterdir()] == ["old"]
    assert target.stat().st_mode == mode
    assert await lab.state_of("user") == "running"


async def test_the_archive_api_restores_into_a_new_or_empty_volume_only(lab: Lab) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("one")
    backup = await backed_up(lab, volume("data"), "archive")
    full = await restore(lab, backup, volume("data"), "archive")
    with pytest.raises(Refused, match="not empty"):
        full.raise_error()
    empty = await lab.volume("empty")
    assert (await restore(lab, backup, volume("empty"), "archive")).ending == "done"
    assert content(empty) == {"file": b"one"}
    used = await lab.volume("used")
    await lab.container("user", ["used:/data"])
    refused = await restore(lab, backup, volume("used"), "archive")
    with pytest.raises(Refused, match="used by user"):
        refused.raise_error()
    assert content(used) == {}


async def test_a_backup_of_one_transport_comes_back_by_the_other(lab: Lab) -> None:
    files = await lab.volume("data")
    (files / "dir").mkdir()
    (files / "dir" / "file").write_bytes(os.urandom(100_000))
    os.utime(files / "dir" / "file", ns=(0, 1_700_000_000_123_456_789))
    for made_by, restored_by in (("bridge", "archive"), ("archive", "bridge")):
        backup = await backed_up(lab, volume("data"), made_by)
        target = f"{made_by}-to-{restored_by}"
        assert (await restore(lab, backup, volume(target), restored_by)).ending == "done"
        found = Path((await lab.engine.volume(target)).mountpoint)
        assert content(found) == content(files)


@pytest.mark.parametrize("suffix", ["tar", "tar.gz", "tar.bz2", "tar.xz", "tar.zst"])
@pytest.mark.parametrize("leading", [".", "tree"])
async def test_foreign_archives_are_imported(lab: Lab, tmp_path: Path, suffix: str, leading: str) -> None:
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "sub" / "file").write_text("foreign")
    (tree / "link").symlink_to("/etc/passwd")
    archive = tmp_path / f"made.{suffix}"
    folder = tree if leading == "." else tmp_path
    subprocess.run(["tar", "--auto-compress", "-cf", str(archive), "-C", str(folder), leading], check=True)
    outcome = await import_file(lab, archive, "imported")
    outcome.raise_error()
    found = Path((await lab.engine.volume("imported")).mountpoint)
    assert content(found) == {"sub/file": b"foreign"}
    assert (found / "link").readlink() == Path("/etc/passwd")


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "twice"])
async def test_hostile_archives_are_refused_and_the_volume_untouched(lab: Lab, tmp_path: Path, name: str) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("mine")
    archive = tmp_path / "evil.tar"
    with tarfile.open(archive, "w") as tar:
        for _ in range(2 if name == "twice" else 1):
            tar.addfile(tarfile.TarInfo(name))
    outcome = await import_file(lab, archive, "data")
    with pytest.raises(Damaged):
        outcome.raise_error()
    assert content(files) == {"file": b"mine"}
    assert not (files.parent / "evil").exists()
    assert not Path("/tmp/evil").exists()


async def test_an_import_into_a_volume_that_holds_something_is_refused(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("mine")
    archive = tmp_path / "a.tar"
    with tarfile.open(archive, "w") as tar:
        tar.addfile(tarfile.TarInfo("x"))
    outcome = await import_file(lab, archive, "data", only_empty=True)
    with pytest.raises(Refused, match="not empty"):
        outcome.raise_error()
    assert content(files) == {"file": b"mine"}


async def undo(lab: Lab, source: Source) -> Outcome:
    """What `voltui undo` does."""
    engine_id = (await lab.engine.info()).id
    last = last_undoable(undoables(lab.store.listing().backups, jobs_directory(lab.state), engine_id), source)
    backup = last.backup.id if last.backup else ""
    return await lab.run(RestorePlan(lab.common(), source, backup=backup, kept_tree=last.kept_tree))


async def test_a_restore_is_undone_and_so_is_the_undo(lab: Lab) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("one")
    backup = await backed_up(lab, volume("data"))
    (files / "file").write_text("two")
    await restore(lab, backup, volume("data"))
    assert (await undo(lab, volume("data"))).ending == "done"
    assert content(files) == {"file": b"two"}
    assert (await undo(lab, volume("data"))).ending == "done"
    assert content(files) == {"file": b"one"}


async def test_old_content_that_could_not_be_backed_up_is_put_back_from_the_volume(lab: Lab, small_disk: Path) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("one")
    files.chmod(0o750)
    store = LocalStore(small_disk / "store")
    outcome = await lab.run(BackupPlan(replace(lab.common(), store=str(store.root)), (volume("data"),)))
    noise = os.urandom(12_000_000)
    (files / "noise").write_bytes(noise)
    files.chmod(0o711)
    times = files.stat().st_mtime_ns
    plan = RestorePlan(replace(lab.common(), store=str(store.root)), volume("data"), outcome.result["backups"][0])
    restored = await lab.run(plan)
    assert restored.ending == "done"
    assert "no space left" in restored.warnings[0]
    assert content(files)["file"] == b"one"
    assert stat.S_IMODE(files.stat().st_mode) == 0o750

    undone = await undo(lab, volume("data"))

    assert undone.ending == "done", undone.sentence
    assert content(files) == {"file": b"one", "noise": noise}
    assert sorted(path.name for path in files.iterdir()) == ["file", "noise"]
    assert (stat.S_IMODE(files.stat().st_mode), files.stat().st_mtime_ns) == (0o711, times)
    assert lab.store.find(undone.result["undo"]).reason is Reason.BEFORE_RESTORE
    with pytest.raises(NotFound):
        last_undoable(undoables((), jobs_directory(lab.state), (await lab.engine.info()).id), volume("data"))


async def test_hard_links_come_back_through_the_archive_api_whatever_name_was_first(lab: Lab) -> None:
    files = await lab.volume("data")
    for number in range(12):
        name = f"{number * 7 % 12:02}"
        (files / name).write_text(name)
        for other in ("a", "z"):
            (files / f"{other}{name}").hardlink_to(files / name)
    backup = await backed_up(lab, volume("data"))
    outcome = await restore(lab, backup, volume("copy"), "archive")
    assert outcome.ending == "done", outcome.sentence
    copy = await lab.mountpoint("copy")
    assert content(copy) == content(files)
    assert {path.stat().st_nlink for path in copy.iterdir()} == {3}


async def test_an_archive_that_tells_no_root_leaves_its_owner_and_mode(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "old").write_text("old")
    files.chmod(0o2770)
    os.chown(files, 999, 998)
    (tmp_path / "new").write_text("new")
    subprocess.run(["tar", "-C", str(tmp_path), "-cf", str(tmp_path / "x.tar"), "new"], check=True)
    assert (await import_file(lab, tmp_path / "x.tar", "data")).ending == "done"
    state = files.stat()
    assert (stat.S_IMODE(state.st_mode), state.st_uid, state.st_gid) == (0o2770, 999, 998)


@pytest.mark.parametrize("target", ["/", "/etc", "/usr", "/var/run/x"])
async def test_the_system_is_never_replaced(lab: Lab, target: str) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("one")
    backup = await backed_up(lab, volume("data"))
    outcome = await restore(lab, backup, Source("path", target))
    with pytest.raises(Refused, match="the system's"):
        outcome.raise_error()


async def test_what_is_in_lost_and_found_is_kept_too(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "lost+found").mkdir()
    (files / "lost+found" / "#123").write_text("found")
    (tmp_path / "new").write_text("new")
    subprocess.run(["tar", "-C", str(tmp_path), "-cf", str(tmp_path / "x.tar"), "new"], check=True)
    outcome = await import_file(lab, tmp_path / "x.tar", "data")
    assert outcome.ending == "done"
    (await undo(lab, volume("data"))).raise_error()
    assert content(files) == {"lost+found/#123": b"found"}


async def test_old_content_that_a_container_alters_before_it_is_backed_up_is_told(lab: Lab) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("one")
    backup = await backed_up(lab, volume("data"))
    for number in range(3_000):
        (files / f"old{number}").write_text("old")
    script = "chown -R 999:999 /data; trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"
    await lab.container("owner", ["data:/data"], script)
    outcome = await restore(lab, backup, volume("data"))
    assert outcome.ending == "done"
    kept = lab.store.find(outcome.result["undo"])
    told = any("altered the old content" in warning for warning in outcome.warnings)
    assert told == (kept.consistency is Consistency.LIVE)
    await lab.engine.stop("owner")
    quiet = await restore(lab, backup, volume("data"))
    assert not any("altered" in warning for warning in quiet.warnings)
    assert lab.store.find(quiet.result["undo"]).consistency is Consistency.UNUSED
