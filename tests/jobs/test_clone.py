"""Cloning where the file system shares blocks: in moments, and the same."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Lab
from tests.engine_of_own import Mortal
from tests.faults.harness import tree
from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint
from voltui.jobs.volume_plans import ClonePlan

pytestmark = pytest.mark.engine


async def test_a_clone_shares_its_blocks_where_the_file_system_can(
    lab: Lab, sharing_disk: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("engine")
    root.chmod(0o711)
    (sharing_disk / "data").mkdir(mode=0o711)
    (root / "data").symlink_to(sharing_disk / "data")
    engine = Mortal(root)
    own = replace(lab, engine=Engine(Endpoint(engine.layout.host)))
    try:
        folder = await own.volume("data")
        (folder / "large").write_bytes(os.urandom(30_000_000))
        (folder / "folder").mkdir(mode=0o700)
        os.setxattr(folder / "large", "trusted.mark", b"kept")
        os.chown(folder / "folder", 12, 34)
        folder.chmod(0o2750)
        await own.container("writer", ["data:/data"])
        before = os.statvfs(sharing_disk).f_bfree
        outcome = await own.run(ClonePlan(own.common(), "data", "copy"))
        assert outcome.ending == "done", outcome
        copy = await own.mountpoint("copy")
        assert tree(copy) == tree(folder)
        assert os.getxattr(copy / "large", "trusted.mark") == b"kept"
        taken = (before - os.statvfs(sharing_disk).f_bfree) * os.statvfs(sharing_disk).f_frsize
        assert taken < 10_000_000, "the copy has blocks of its own"
        assert await own.state_of("writer") == "running"
        await own.remove_all()
    finally:
        own.engine.close()
        engine.end()
