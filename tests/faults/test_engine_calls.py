"""A job whose connection to the engine fails at any of its calls leaves everything in order.

The calls are counted in a run without faults: a new call is covered without a new test. A fifth of them meets one of
the faults in turn; with ``VOLTUI_ALL_FAULTS=1`` each meets all of them.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import Lab
from tests.faults import proxy
from tests.faults.harness import TABLE, check_invariants
from tests.faults.proxy import Proxy
from tests.faults.test_every_step import Scene, check_content, paused_backup, restore
from voltui.engine.endpoint import Endpoint
from voltui.jobs import recover
from voltui.jobs.directory import jobs_directory
from voltui.jobs.submit import submit

pytestmark = pytest.mark.engine
_NUMBER = re.compile(r"[0-9a-f]{12,}|voltui-[^/]+")


@pytest.fixture
def between(lab: Lab, tmp_path: Path) -> Iterator[Proxy]:
    with Proxy(tmp_path / "proxy.sock", lab.engine.endpoint.host) as found:
        yield found


async def run(lab: Lab, scene: Scene, between: Proxy, fault: str, at: int) -> str:
    """Run the job with a fault, then what the next command does; the call that met it."""
    old = scene.reset(lab)
    between.arm(fault, at)
    job = submit(scene.plan, lab.state)
    outcome = await lab.ended(job)
    met = between.met
    between.arm("", 0)
    await recover.recover_all(jobs_directory(lab.state), scene.plan.common.endpoint)
    try:
        await check_invariants(lab, job)
        check_content(scene, old, outcome.ending)
        assert "VolTUI has a fault" not in outcome.sentence
        assert outcome.ending == "done" or at
    except AssertionError as error:
        log = f"{met}: {outcome}\n{(job.path / 'log').read_text()}\n{(job.path / 'journal.ndjson').read_text()}"
        raise AssertionError(f"{fault} at call {at}: {error}\n{log}") from error
    return met


@pytest.mark.parametrize(("what", "make"), [("backup", paused_backup), ("restore", restore)])
async def test_at_whichever_call_the_engine_fails_nothing_is_lost_or_left(
    lab: Lab, between: Proxy, tmp_path: Path, what: str, make: Callable[[Lab, Path], Awaitable[Scene]]
) -> None:
    scene = await make(lab, tmp_path)
    scene.plan = replace(scene.plan, common=replace(scene.plan.common, endpoint=Endpoint(between.host)))
    await run(lab, scene, between, "", 0)
    calls = between.counted
    assert calls > 10
    for at, fault in proxy.tries(calls):
        met = await run(lab, scene, between, fault, at)
        TABLE.count(what, fault, _NUMBER.sub("…", met) or "(no such call this time)")
