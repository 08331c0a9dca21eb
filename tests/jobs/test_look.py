"""Looking into volumes and backups on a real engine."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.conftest import Lab
from voltui.jobs.directory import jobs_directory
from voltui.jobs.explorer import Explorer, ownerless
from voltui.jobs.keys import Keyring
from voltui.jobs.look import Files
from voltui.jobs.look_backup import BackupFiles
from voltui.jobs.look_live import VolumeFiles
from voltui.jobs.plan import BackupPlan
from voltui.jobs.recover import sweep_helpers
from voltui.model.differences import What, differences
from voltui.model.errors import NotFound, Refused, VoltuiError
from voltui.model.files import FileTree
from voltui.model.source import Source

pytestmark = pytest.mark.engine


async def read(files: Files) -> FileTree:
    tree = FileTree()
    async with files.opened() as opened:
        await opened.load(tree)
    return tree


def fill(files: Path) -> None:
    (files / "folder").mkdir()
    (files / "folder" / "text").write_bytes(b"hello\n")
    os.link(files / "folder" / "text", files / "again")
    (files / os.fsdecode(b"\xff\n$(id)'\\0101")).write_bytes(b"odd")
    (files / "out").symlink_to("/etc/passwd")
    (files / "secret").write_bytes(b"x" * 100_000)
    (files / "secret").chmod(0o600)
    os.chown(files / "secret", 4_000_000_000, 12)
    os.mkfifo(files / "pipe")


async def test_a_volume_and_its_backup_show_the_same_tree(lab: Lab) -> None:
    fill(await lab.volume("data"))
    explorer = Explorer(lab.engine, lab.state)
    tree = FileTree()
    volume = await lab.engine.volume("data")
    async with VolumeFiles(explorer, volume, "data").opened() as opened:
        await opened.load(tree)

        async def head(path: bytes) -> bytes:
            node = tree.find(path)
            assert node is not None
            return await opened.content(node)

        assert await sweep_helpers(lab.engine, jobs_directory(lab.state)) == 0, "somebody looks through it"
        assert await head(b"folder/text") == b"hello\n"
        assert await head(b"\xff\n$(id)'\\0101") == b"odd"
        assert await head(b"secret") == b"x" * 65_536
        for path in (b"out", b"pipe", b"folder"):
            with pytest.raises(Refused, match="no regular file"):
                await head(path)
        (await lab.mountpoint("data") / "folder" / "text").unlink()
        with pytest.raises(NotFound, match="/folder/text is not there any more"):
            await head(b"folder/text")
        (await lab.mountpoint("data") / "folder" / "text").symlink_to("/usr/bin/env")
        with pytest.raises(VoltuiError, match="Reading text failed"):
            await head(b"folder/text")
    secret = tree.find(b"secret")
    assert secret is not None
    assert (secret.size, secret.rights, secret.uid, secret.gid) == (100_000, "-rw-------", 4_000_000_000, 12)
    kinds = {node.path: node.kind for node in tree.nodes}
    assert sorted((kinds[b"again"], kinds[b"folder/text"])) == ["file", "link"]
    assert kinds[b"pipe"] == "fifo"
    assert await lab.engine.containers() == []

    outcome = await lab.run(BackupPlan(lab.common(), (Source("volume", "data"),)))
    backup = lab.store.find(outcome.result["backups"][0])
    archived = await read(BackupFiles(lab.store, Keyring.of(lab.common(), lab.state), backup))
    assert {node.path for node in archived.nodes} == {node.path for node in tree.nodes}
    present = await read(VolumeFiles(explorer, volume, "data"))
    assert {one.what for one in differences(archived, present)} <= {What.UNSURE}  # all was made a moment before
    alike = {node.path: node.hash for node in archived.nodes}
    present.learn(alike)
    assert list(differences(archived, present)) == []
    (await lab.mountpoint("data") / "secret").write_bytes(b"y")
    again = await read(VolumeFiles(explorer, volume, "data"))
    again.learn(alike)
    found = list(differences(present, again))
    assert [(one.what, one.path, one.bytes) for one in found] == [("changed", b"secret", 1 - 100_000)]
    assert archived.root.total == 100_000 + len("odd") + len("hello\n")


@pytest.mark.parametrize(
    ("name", "state", "age", "ownerless_now"),
    [
        ("/voltui-explorer-1", "created", 100, True),
        ("/voltui-explorer-1", "exited", 100, True),
        ("/voltui-explorer-1", "created", 1, False),
        ("/voltui-explorer-1", "running", 100, False),
        ("/voltui-shell-1", "running", 100_000, False),
        ("/another", "created", 100, False),
    ],
)
def test_a_helper_that_runs_has_an_owner(name: str, state: str, age: int, ownerless_now: bool) -> None:
    assert ownerless({"Names": [name], "State": state, "Created": time.time() - age}) is ownerless_now


async def test_a_volume_with_options_is_mounted_while_it_is_looked_at(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "file").write_text("bound")
    await lab.volume("bound", type="none", device=str(tmp_path / "place"), o="bind")
    tree = await read(VolumeFiles(Explorer(lab.engine, lab.state), await lab.engine.volume("bound"), "bound"))
    assert [node.name for node in tree.root.children] == [b"file"]
