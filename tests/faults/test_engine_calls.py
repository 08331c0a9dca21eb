"""A job whose connection to the engine fails at any of its calls leaves everything in order.

The calls are counted in a run without faults: a new call is covered without a new test. A third of them meets one of
the faults in turn; with ``VOLTUI_ALL_FAULTS=1`` each meets all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Lab
from tests.faults import proxy
from tests.faults.harness import TABLE, Tree, check_invariants, no_folders_left, tree
from tests.faults.proxy import Proxy
from tests.faults.test_every_step import clear, fill
from voltui.engine.endpoint import Endpoint
from voltui.jobs import recover
from voltui.jobs.plan import BackupPlan, Plan, RestorePlan, Treatment
from voltui.jobs.submit import jobs_directory, submit
from voltui.model.source import Source

pytestmark = pytest.mark.engine
DATA = Source("volume", "data")
_NUMBER = re.compile(r"[0-9a-f]{12,}|voltui-[^/]+")


@pytest.fixture
def between(lab: Lab, tmp_path: Path) -> Iterator[Proxy]:
    with Proxy(tmp_path / "proxy.sock", lab.engine.endpoint.host) as found:
        yield found


class Scene:
    """A job over the proxy, and what its volume may hold afterwards."""

    def __init__(self, lab: Lab, plan: Plan, folder: Path, new: Tree | None, backup: str) -> None:
        self.lab, self.plan, self.folder, self.new, self.backup = lab, plan, folder, new, backup
        self.old: Tree = {}

    def reset(self) -> None:
        for found in self.lab.store.listing().backups:
            if found.id != self.backup:
                self.lab.store.remove(found)
        clear(self.folder)
        fill(self.folder, "a", 0o711)
        self.old = tree(self.folder)

    async def run(self, between: Proxy, fault: str, at: int) -> tuple[str, str]:
        """Run it with a fault, then what the next command does; how it ended, and its log."""
        between.arm(fault, at)
        job = submit(self.plan, self.lab.state)
        outcome = await self.lab.ended(job)
        met = between.met
        between.arm("", 0)
        await recover.recover_all(jobs_directory(self.lab.state), self.plan.common.endpoint)
        log = f"{met}: {outcome}\n{(job.path / 'log').read_text()}\n{(job.path / 'journal.ndjson').read_text()}"
        try:
            await check_invariants(self.lab, job)
            self.check(outcome.ending)
            assert "VolTUI has a fault" not in outcome.sentence
            assert outcome.ending == "done" or at
        except AssertionError as error:
            raise AssertionError(f"{fault} at call {at}: {error}\n{log}") from error
        return met, log

    def check(self, ending: str) -> None:
        no_folders_left(self.folder)
        found = {path: value for path, value in tree(self.folder).items() if not path.startswith(".voltui-old-")}
        assert found == (self.old if self.new is None or ending != "done" else self.new)


async def a_backup(lab: Lab, host: str, treatment: Treatment = Treatment.PAUSE) -> Scene:
    folder = await lab.volume("data")
    for name in ("one", "two"):
        await lab.container(name, ["data:/data"])
    common = replace(lab.common(), endpoint=Endpoint(host))
    return Scene(lab, BackupPlan(common, (DATA,), treatment), folder, None, "")


async def a_restore(lab: Lab, host: str) -> Scene:
    folder = await lab.volume("data")
    fill(folder, "b", 0o750)
    made = await lab.run(BackupPlan(lab.common(), (DATA,)))
    scene = await a_backup_of(lab, folder)
    backup = made.result["backups"][0]
    common = replace(lab.common(), endpoint=Endpoint(host))
    return Scene(lab, RestorePlan(common, DATA, backup), folder, scene, backup)


async def a_backup_of(lab: Lab, folder: Path) -> Tree:
    for name in ("one", "two"):
        await lab.container(name, ["data:/data"])
    return tree(folder)


@pytest.mark.parametrize("what", ["backup", "restore"])
async def test_at_whichever_call_the_engine_fails_nothing_is_lost_or_left(lab: Lab, between: Proxy, what: str) -> None:
    scene = await (a_backup if what == "backup" else a_restore)(lab, between.host)
    scene.reset()
    await scene.run(between, "", 0)
    calls = between.counted
    assert calls > 10
    for at, fault in proxy.tries(calls):
        scene.reset()
        met, _ = await scene.run(between, fault, at)
        TABLE.count(what, fault, _NUMBER.sub("…", met) or "(no such call this time)")
