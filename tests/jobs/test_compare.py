"""Comparing a volume with its backup, and two backups, on a real engine."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from tests.conftest import Lab, until
from voltui.jobs.compare import Comparing, comparing
from voltui.jobs.explorer import Explorer
from voltui.jobs.keys import Keyring
from voltui.jobs.look_backup import BackupFiles
from voltui.jobs.look_live import VolumeFiles
from voltui.jobs.plan import BackupPlan
from voltui.model.differences import Difference, What
from voltui.model.errors import Refused
from voltui.model.source import Source
from voltui.model.textdiff import MOST_TEXT

pytestmark = pytest.mark.engine


async def backed_up(lab: Lab) -> BackupFiles:
    outcome = await lab.run(BackupPlan(lab.common(), (Source("volume", "data"),)))
    backup = lab.store.find(outcome.result["backups"][0])
    return BackupFiles(lab.store, Keyring.of(lab.common(), lab.state), backup)


async def settled(comparing_: Comparing) -> dict[bytes, Difference]:
    return {one.path: one for one in await comparing_.settled(await comparing_.listed())}


def kept_time(path: Path, data: bytes) -> None:
    """Write to a file and set its time back, as some programs do."""
    before = path.stat()
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


async def test_what_differs_is_told_by_content(lab: Lab) -> None:
    files = await lab.volume("data")
    for name in ("alike", "hidden", "rewritten", "grown", "gone", b"odd\xff\n"):
        (files / os.fsdecode(name)).write_text(f"first\n{name!r}\nlast\n")
    os.link(files / "hidden", files / "hidden-too")
    (files / "folder").mkdir()
    with (files / "holes").open("wb") as holes:
        holes.truncate(1 << 20)
        holes.seek(1 << 19)
        holes.write(b"data" * 2000)
    os.mkfifo(files / "pipe")
    (files / "link").symlink_to("alike")
    first = await backed_up(lab)

    kept_time(files / "hidden", (files / "hidden").read_bytes().replace(b"first", b"other"))
    (files / "rewritten").write_bytes((files / "rewritten").read_bytes())
    os.utime(files / "holes", (5, 5))
    os.utime(files / "rewritten", (5, 5))
    os.utime(files / os.fsdecode(b"odd\xff\n"), (5, 5))
    (files / "grown").write_text("first\n'grown'\nand more\nlast\n")
    (files / "gone").unlink()
    (files / "folder").chmod(0o700)
    (files / "new").write_bytes(b"\0" * 9)
    os.utime(files / "pipe", (5, 5))
    os.utime(files / "link", (5, 5), follow_symlinks=False)
    os.mknod(files / "socket", stat.S_IFSOCK | 0o600)
    (files / ".voltui-kept-20260101T000000Z-abcd" / "old").mkdir(parents=True)
    volume = VolumeFiles(Explorer(lab.engine, lab.state), await lab.engine.volume("data"), "data")
    expected = {
        b"hidden": What.CHANGED, b"hidden-too": What.CHANGED, b"rewritten": What.TOUCHED, b"odd\xff\n": What.TOUCHED,
        b"grown": What.CHANGED, b"gone": What.REMOVED, b"folder": What.TOUCHED, b"new": What.ADDED,
        b"holes": What.TOUCHED, b"pipe": What.TOUCHED, b"link": What.TOUCHED,
    }  # fmt: skip
    async with comparing(first, volume) as opened:
        found = await settled(opened)
        assert {path: one.what for path, one in found.items()} == expected
        assert opened.done == opened.total > 0

        async def text(path: bytes, *, swapped: bool = False) -> list[str]:
            told = await opened.text(found[path], swapped=swapped)
            return [told.sentence] if told.sentence else [one.printed for one in told.lines]

        assert await text(b"grown") == ["@@ -1,3 +1,4 @@", " first", " 'grown'", "+and more", " last"]
        assert "-and more" in await text(b"grown", swapped=True)
        assert (await text(b"hidden-too"))[1:3] == ["-first", "+other"]
        assert await text(b"gone") == ["@@ -1,3 +0,0 @@", "-first", "-'gone'", "-last"]
        assert await text(b"rewritten") == ["The content is the same; time differs."]
        assert await text(b"pipe") == ["It is a fifo; time differs."]
        assert [side.size for side in found[b"link"].sides] == [len("alike")] * 2
        assert await text(b"folder") == ["It is a dir; mode differs."]
        assert await text(b"new") == ["It is no text: 9 B, and the contents differ."]
        (files / "grown").write_bytes(b"x" * (MOST_TEXT + 1))
    second = await backed_up(lab)
    async with comparing(first, volume) as opened:
        found = await settled(opened)
        with pytest.raises(Refused, match=r"/grown has 1 MB: lines are compared up to 1 MB"):
            await opened.text(found[b"grown"])
    async with comparing(first, second) as opened:
        assert {path: one.what for path, one in (await settled(opened)).items()} == expected
        assert opened.total == 0
    async with comparing(second, volume) as opened:
        assert await settled(opened) == {}


async def test_only_what_leaves_a_doubt_is_read(lab: Lab) -> None:
    files = await lab.volume("data")
    for number in range(20):
        (files / str(number)).write_bytes(b"%d" % number * 1000)
        os.utime(files / str(number), (7, 7))

    async def older() -> bool:
        return all(path.stat().st_ctime + 3 < time.time() for path in files.iterdir())

    await until(older, "that the files are older than the backup")
    first = await backed_up(lab)
    kept_time(files / "3", b"3" * 1000)
    kept_time(files / "4", b"x" * 1000)
    volume = VolumeFiles(Explorer(lab.engine, lab.state), await lab.engine.volume("data"), "data")
    async with comparing(volume, first) as opened:
        assert {path: one.what for path, one in (await settled(opened)).items()} == {b"4": What.CHANGED}
        assert opened.total == 2_000
