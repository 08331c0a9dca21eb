"""A job that is killed or cancelled at any record of its journal leaves everything in order.

The places are taken from the journal of a run without faults: a new step is covered without a new test.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Lab
from tests.faults.harness import TABLE, Tree, check_invariants, finish, no_folders_left, records, start, tree
from tests.faults.proxy import ALL_FAULTS
from tests.faults.worker import FAULTS
from voltui.jobs.common import Treatment
from voltui.jobs.plan import BackupPlan, Plan, RestorePlan
from voltui.model.source import Source

pytestmark = pytest.mark.engine
_KILLED = "worker and supervisor killed"
_OTHERS = tuple(fault for fault in FAULTS if fault != _KILLED)


@dataclass
class Scene:
    """A job, what it works on, and what may be found there afterwards."""

    plan: Plan
    folder: Path
    fill_old: Callable[[], None]
    """Puts the old content there, in place of any other."""
    new: Tree | None = None
    """What a restore brings; ``None`` where the folder must not change."""
    backup: str = ""
    """The backup that is restored."""

    def reset(self, lab: Lab) -> Tree:
        """As it was before the job; the old content."""
        for backup in lab.store.listing().backups:
            if backup.id != self.backup:
                lab.store.remove(backup)
        clear(self.folder)
        self.fill_old()
        return tree(self.folder)


def fill(folder: Path, mark: str, mode: int = 0o755) -> None:
    for number in range(40):
        (folder / f"{mark}{number}").write_text(mark * number)
    (folder / "same").write_text(mark)
    (folder / "folder").mkdir(exist_ok=True)
    (folder / "folder" / mark).write_text(mark)
    folder.chmod(mode)


def clear(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


async def a_backup(lab: Lab, treatment: Treatment) -> Scene:
    folder = await lab.volume("data")
    for name in ("one", "two"):
        await lab.container(name, ["data:/data"])
    plan = BackupPlan(lab.common(), (Source("volume", "data"),), treatment)
    return Scene(plan, folder, lambda: fill(folder, "a"))


async def paused_backup(lab: Lab, disk: Path) -> Scene:
    return await a_backup(lab, Treatment.PAUSE)


async def stopped_backup(lab: Lab, disk: Path) -> Scene:
    return await a_backup(lab, Treatment.STOP)


async def reflinked_backup(lab: Lab, disk: Path) -> Scene:
    """On a file system that shares blocks: the users go on while the copy is read."""
    folder = disk / "data"
    folder.mkdir()
    await lab.container("one", [f"{folder}:/data"])
    plan = BackupPlan(lab.common(), (Source("path", str(folder)),))
    return Scene(plan, folder, lambda: fill(folder, "a"))


async def restore(lab: Lab, disk: Path) -> Scene:
    folder = await lab.volume("data")
    fill(folder, "b", 0o750)
    made = await lab.run(BackupPlan(lab.common(), (Source("volume", "data"),)))
    backup, new = made.result["backups"][0], tree(folder)
    for name in ("one", "two"):
        await lab.container(name, ["data:/data"])
    plan = RestorePlan(lab.common(), Source("volume", "data"), backup)
    return Scene(plan, folder, lambda: fill(folder, "a", 0o711), new, backup)


async def restore_in_place(lab: Lab, disk: Path) -> Scene:
    """On a disk of 10 MB that has no room for both contents."""
    volume, folder = await lab.volume("data"), disk / "target"
    volume.chmod(0o755)
    (volume / "b").write_bytes(os.urandom(6_000_000))
    made = await lab.run(BackupPlan(lab.common(), (Source("volume", "data"),)))
    backup = made.result["backups"][0]
    folder.mkdir(mode=0o755)
    await lab.container("one", [f"{folder}:/data"])
    plan = RestorePlan(lab.common(), Source("path", str(folder)), backup, in_place=True)
    return Scene(plan, folder, lambda: fill_large(folder), tree(volume), backup)


def fill_large(folder: Path) -> None:
    (folder / "a").write_bytes(b"a" * 6_000_000)
    folder.chmod(0o711)


SCENES: dict[str, Callable[[Lab, Path], Awaitable[Scene]]] = {
    "backup, users paused": paused_backup,
    "backup, users stopped": stopped_backup,
    "backup, users paused for a reflink": reflinked_backup,
    "restore": restore,
    "restore in place, for want of room": restore_in_place,
}


@pytest.mark.parametrize("name", SCENES)
async def test_whatever_happens_at_any_step_nothing_is_lost_or_left(
    lab: Lab, request: pytest.FixtureRequest, name: str
) -> None:
    disk = request.getfixturevalue("sharing_disk" if "reflink" in name else "small_disk")
    scene = await SCENES[name](lab, disk)
    scene.reset(lab)
    places = await records(lab, scene.plan)
    for number, place in enumerate(places, 1):
        for fault in faults_at(number):
            old = scene.reset(lab)
            job = start(lab, scene.plan, fault, number)
            outcome = await finish(lab, job, fault)
            try:
                await check_invariants(lab, job)
                check_content(scene, old, outcome.ending)
            except AssertionError as error:
                where = f"{place} ({number} of {len(places)})"
                log = (job.path / "log").read_text()
                raise AssertionError(f"{fault} at {where}: {error}\n{outcome}\n{log}") from error
            TABLE.count(name, fault, place)


def faults_at(number: int) -> tuple[str, ...]:
    """What is tried at the journal's record of that number: nobody left alive, everywhere; of the rest one, in turn, at
    every third.

    All of them with ``VOLTUI_ALL_FAULTS=1``, which takes a quarter of an hour.
    """
    if ALL_FAULTS:
        return (_KILLED, *_OTHERS)
    return (_KILLED, _OTHERS[number // 3 % len(_OTHERS)]) if number % 3 == 0 else (_KILLED,)


def check_content(scene: Scene, old: Tree, ending: str) -> None:
    """Exactly the old content or exactly the new one, and the outcome says which."""
    no_folders_left(scene.folder)
    found = {path: value for path, value in tree(scene.folder).items() if not path.startswith(".voltui-old-")}
    if scene.new is None:
        assert found == old, "a backup has changed the data"
    elif ending == "done":
        assert found == scene.new, "the outcome says done, but the new content is not there"
    else:
        assert found == old, "the outcome says that nothing was done, but the old content is not there"


async def forget(lab: Lab, volume: str) -> None:
    if await lab.engine.volume_exists(volume):
        await lab.engine.remove_volume(volume)


async def test_a_restore_into_a_new_volume_leaves_all_of_it_or_nothing(lab: Lab) -> None:
    folder = await lab.volume("data")
    fill(folder, "b")
    made = await lab.run(BackupPlan(lab.common(), (Source("volume", "data"),)))
    for transport in ("bridge", "archive"):
        common = lab.common(transport)
        plan = RestorePlan(common, Source("volume", "fresh"), made.result["backups"][0])
        await forget(lab, "fresh")
        places = await records(lab, plan)
        for number, place in enumerate(places, 1):
            for fault in faults_at(number):
                await forget(lab, "fresh")
                job = start(lab, plan, fault, number)
                outcome = await finish(lab, job, fault)
                await check_invariants(lab, job)
                there = await lab.engine.volume_exists("fresh")
                assert there == (outcome.ending == "done"), f"{fault} at {place}: {outcome}"
                if there:
                    content = {key: value[3] for key, value in tree(await lab.mountpoint("fresh")).items()}
                    assert content == {key: value[3] for key, value in tree(folder).items()}
                TABLE.count(f"restore into a new volume, {transport}", fault, place)
