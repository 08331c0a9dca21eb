"""Backing up: what is read, what the writers do meanwhile, and what goes wrong."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import Lab, slow_to_compress, until
from voltui.archive.index import read_index
from voltui.jobs import backup as backup_job
from voltui.jobs.access import BridgeAccess
from voltui.jobs.common import Treatment
from voltui.jobs.context import JobContext
from voltui.jobs.directory import jobs_directory
from voltui.jobs.plan import BackupPlan, VerifyPlan
from voltui.jobs.state import Outcome
from voltui.jobs.submit import describe, submit
from voltui.jobs.volume_plans import RemovePlan
from voltui.model.backup import Backup, Consistency
from voltui.model.errors import Failed, NotFound, Refused
from voltui.model.source import Source

pytestmark = pytest.mark.engine


def volume(name: str) -> Source:
    return Source("volume", name)


async def back_up(
    lab: Lab, *sources: Source, treatment: Treatment = Treatment.PAUSE, transport: str = "auto"
) -> Outcome:
    return await lab.run(BackupPlan(lab.common(transport), sources, treatment))


async def backed_up(lab: Lab, source: Source, **options: Treatment | str) -> Backup:
    outcome = await back_up(lab, source, **options)  # type: ignore[arg-type]
    outcome.raise_error()
    return lab.store.find(outcome.result["backups"][0])


async def test_the_manifest_tells_where_a_backup_came_from(lab: Lab) -> None:
    await lab.engine.create_volume("app_data", "local", {}, {"com.docker.compose.project": "app", "note": "[x]"})
    await lab.container("app", ["app_data:/srv:ro"])
    backup = await backed_up(lab, volume("app_data"))

    info = await lab.engine.info()
    assert backup.labels == {"com.docker.compose.project": "app", "note": "[x]"}
    assert (backup.engine.id, backup.engine.version) == (info.id, info.version)
    assert [(user.name, user.destination, user.read_only) for user in backup.users] == [("app", "/srv", True)]
    assert backup.consistency is Consistency.UNUSED
    assert backup.verified is not None


async def test_running_writers_are_paused_and_go_on(lab: Lab) -> None:
    files = await lab.volume("data")
    slow_to_compress(files / "text", 8_000_000)
    await lab.container("writer", ["data:/data"])
    await lab.container("reader", ["data:/data:ro"])
    job = submit(BackupPlan(lab.common(), (volume("data"),)), lab.state)

    async def paused() -> bool:
        return await lab.state_of("writer") == "paused"

    await until(paused, "the pause of the writer")
    assert await lab.state_of("reader") == "running"
    outcome = await lab.ended(job)
    assert outcome.ending == "done"
    assert await lab.state_of("writer") == "running"
    backup = lab.store.find("data@latest")
    assert backup.consistency is Consistency.PAUSED
    assert backup.paused_seconds > 0


async def test_a_container_that_was_paused_already_stays_paused(lab: Lab) -> None:
    await lab.volume("data")
    await lab.container("frozen", ["data:/data"])
    await lab.engine.pause("frozen")
    backup = await backed_up(lab, volume("data"))
    assert backup.consistency is Consistency.PAUSED
    assert await lab.state_of("frozen") == "paused"
    await lab.engine.unpause("frozen")


async def test_stopped_writers_are_started_again(lab: Lab) -> None:
    await lab.volume("data")
    await lab.container("writer", ["data:/data"])
    started = (await lab.engine.container("writer")).started
    backup = await backed_up(lab, volume("data"), treatment=Treatment.STOP)
    assert backup.consistency is Consistency.STOPPED
    detail = await lab.engine.container("writer")
    assert detail.container.state == "running"
    assert detail.started != started


async def test_a_container_with_rm_is_never_stopped(lab: Lab) -> None:
    await lab.volume("data")
    await lab.container("fleeting", ["data:/data"], AutoRemove=True)
    outcome = await back_up(lab, volume("data"), treatment=Treatment.STOP)
    with pytest.raises(Refused, match="--rm"):
        outcome.raise_error()
    assert await lab.state_of("fleeting") == "running"
    assert lab.store.listing().backups == ()


async def test_live_backups_say_so(lab: Lab) -> None:
    await lab.volume("data")
    await lab.container("writer", ["data:/data"])
    backup = await backed_up(lab, volume("data"), treatment=Treatment.LIVE)
    assert backup.consistency is Consistency.LIVE


async def test_several_sources_are_of_one_moment(lab: Lab, tmp_path: Path) -> None:
    first = await lab.volume("one")
    second = await lab.volume("two")
    slow_to_compress(first / "text", 8_000_000)
    script = "n=0; while :; do n=$((n+1)); echo $n >>/one/n; echo $n >>/two/n; done"
    await lab.container("counter", ["one:/one", "two:/two"], script)
    outcome = await back_up(lab, volume("one"), volume("two"))
    outcome.raise_error()
    counts = []
    for name in ("one", "two"):
        archive = lab.store.archive_path(lab.store.find(f"{name}@latest"))
        process = await asyncio.create_subprocess_exec(
            "tar", "--zstd", "-xOf", str(archive), "./n", stdout=asyncio.subprocess.PIPE
        )
        counts.append(len((await process.communicate())[0].splitlines()))
    assert 0 <= counts[0] - counts[1] <= 1, "the second volume was read while the writer went on"
    assert (second / "n").exists()


async def test_of_many_those_that_are_written_together_are_of_one_moment_and_one_that_fails_hinders_none(
    lab: Lab,
) -> None:
    for name in ("one", "two", "alone"):
        (await lab.volume(name) / "file").write_text(name)
    await lab.container("both", ["one:/one", "two:/two"])
    names = ("alone", "gone", "one", "two")
    outcome = await lab.run(BackupPlan(lab.common(), tuple(map(volume, names)), apart=True))
    assert outcome.ending == "failed"
    assert outcome.sentence == "1 of 4 sources was not backed up: gone."
    assert any("gone: There is no volume gone" in warning for warning in outcome.warnings)
    made = [lab.store.find(identifier) for identifier in outcome.result["backups"]]
    assert [backup.source.name for backup in made] == ["alone", "one", "two"]
    assert all(backup.verified for backup in made)
    assert [backup.consistency for backup in made] == [Consistency.UNUSED, Consistency.PAUSED, Consistency.PAUSED]
    assert made[1].paused_seconds == made[2].paused_seconds
    assert await lab.state_of("both") == "running"


async def test_of_a_live_backup_whose_changes_cannot_be_looked_for_nothing_stays(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("bad", "good"):
        await lab.volume(name)
        await lab.container(f"writes-{name}", [f"{name}:/data"])

    async def fails_for_one(context: JobContext, access: BridgeAccess, index: Path, key: object) -> None:
        if index.parent.name == "bad":
            raise Failed("The helper is gone.")

    monkeypatch.setattr(backup_job, "changed_since", fails_for_one)
    plan = BackupPlan(lab.common(), (volume("bad"), volume("good")), Treatment.LIVE)
    directory, lock = jobs_directory(lab.state).create(describe(plan))
    context = JobContext(directory, plan.common, lab.state)
    with pytest.raises(Failed, match="1 of 2 sources was not backed up: bad"):
        await backup_job.run(context, plan)
    context.engine.close()
    os.close(lock)
    assert [made.source.name for made in lab.store.listing().backups] == ["good"]
    assert not list(lab.store.root.rglob(".part-*"))


async def test_a_host_path_is_backed_up_like_a_volume(lab: Lab, tmp_path: Path) -> None:
    folder = tmp_path / "srv" / "site"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("hello")
    await lab.container("web", [f"{folder}:/www"])
    backup = await backed_up(lab, Source.parse(str(folder)))
    assert backup.source == Source("path", str(folder))
    assert [user.name for user in backup.users] == ["web"]
    assert backup.consistency is Consistency.PAUSED
    assert {entry.path for entry in read_index(lab.store.index_path(backup))} == {b".", b"index.html"}


async def test_a_single_file_is_backed_up_alone(lab: Lab, tmp_path: Path) -> None:
    folder = tmp_path / "conf"
    folder.mkdir()
    (folder / "app.conf").write_text("a=1")
    (folder / "secret").write_text("not asked for")
    backup = await backed_up(lab, Source.parse(str(folder / "app.conf")))
    assert backup.source.kind == "file"
    assert {entry.path for entry in read_index(lab.store.index_path(backup))} == {b".", b"app.conf"}


async def test_sockets_are_named_as_lost(lab: Lab) -> None:
    files = await lab.volume("data")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(files / "db.sock"))
        backup = await backed_up(lab, volume("data"))
    assert [(loss.kind, loss.paths) for loss in backup.losses] == [("sockets", ("db.sock",))]


async def test_names_that_hurt_survive_and_are_indexed(lab: Lab) -> None:
    files = await lab.volume("odd")
    names = [b"new\nline", b"\x1b[31mred", b"not-utf8-\xff", "bidi-\u202e".encode()]
    for name in names:
        (files / os.fsdecode(name)).write_bytes(name)
    backup = await backed_up(lab, volume("odd"))
    assert {entry.path for entry in read_index(lab.store.index_path(backup))} == {b".", *names}


async def test_a_volume_that_does_not_exist_is_not_made(lab: Lab) -> None:
    outcome = await back_up(lab, volume("nothing"))
    with pytest.raises(NotFound, match="no volume nothing"):
        outcome.raise_error()
    assert await lab.engine.volumes() == []


async def test_a_second_job_on_a_volume_is_refused_with_the_name_of_the_first(lab: Lab) -> None:
    files = await lab.volume("data")
    slow_to_compress(files / "text")
    await lab.container("writer", ["data:/data"])
    first = submit(BackupPlan(replace(lab.common(), level=19), (volume("data"),)), lab.state)

    async def paused() -> bool:
        return await lab.state_of("writer") == "paused"

    await until(paused, "the first job's pause")
    second = await back_up(lab, volume("data"))
    with pytest.raises(Refused, match=first.id):
        second.raise_error()
    assert (await lab.ended(first)).ending == "done"


async def test_two_backups_in_a_second_have_two_ids(lab: Lab) -> None:
    await lab.volume("data")
    first, second = await backed_up(lab, volume("data")), await backed_up(lab, volume("data"))
    assert first.id != second.id
    assert len(lab.store.listing().backups) == 2


async def test_a_full_store_fails_and_leaves_nothing(lab: Lab, small_disk: Path) -> None:
    files = await lab.volume("data")
    (files / "noise").write_bytes(os.urandom(12_000_000))
    await lab.container("writer", ["data:/data"])
    plan = BackupPlan(replace(lab.common(), store=str(small_disk / "store")), (volume("data"),))
    outcome = await lab.run(plan)
    assert outcome.ending == "failed"
    assert "no space left on device" in outcome.sentence
    assert await lab.state_of("writer") == "running"
    assert [path for path in (small_disk / "store").rglob("*") if path.is_file()] == []


async def test_a_backup_on_a_disk_that_is_read_only_is_verified_all_the_same(lab: Lab, small_disk: Path) -> None:
    await lab.volume("data")
    common = replace(lab.common(), store=str(small_disk / "store"))
    made = await lab.run(BackupPlan(common, (volume("data"),)))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    verified = await lab.run(VerifyPlan(common, (made.result["backups"][0],)))
    assert verified.ending == "done", verified.sentence
    assert "was verified can't be noted" in verified.warnings[0]
    assert "read-only file system" in verified.warnings[0]
    again = await lab.run(BackupPlan(common, (volume("data"),)))
    assert "read-only file system" in again.sentence
    assert not again.undo_owed, "what could not even be made need not be removed"


async def test_a_store_that_is_no_directory_is_told(lab: Lab, tmp_path: Path) -> None:
    await lab.volume("data")
    (tmp_path / "store").write_text("a file")
    outcome = await back_up(lab, volume("data"))
    assert outcome.ending == "failed"
    assert "store" in outcome.sentence


async def test_cancelling_undoes_everything(lab: Lab) -> None:
    files = await lab.volume("data")
    slow_to_compress(files / "text")
    await lab.container("writer", ["data:/data"])
    plan = BackupPlan(replace(lab.common(), level=19), (volume("data"),))
    job = submit(plan, lab.state)

    async def paused() -> bool:
        return await lab.state_of("writer") == "paused"

    await until(paused, "the pause")
    job.ask_to_cancel()
    outcome = await lab.ended(job)
    assert outcome.ending == "cancelled"
    assert await lab.state_of("writer") == "running"
    assert [path for path in lab.store.root.rglob("*") if path.is_file()] == []
    assert job.open_steps() == []


async def test_a_volume_whose_helper_is_removed_under_it_fails_with_a_sentence(lab: Lab) -> None:
    files = await lab.volume("data")
    slow_to_compress(files / "text")
    plan = BackupPlan(replace(lab.common(), level=19), (volume("data"),))
    job = submit(plan, lab.state)

    async def reading() -> bool:
        progress = job.progress()
        return progress is not None and progress.done > 0

    await until(reading, "the reading")
    for container in await lab.engine.containers():
        if container.helper:
            await lab.engine.remove_container(container.id)
    outcome = await lab.ended(job)
    assert outcome.ending in ("failed", "done")
    listed = lab.store.listing().backups
    assert [backup.verified is not None for backup in listed] == [True] * len(listed)
    assert (outcome.ending == "done") == bool(listed)


async def test_jobs_leave_no_process_and_no_fifo(lab: Lab, no_processes_left: None) -> None:
    await lab.volume("data")
    await backed_up(lab, volume("data"))
    job = jobs_directory(lab.state).all()[0]
    assert not (job.path / "io").exists()


async def test_a_directory_is_known_by_whatever_name_it_is_given(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    data, link = tmp_path / "real", tmp_path / "link"
    data.mkdir()
    link.symlink_to(data)
    options = {"type": "none", "o": "bind", "device": str(data)}
    await lab.volume("bound", **options)
    await lab.container("one", ["data:/data"])
    await lab.container("two", [f"{link}:/data"])
    await lab.container("three", ["bound:/data"])

    async def consistency(name: str) -> tuple[str, str, set[str]]:
        outcome = await back_up(lab, Source.parse(name))
        backup = lab.store.find(outcome.result["backups"][0])
        return backup.source.kind, backup.consistency.value, {user.name for user in backup.users}

    assert await consistency(str(files)) == ("volume", "paused", {"one"})
    assert await consistency(str(data)) == ("path", "paused", {"two", "three"})
    assert await consistency(str(link)) == ("path", "paused", {"two", "three"})
    assert await consistency("bound") == ("volume", "paused", {"two", "three"})


async def test_a_writer_that_someone_stops_meanwhile_makes_the_backup_live(lab: Lab) -> None:
    files = await lab.volume("data")
    slow_to_compress(files / "text", 8_000_000)
    writer = await lab.container("writer", ["data:/data"])
    job = submit(BackupPlan(replace(lab.common(), level=19), (volume("data"),)), lab.state)

    async def paused() -> bool:
        return await lab.state_of("writer") == "paused"

    await until(paused, "the pause")
    await lab.engine.stop(writer)
    outcome = await lab.ended(job)
    assert outcome.ending == "done"
    assert any("did not stay paused" in warning for warning in outcome.warnings)
    assert lab.store.listing().backups[0].consistency is Consistency.LIVE


async def test_a_volume_that_cannot_be_mounted_keeps_no_other_from_its_backup_or_its_removal(lab: Lab) -> None:
    await lab.volume("bad", type="none", o="bind", device="/no/such/directory")
    for name in ("first", "last"):
        (await lab.volume(name)).joinpath("file").write_text("content")
    outcome = await back_up(lab, volume("bad"), volume("first"), volume("last"))
    assert (outcome.ending, outcome.sentence) == ("failed", "1 of 3 sources was not backed up: bad.")
    assert any(warning.startswith("bad: ") and "/no/such/directory" in warning for warning in outcome.warnings)
    assert any(warning.startswith("Backed up and verified: first@") for warning in outcome.warnings)
    made = lab.store.listing().backups
    assert sorted(backup.source.name for backup in made) == ["first", "last"]
    assert {backup.transport for backup in made} == {"bridge"}, "the others are read as they always are"
    assert all(backup.verified for backup in made)

    cleaned = await lab.run(RemovePlan(lab.common(), ("bad", "first", "gone", "last")))
    assert (cleaned.ending, cleaned.sentence) == ("failed", "1 of 4 volumes was not removed: bad.")
    assert "Deleted: first and last." in cleaned.warnings
    assert [one.name for one in await lab.engine.volumes()] == ["bad"]
    alone = await lab.run(RemovePlan(lab.common(), ("bad",)))
    assert alone.sentence.startswith("No volume was removed, since it could not be backed up: ")
    assert (await lab.run(RemovePlan(lab.common(), ("bad",), backup=False))).ending == "done"
