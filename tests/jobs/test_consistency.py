"""What is done to writers and by them: hooks, and changes while a backup is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import Lab, slow_to_compress, until
from voltui.archive.index import read_index
from voltui.jobs.common import Treatment
from voltui.jobs.plan import BackupPlan, RestorePlan
from voltui.jobs.submit import submit
from voltui.model.backup import Consistency
from voltui.model.errors import Failed
from voltui.model.source import Source

pytestmark = pytest.mark.engine

DATA = Source("volume", "data")


async def test_hooks_run_inside_the_users_around_the_standstill(lab: Lab) -> None:
    files = await lab.volume("data")
    labels = {
        "voltui.backup.pre": "echo flushed >/data/pre; echo said this",
        "voltui.backup.post": "cp /data/pre /data/post",
        "voltui.restore.post": "echo restored >/data/after",
    }
    await lab.container("db", ["data:/data"], labels=labels)
    job = submit(BackupPlan(lab.common(), (DATA,)), lab.state)
    outcome = await lab.ended(job)
    assert outcome.ending == "done", outcome.sentence
    assert (files / "post").read_text() == "flushed\n"
    assert "said this" in (job.path / "log").read_text()
    restored = await lab.run(RestorePlan(lab.common(), DATA, outcome.result["backups"][0]))
    assert restored.ending == "done"
    assert (files / "pre").exists()
    assert not (files / "post").exists(), "the post hook ran after the files were read"
    assert (files / "after").read_text() == "restored\n"


async def test_a_hook_that_fails_fails_the_backup_and_post_runs_all_the_same(lab: Lab) -> None:
    files = await lab.volume("data")
    labels = {"voltui.backup.pre": "exit 3", "voltui.backup.post": "touch /data/post"}
    await lab.container("db", ["data:/data"], labels=labels)
    outcome = await lab.run(BackupPlan(lab.common(), (DATA,)))
    with pytest.raises(Failed, match="status 3"):
        outcome.raise_error()
    assert (files / "post").exists()
    assert lab.store.listing().backups == ()


async def test_a_hook_that_does_not_end_fails_the_backup(lab: Lab) -> None:
    await lab.volume("data")
    labels = {"voltui.backup.pre": "sleep 1001 & sleep 1002; true", "voltui.hook.timeout": "1"}
    await lab.container("db", ["data:/data"], labels=labels)
    outcome = await lab.run(BackupPlan(lab.common(), (DATA,)))
    assert outcome.ending == "failed"
    assert "The hook of db did not end within 1 s and was killed" in outcome.sentence
    top = await lab.engine.connection.call("list its processes", lambda api: api.top("db"))
    assert not [process for process in top["Processes"] if "sleep 100" in process[-1]], "all that it began is gone"
    assert await lab.state_of("db") == "running"


async def test_what_changes_during_a_live_backup_is_named(lab: Lab) -> None:
    files = await lab.volume("data")
    slow_to_compress(files / "text", 8_000_000)
    (files / "still").write_text("still")
    (files / "again").hardlink_to(files / "still")
    script = "while :; do echo x >>/data/log; date >/data/now$$; sleep 0.05; done"
    await lab.container("writer", ["data:/data"], script)

    async def writing() -> bool:
        return (files / "log").exists()

    await until(writing, "the first write")
    outcome = await lab.run(BackupPlan(replace(lab.common(), level=19), (DATA,), Treatment.LIVE))
    assert outcome.ending == "done", outcome.sentence
    [backup] = lab.store.listing().backups
    assert backup.consistency is Consistency.LIVE
    [loss] = [loss for loss in backup.losses if "went on" in loss.sentence]
    assert "log" in loss.paths
    assert not {"still", "again", "text"} & set(loss.paths)


async def test_a_live_backup_in_which_nothing_changed_says_so_by_silence(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("still")
    await lab.container("idle", ["data:/data"])
    await lab.run(BackupPlan(lab.common(), (DATA,), Treatment.LIVE))
    [backup] = lab.store.listing().backups
    assert backup.losses == ()


async def test_where_blocks_can_be_shared_writers_go_on_while_a_copy_is_read(lab: Lab, sharing_disk: Path) -> None:
    folder = sharing_disk / "data"
    folder.mkdir(mode=0o750)
    slow_to_compress(folder / "large", 40_000_000)
    os.link(folder / "large", folder / "same")
    os.setxattr(folder, "user.note", b"kept")
    (folder / "sub").mkdir()
    (folder / "sub" / "link").symlink_to("../large")
    source = Source("path", str(folder))
    await lab.container("writer", [f"{folder}:/data"])
    job = submit(BackupPlan(replace(lab.common(), level=12), (source,)), lab.state)  # lasts long enough to be seen

    async def reading() -> bool:
        state = job.progress()
        return state is not None and state.step.startswith("Reading") and state.done > 0

    await until(reading, "the reading")
    assert await lab.state_of("writer") == "running"
    (folder / "large").write_bytes(b"changed meanwhile")
    outcome = await lab.ended(job)
    outcome.raise_error()
    backup = lab.store.find(outcome.result["backups"][0])
    assert backup.consistency is Consistency.PAUSED
    assert backup.losses == ()
    found = {entry.path: entry for entry in read_index(lab.store.index_path(backup))}
    assert set(found) == {b".", b"large", b"same", b"sub", b"sub/link"}
    assert found[b"."].mode == 0o750
    assert max(found[b"large"].size, found[b"same"].size) == 40_000_000
    assert not [path for path in folder.iterdir() if path.name.startswith(".voltui")]


async def test_writers_are_held_throughout_where_blocks_can_not_be_shared_after_all(
    lab: Lab, sharing_disk: Path
) -> None:
    """The copy is refused here since its names do not fit into one command."""
    folder = sharing_disk / "data"
    folder.mkdir()
    for number in range(700):
        (folder / f"{number:0150}").touch()
    await lab.container("writer", [f"{folder}:/data"])
    outcome = await lab.run(BackupPlan(lab.common(), (Source("path", str(folder)),)))
    outcome.raise_error()
    backup = lab.store.find(outcome.result["backups"][0])
    assert backup.consistency is Consistency.PAUSED
    assert backup.content.count == 701
