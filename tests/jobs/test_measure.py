"""Measuring volumes on a real engine: by the explorer's helper, and by the engine's own count."""

from __future__ import annotations

import os
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Lab, until
from voltui.engine.bridge import BridgeUnavailable
from voltui.engine.connection import Connection
from voltui.jobs.explorer import Explorer
from voltui.jobs.measure import Measuring, measured
from voltui.model.errors import Failed
from voltui.model.sizes import Sizes
from voltui.model.when import now
from voltui.store.sizes import SizeCache

pytestmark = pytest.mark.engine


def du(path: Path) -> int:
    return int(subprocess.check_output(["du", "-sx", "--block-size=1", str(path)]).split()[0])


async def test_a_helper_measures_all_volumes_that_can_be_reached_and_goes(lab: Lab) -> None:
    files, linked = await lab.volume("data"), await lab.volume("linked")
    (files / "big").write_bytes(os.urandom(3_000_000))
    (files / "private").mkdir(mode=0o700)
    os.chown(files / "private", 4711, 4711)
    (files / "private" / "new\nline").write_bytes(bytes(10_000))
    (linked / "one").write_bytes(os.urandom(500_000))
    os.link(linked / "one", linked / "two")
    memory = {"type": "tmpfs", "device": "tmpfs", "o": "size=8m"}
    await lab.volume("held", **memory)
    await lab.volume("idle", **memory)
    await lab.container("holder", ["held:/m"], "head -c 70000 /dev/zero >/m/file; exec sleep 1000")

    async def written() -> bool:
        return du(await lab.mountpoint("held")) >= 70_000

    await until(written, "the file in the volume in memory")
    inventory = await lab.engine.inventory()
    sizes = await measured(lab.engine, Explorer(lab.engine, lab.state), inventory, list(inventory.volumes), Sizes())
    assert {name: known.size for name, known in sizes.volumes.items()} == {
        "data": du(files),
        "linked": du(linked),
        "held": du(await lab.mountpoint("held")),
    }
    assert sizes.free is not None
    assert sizes.free > 0
    assert not list((lab.state / "explorer").iterdir())
    await lab.engine.remove_volume("data")

    cache = SizeCache(lab.state / "sizes")
    cache.write(inventory, sizes)
    assert cache.read(inventory) == sizes
    assert set(cache.read(await lab.engine.inventory()).volumes) == {"linked", "held"}
    newer = {"held": type(sizes.volumes["held"])(1, now() + timedelta(seconds=9), 0, inventory.volumes["held"].created)}
    cache.write(inventory, Sizes(newer))
    assert cache.read(inventory).volumes["held"].size == 1
    cache.write(inventory, sizes)
    assert cache.read(inventory).volumes["held"].size == 1, "an older size must not replace what another has measured"


async def test_what_takes_long_is_measured_all_the_same(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voltui.jobs.measure._QUICK", 0.0001)
    (await lab.volume("data") / "file").write_bytes(bytes(9000))
    inventory = await lab.engine.inventory()
    sizes = await measured(lab.engine, Explorer(lab.engine, lab.state), inventory, ["data"], Sizes())
    assert sizes.volumes["data"].size == du(await lab.mountpoint("data"))


async def test_the_rest_is_left_when_nobody_looks_any_more(lab: Lab) -> None:
    for name in ("one", "two", "three"):
        await lab.volume(name)
    inventory = await lab.engine.inventory()
    found: list[str] = []
    explorer = Explorer(lab.engine, lab.state)
    measuring = Measuring(lab.engine, explorer, found.extend, lambda free: None, lambda: not found)
    await measuring.measure(inventory, ["one", "two", "three"])
    assert found == ["one"]


async def test_without_a_helper_the_engine_counts_and_is_asked_again_when_it_is_busy(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Docker 20.10 answers 500 while it counts for somebody else."""
    files = await lab.volume("data")
    (files / "file").write_bytes(bytes(12_345))
    inventory = await lab.engine.inventory()
    refusals, call = [Failed("a disk usage operation is already running"), Failed("once more")], Connection.call

    async def busy(self: Connection, what: str, function: Any, **rest: Any) -> Any:
        if what == "measure volumes" and refusals:
            raise refusals.pop()
        assert "helper" not in what, "a read-only VolTUI makes none"
        return await call(self, what, function, **rest)

    monkeypatch.setattr(Connection, "call", busy)
    monkeypatch.setattr("voltui.jobs.measure._PAUSE", 0.01)
    explorer = Explorer(lab.engine, lab.state, BridgeUnavailable("none is made"))
    sizes = await measured(lab.engine, explorer, inventory, ["data"], Sizes())
    assert sizes.volumes["data"].size == 12_345
    cache = SizeCache(lab.state / "sizes")
    cache.write(inventory, sizes)
    assert cache.read(inventory).volumes == {}, "bytes of content, which are no size on disk"
    assert refusals == []
