"""Some files of a volume are restored or deleted: all of it or nothing, and there is a way back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import Lab
from tests.faults.harness import Tree, finish, no_folders_left, records, start, tree
from voltui.jobs.directory import jobs_directory
from voltui.jobs.edit import digest
from voltui.jobs.file_plans import (
    ChangeFilesPlan,
    DeleteFilesPlan,
    EditPlan,
    PutPlan,
    RestoreFilesPlan,
    UndoFilesPlan,
)
from voltui.jobs.plan import BackupPlan
from voltui.jobs.state import Outcome
from voltui.jobs.undoable import last_undoable, undoables
from voltui.model.errors import Gone, NotFound, Refused
from voltui.model.source import Source

pytestmark = pytest.mark.engine
DATA = Source("volume", "data")
ODD = os.fsdecode(b"-odd\xff\n")
KILLED = "worker and supervisor killed"


def fill(files: Path) -> None:
    (files / "folder" / "deep").mkdir(parents=True)
    (files / "folder" / "deep" / "text").write_text("hello")
    os.link(files / "folder" / "deep" / "text", files / "folder" / "again")
    (files / "folder" / ODD).write_text("odd")
    (files / "lost" / "empty").mkdir(parents=True)
    (files / "lost" / "one").write_text("one")
    os.link(files / "lost" / "one", files / "lost" / "two")
    os.chown(files / "folder" / ODD, 1234, 4321)
    os.setxattr(files / "folder" / ODD, "trusted.mark", b"kept")
    (files / "folder").chmod(0o2750)
    (files / "other").write_text("x")


def of_the_user(files: Path) -> Tree:
    return {path: value for path, value in tree(files).items() if not path.startswith(".voltui-kept-")}


async def backed_up(lab: Lab) -> str:
    outcome = await lab.run(BackupPlan(lab.common(), (DATA,)))
    return str(outcome.result["backups"][0])


async def undo(lab: Lab) -> Outcome:
    engine = (await lab.engine.info()).id
    last = last_undoable(undoables(lab.store.listing().backups, jobs_directory(lab.state), engine), DATA)
    assert last.files is not None
    change = last.files
    return await lab.run(UndoFilesPlan(lab.common(), DATA, change.job, change.replaced, change.new, change.stops))


def restore(lab: Lab, backup: str, *paths: bytes) -> RestoreFilesPlan:
    return RestoreFilesPlan(lab.common(), DATA, backup, paths)


def change(files: Path) -> None:
    """What happens after the backup: things are gone, altered, new."""
    (files / "folder" / "deep" / "text").unlink()
    (files / "folder" / "deep" / "text").write_text("changed")
    (files / "folder" / ODD).unlink()
    (files / "folder" / "fresh").write_text("fresh")
    for path in ("lost/two", "lost/one"):
        (files / path).unlink()
    (files / "lost" / "empty").rmdir()
    (files / "lost").rmdir()
    (files / "other").write_text("y")


async def test_what_was_chosen_is_as_it_was_and_all_else_stays(lab: Lab) -> None:
    files = await lab.volume("data")
    fill(files)
    backup = await backed_up(lab)
    old = tree(files)
    change(files)
    await lab.container("user", ["data:/data"])
    began = (await lab.engine.container("user")).started
    before = tree(files)

    outcome = await lab.run(restore(lab, backup, b"folder/" + os.fsencode(ODD), b"folder/deep", b"lost/two"))
    assert outcome.ending == "done", outcome
    assert outcome.result["new"] == ["folder/-odd%FF%0A", "lost"]
    assert outcome.result["replaced"] == ["folder/deep"]
    found = of_the_user(files)
    for path in (f"folder/{ODD}", "folder/deep", "folder/deep/text", "lost", "lost/two"):
        assert found[path] == old[path], path
    assert "lost/one" not in found, "it was only needed to extract its other name"
    for path in ("folder/fresh", "folder/again", "other", "folder", "."):
        assert found[path] == before[path], path
    assert os.getxattr(files / "folder" / ODD, "trusted.mark") == b"kept"
    no_folders_left(files)
    assert (await lab.engine.container("user")).started != began, "users are stopped for the exchange"
    assert (await lab.engine.container("user")).container.state == "running"
    again = await backed_up(lab)
    assert lab.store.find(again).content.count == len(found), "no backup holds what is kept"

    assert (await undo(lab)).ending == "done"
    assert of_the_user(files) == before
    assert (await undo(lab)).ending == "done"
    assert of_the_user(files) == found


async def test_what_was_deleted_can_be_put_back_or_goes_for_good(lab: Lab) -> None:
    files = await lab.volume("data")
    fill(files)
    await lab.container("user", ["data:/data"])
    began = (await lab.engine.container("user")).started
    before = tree(files)
    asked = DeleteFilesPlan(lab.common(), DATA, (b"folder", b"folder/deep", b"lost/one"))
    outcome = await lab.run(asked)
    assert outcome.ending == "done", outcome
    assert "7 days" in outcome.sentence
    assert set(of_the_user(files)) == {".", "lost", "lost/two", "lost/empty", "other"}
    (files / "folder").mkdir()
    assert (await undo(lab)).ending == "done"
    assert of_the_user(files) == before
    assert (await lab.engine.container("user")).started == began, "nobody is stopped"

    kept = next(path.name for path in files.iterdir() if path.name.startswith(".voltui-kept-"))
    assert [path.name for path in (files / kept).iterdir()] == ["folder"], "what was there at the undo is kept too"
    gone = await lab.run(DeleteFilesPlan(lab.common(), DATA, (os.fsencode(kept),)))
    assert (gone.ending, gone.result["deleted_for_good"]) == ("done", 1)
    assert tree(files) == before
    lost = await undo(lab)
    with pytest.raises(NotFound, match="not there any more"):
        lost.raise_error()
    assert tree(files) == before
    with pytest.raises(NotFound, match="No restore or change"):
        await undo(lab)


async def test_an_undo_whose_kept_folder_is_gone_says_so_once_and_leaves_the_change_before(lab: Lab) -> None:
    files = await lab.volume("data")
    fill(files)
    before = of_the_user(files)
    for path in (b"other", b"lost"):
        (await lab.run(DeleteFilesPlan(lab.common(), DATA, (path,)))).raise_error()
    shutil.rmtree(max(files.glob(".voltui-kept-*"), key=lambda path: (path / "lost").exists()))
    after = tree(files)
    with pytest.raises(Gone, match="deleted, or the volume was made anew"):
        (await undo(lab)).raise_error()
    assert tree(files) == after
    (await undo(lab)).raise_error()
    assert of_the_user(files) == {path: value for path, value in before.items() if not path.startswith("lost")}


async def test_a_volume_that_was_made_anew_is_not_changed_by_an_undo(lab: Lab, tmp_path: Path) -> None:
    await lab.volume("data")
    (tmp_path / "new").write_text("mine")
    (await lab.run(put(lab, b"", tmp_path / "new"))).raise_error()
    await lab.engine.remove_volume("data")
    files = await lab.volume("data")
    (files / "new").write_text("theirs")
    before = tree(files)
    with pytest.raises(Gone):
        (await undo(lab)).raise_error()
    assert tree(files) == before


async def test_what_is_not_there_protected_or_somebody_elses_is_refused(lab: Lab) -> None:
    files = await lab.volume("data")
    fill(files)
    backup = await backed_up(lab)
    (files / "link").symlink_to("folder")
    before = tree(files)
    for path in (b"nothing", b"link/deep", b"other/below"):
        with pytest.raises(NotFound, match="There is no /"):
            (await lab.run(DeleteFilesPlan(lab.common(), DATA, (b"folder/again", path)))).raise_error()
    with pytest.raises(NotFound, match="no /nothing"):
        (await lab.run(restore(lab, backup, b"nothing"))).raise_error()
    with pytest.raises(Refused, match="archive API"):
        (await lab.run(DeleteFilesPlan(lab.common("archive"), DATA, (b"other",)))).raise_error()
    assert tree(files) == before
    await lab.engine.create_volume("safe", "local", {}, {"voltui.protect": "true"})
    (await lab.mountpoint("safe") / "file").write_text("x")
    with pytest.raises(Refused, match="is protected"):
        (await lab.run(DeleteFilesPlan(lab.common(), Source("volume", "safe"), (b"file",)))).raise_error()


async def test_what_is_kept_goes_when_its_time_is_over(lab: Lab) -> None:
    files = await lab.volume("data")
    fill(files)
    old, young = ".voltui-kept-20200101T000000Z-beef", ".voltui-kept-29990101T000000Z-beef"
    for name in (old, young):
        (files / name).mkdir()
        (files / name / "file").write_text("x")
    assert (await lab.run(DeleteFilesPlan(lab.common(), DATA, (b"other",)))).ending == "done"
    assert not (files / old).exists()
    assert (files / young / "file").exists()


def put(lab: Lab, into: bytes, *sources: Path, replace: bool = False) -> PutPlan:
    return PutPlan(lab.common(), DATA, tuple(map(os.fsencode, sources)), into, replace)


async def test_files_that_are_put_there_belong_to_the_owner_of_the_folder(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    fill(files)
    os.chown(files / "folder", 1000, 2000)
    os.chown(files / "folder" / "again", 70, 80)
    (files / "folder" / "again").chmod(0o604)
    os.setxattr(files / "folder" / "again", "user.mark", b"kept")
    before = tree(files)
    mine = tmp_path / "mine"
    (mine / "sub").mkdir(parents=True)
    (mine / "sub" / ODD).write_bytes(os.urandom(3_000_000))
    (mine / "sub" / ODD).chmod(0o6640)
    (mine / "link").symlink_to("/nowhere")
    os.mkfifo(mine / "pipe")
    (tmp_path / "again").write_text("new")
    os.utime(tmp_path / "again", ns=(0, 1_700_000_000_123_456_789))

    refused = await lab.run(put(lab, b"folder", mine, tmp_path / "again"))
    with pytest.raises(Refused, match="/folder/again is there already"):
        refused.raise_error()
    with pytest.raises(NotFound, match="no folder /nothing"):
        (await lab.run(put(lab, b"nothing", mine))).raise_error()
    assert tree(files) == before
    outcome = await lab.run(put(lab, b"/folder/", mine, tmp_path / "again", replace=True))
    assert outcome.ending == "done", outcome
    assert (outcome.result["replaced"], outcome.result["new"]) == (["folder/again"], ["folder/mine"])
    assert outcome.warnings == ("1 socket, device or FIFO left out.",)
    there = files / "folder" / "mine"
    assert (there / "sub" / ODD).read_bytes() == (mine / "sub" / ODD).read_bytes()
    assert oct((there / "sub" / ODD).stat().st_mode) == "0o100640"
    assert (there / "link").readlink() == Path("/nowhere")
    for path in (there, there / "sub" / ODD, there / "link"):
        assert (path.lstat().st_uid, path.lstat().st_gid) == (1000, 2000)
    replaced = files / "folder" / "again"
    assert (replaced.read_text(), replaced.stat().st_mtime_ns) == ("new", 1_700_000_000_123_456_789)
    assert (replaced.stat().st_uid, replaced.stat().st_gid, replaced.stat().st_mode & 0o7777) == (70, 80, 0o604)
    assert os.getxattr(replaced, "user.mark") == b"kept"
    assert (files / "folder" / "deep" / "text").read_text() == "hello", "the other name of what was replaced stays"
    assert (await undo(lab)).ending == "done"
    assert of_the_user(files) == before


def edited(lab: Lab, tmp_path: Path, text: str, was: bytes) -> EditPlan:
    (tmp_path / "edit").mkdir(exist_ok=True)
    (tmp_path / "edit" / "odd").write_text(text)
    file = os.fsencode(tmp_path / "edit" / "odd")
    return EditPlan(lab.common(), DATA, b"folder/" + os.fsencode(ODD), file, digest(was))


async def test_an_edited_file_keeps_all_but_its_content_and_somebody_elses_change_stays(
    lab: Lab, tmp_path: Path
) -> None:
    files = await lab.volume("data")
    fill(files)
    file = files / "folder" / ODD
    file.chmod(0o2741)
    before, state = tree(files), file.stat()
    plan = edited(lab, tmp_path, "mine", b"odd")
    (tmp_path / "edit" / "odd~").write_text("the copy that an editor has left there")
    outcome = await lab.run(plan)
    assert outcome.ending == "done", outcome
    assert outcome.warnings == ()
    assert file.read_text() == "mine"
    now = file.stat()
    assert (now.st_mode, now.st_uid, now.st_gid) == (state.st_mode, 1234, 4321)
    assert os.getxattr(file, "trusted.mark") == b"kept"
    assert not (tmp_path / "edit").exists()
    assert (await undo(lab)).ending == "done"
    assert of_the_user(files) == before

    file.write_text("theirs")
    late = await lab.run(edited(lab, tmp_path, "mine", b"odd"))
    with pytest.raises(Refused, match="was changed in the volume data meanwhile"):
        late.raise_error()
    assert file.read_text() == "theirs"
    assert (tmp_path / "edit" / "odd").read_text() == "mine"
    assert str(tmp_path / "edit" / "odd") in " ".join(late.warnings)
    file.unlink()
    file.symlink_to("/etc/hostname")
    gone = await lab.run(edited(lab, tmp_path, "mine", b"odd"))
    assert (gone.ending, "no regular file" in gone.sentence) == ("failed", True)
    no_folders_left(files)


@pytest.mark.parametrize("kind", ["restore", "undo"])
async def test_a_job_that_is_killed_anywhere_has_done_all_or_nothing(lab: Lab, kind: str) -> None:
    files = await lab.volume("data")
    fill(files)
    backup = await backed_up(lab)
    change(files)
    await lab.container("user", ["data:/data"])
    old = of_the_user(files)
    paths = (b"folder", b"lost", b"other")
    asked: ChangeFilesPlan = restore(lab, backup, *paths)
    if kind == "undo":
        first = await lab.run(asked)
        old = of_the_user(files)
        asked = UndoFilesPlan(lab.common(), DATA, first.result["kept_files"], (b"folder", b"other"), (b"lost",))
    places = await records(lab, asked)
    new = of_the_user(files)
    assert new != old
    (await undo(lab)).raise_error()
    for number, place in enumerate(places, 1):
        if isinstance(asked, UndoFilesPlan):
            last = last_job_with_files(lab)
            asked = UndoFilesPlan(lab.common(), DATA, last, (b"folder", b"other"), (b"lost",))
        job = start(lab, asked, KILLED, number)
        outcome = await finish(lab, job, KILLED)
        assert job.open_steps() == [], place
        no_folders_left(files)
        assert of_the_user(files) == (new if outcome.ending == "done" else old), (place, outcome)
        assert await lab.state_of("user") == "running"
        if outcome.ending == "done":
            (await undo(lab)).raise_error()


def last_job_with_files(lab: Lab) -> str:
    """The job whose change is to be undone."""
    jobs = jobs_directory(lab.state).all()
    outcomes = (job.outcome() for job in jobs)
    return next(str(one.result["kept_files"]) for one in outcomes if one and one.result.get("kept_files"))
