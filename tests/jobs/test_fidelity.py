"""What a backup and a restore keep: everything by the bridge, all but what the manifest lists by the archive API."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Lab
from tests.fixture_tree import Seen, look, make_tree
from voltui.engine.archive_api import LOSSES
from voltui.jobs.plan import BackupPlan, RestorePlan
from voltui.model.backup import Backup, Consistency
from voltui.model.source import Source

pytestmark = pytest.mark.engine

FIFO_LINKS = {"special/fifo", "special/fifo-again"}
SOCKET = "special/socket"
FOLDER = "n\\101" + "d" * 196
"""What tar takes for an escape is in it."""


async def round_trip(lab: Lab, transport: str) -> tuple[dict[str, Seen], dict[str, Seen], Backup]:
    """The fixture before, what came back into a new volume, and the backup between them."""
    origin = await lab.volume("fixture")
    make_tree(origin)
    before = look(origin)
    made = await lab.run(BackupPlan(lab.common(transport), (Source("volume", "fixture"),)))
    made.raise_error()
    assert look(origin) == before, "a backup changes nothing"
    backup = lab.store.find("fixture@latest")
    restored = await lab.run(RestorePlan(lab.common(transport), Source("volume", "copy"), backup.id))
    restored.raise_error()
    after = look(Path((await lab.engine.volume("copy")).mountpoint))
    return before, after, backup


def without_fifo_links(tree: dict[str, Seen]) -> dict[str, Seen]:
    """The tree as if the FIFO's two names were two FIFOs."""
    return {path: replace(seen, names=frozenset({path})) if path in FIFO_LINKS else seen for path, seen in tree.items()}


async def test_the_bridge_keeps_everything_but_sockets_and_links_between_fifos(lab: Lab) -> None:
    before, after, backup = await round_trip(lab, "bridge")

    assert before.pop(SOCKET).kind == "s"
    expected = without_fifo_links(before)
    assert set(after) == set(expected)
    for path, seen in expected.items():
        assert after[path] == seen, path
    assert [loss.kind for loss in backup.losses] == ["sockets"]
    assert backup.losses[0].paths == (SOCKET,)
    assert backup.transport == "bridge"
    assert backup.consistency is Consistency.UNUSED
    assert backup.verified is not None


async def test_the_archive_api_loses_exactly_what_the_manifest_lists(lab: Lab) -> None:
    before, after, backup = await round_trip(lab, "archive")

    assert backup.losses == LOSSES
    assert before.pop(SOCKET).kind == "s"
    assert set(after) == set(before)
    lost = {kind for path in before for kind in differences(before[path], after[path])}
    assert lost == {"xattrs", "acls", "mtime-fraction", "sparse"}
    assert lost | {"sockets", "long-paths"} == {loss.kind for loss in LOSSES}


def differences(before: Seen, after: Seen) -> set[str]:
    """The kinds of loss between two looks at one entry. Whatever is none of the manifest's kinds fails the test."""
    found = set()
    kept = {name: value for name, value in before.attributes.items() if name == "security.capability"}
    if before.attributes != after.attributes:
        assert after.attributes == kept
        dropped = set(before.attributes) - set(after.attributes)
        found |= {"acls" if name.startswith("system.posix_acl") else "xattrs" for name in dropped}
    if before.mtime != after.mtime:
        assert after.mtime == max(before.mtime // 1_000_000_000, 0) * 1_000_000_000
        found.add("mtime-fraction")
    if before.blocks != after.blocks:
        assert after.blocks > before.blocks
        assert before.size == 1 << 30
        found.add("sparse")
    same = replace(before, attributes=after.attributes, mtime=after.mtime, blocks=after.blocks)
    if "sparse" in found:
        same = replace(same, content=after.content)
    assert after == same
    return found


def make_deep_tree(folder: Path, levels: int) -> None:
    """Folders in folders, a file in each, until their paths are longer than the kernel takes at once."""
    here = os.open(folder, os.O_RDONLY)
    for level in range(levels):
        with os.fdopen(os.open(f"file-{level}", os.O_CREAT | os.O_WRONLY, dir_fd=here), "w") as file:
            file.write(str(level))
        os.link(f"file-{level}", f"name-{level}", src_dir_fd=here, dst_dir_fd=here)
        os.mkdir(FOLDER, 0o700 + level, dir_fd=here)
        below = os.open(FOLDER, os.O_RDONLY, dir_fd=here)
        os.utime(here, ns=(level, level * 1_000_000_007))
        os.close(here)
        here = below
    os.close(here)


def look_deep(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Each path's mode, time, number of names and content, going down folder by folder."""
    seen = {}
    for path, folders, files, descriptor in os.fwalk(folder):
        for name in [*folders, *files]:
            facts = os.stat(name, dir_fd=descriptor)
            held = b""
            if name in files:
                with os.fdopen(os.open(name, os.O_RDONLY, dir_fd=descriptor), "rb") as file:
                    held = file.read()
            names = facts.st_nlink if name in files else 0
            seen[f"{path.removeprefix(str(folder))}/{name}"] = (facts.st_mode, facts.st_mtime_ns, names, held)
    return seen


async def test_paths_longer_than_the_kernel_takes_come_back(lab: Lab) -> None:
    origin = await lab.volume("deep")
    make_deep_tree(origin, 45)  # two runs after the first: 9,000 bytes
    before = look_deep(origin)
    assert max(map(len, before)) > 8_500

    made = await lab.run(BackupPlan(lab.common("bridge"), (Source("volume", "deep"),)))
    made.raise_error()
    assert lab.store.find("deep@latest").losses == ()
    (origin / "file-0").write_text("newer")
    restored = await lab.run(RestorePlan(lab.common("bridge"), Source("volume", "deep"), "deep@latest"))
    restored.raise_error()

    assert look_deep(origin) == before
    assert restored.warnings == ()
