"""Sharing, as a user does it: in a terminal of 80x24, with the keyboard, on a real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Lab, until
from tests.terminal import voltui_terminal

pytestmark = pytest.mark.engine


async def test_a_volume_is_shared_with_a_third_container_and_taken_back_in_the_graph(lab: Lab, tmp_path: Path) -> None:
    await lab.volume("shared")
    for name in ("first", "second"):
        await lab.container(name, ["shared:/data"])
    await lab.container("third", [])
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.press("3")
        terminal.wait_for("several write: shared")
        terminal.press("Enter")
        terminal.wait_for("> ▪ shared ")
        terminal.press("l")
        terminal.wait_for("1 of 2 connected with shared")
        terminal.press("j")
        terminal.wait_for("> ● second  running")
        terminal.press("h")
        terminal.wait_for("─ volume shared ")

        terminal.press("V")
        plan = terminal.wait_for("─ Share shared ")
        assert "the data container shared-data" in plan
        terminal.press("G") if "> ● third" in plan else terminal.press("j", "j")
        terminal.wait_for(r"> ● third")
        terminal.press(" ")
        terminal.wait_for(r"gets +shared at /volumes/shared rw")
        terminal.press("Enter")
        terminal.wait_for("Make third anew with shared")
        terminal.press("y")
        terminal.wait_for("Shared shared with third")
        shown = terminal.wait_for("via shared-data")
        assert "○ shared-data  created" in shown
        mounts = (await lab.engine.container("third")).container.mounts
        assert ("shared", "/volumes/shared") in {(mount.source, mount.destination) for mount in mounts}

        terminal.press("l")
        for _ in range(4):
            if "─ container third " in terminal.text:
                break
            terminal.press("j")
            terminal.settle()
        terminal.wait_for("─ container third ")
        terminal.press("V")
        terminal.wait_for("> Take back +the mounts of shared-data")
        terminal.press("Enter")
        terminal.wait_for("Make third anew without shared-data")
        terminal.press("y")
        terminal.wait_for("Took back shared-data from third")
        terminal.wait_without("via shared-data")
        terminal.press("q")
        assert terminal.wait_for_end() == 0
    assert "shared" not in {mount.source for mount in (await lab.engine.container("third")).container.mounts}
    assert await lab.state_of("third") == "running"


async def test_volumes_are_made_cloned_and_removed_by_keys(lab: Lab, tmp_path: Path) -> None:
    (await lab.volume("original")).joinpath("file").write_text("content")

    async def there(name: str) -> bool:
        return await lab.engine.volume_exists(name)

    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.walk_to("original")
        terminal.press("c")
        terminal.wait_for("Clone original as")
        terminal.press("Enter")
        terminal.wait_for("Cloned and verified original as original-copy")
        assert (await lab.mountpoint("original-copy") / "file").read_text() == "content"

        terminal.press("C")
        terminal.wait_for("A new volume")
        terminal.press("j")
        terminal.wait_for("> Directory of the host")
        terminal.press("Enter")
        terminal.wait_for("durable +as long as the directory")
        terminal.press("original", "Tab", "no/path", "Enter")
        terminal.wait_for("(?s)no/path.*A volume original exists already. Choose another name.")
        terminal.press("Ctrl-U", "bound", "Enter")
        terminal.wait_for("(?s)bound.*no/path is no absolute path")
        terminal.press("Tab", "Ctrl-U")
        terminal.wait_for("An absolute path that exists")
        terminal.press(str(lab.files), "Enter")
        terminal.wait_for("Created and mounted bound")
        assert (await lab.engine.volume("bound")).options["device"] == str(lab.files)

        terminal.press("X")
        terminal.wait_for("Remove 3 volumes")
        terminal.press(" ")
        terminal.wait_for("Remove 2 volumes")
        terminal.press("b")
        terminal.wait_for("WITHOUT a backup")
        terminal.press("b")
        terminal.wait_for("backed up and verified first")
        terminal.press("Enter")
        terminal.wait_for("Removed: original and original-copy")
        terminal.press("y")
        terminal.wait_for("A backup of each is kept")
    assert await there("bound")
    await until(lambda: _gone(lab), "the removal")
    assert {backup.source.name for backup in lab.store.listing().backups} == {"original", "original-copy"}


async def _gone(lab: Lab) -> bool:
    return [volume.name for volume in await lab.engine.volumes()] == ["bound"]


async def test_a_containers_own_files_become_a_volume_and_an_image_and_a_volume_again(lab: Lab, tmp_path: Path) -> None:
    await lab.container("web", [], "mkdir /own; echo precious >/own/file; trap 'exit 0' TERM; sleep 1000 & wait")

    async def written() -> bool:
        return "/own/file" in await lab.engine.written("web")

    await until(written, "the file")
    call = lab.engine.connection.call
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.press("2")
        terminal.wait_for("> web")
        terminal.press("V")
        terminal.wait_for("> Copy out +a directory of its own files")
        terminal.press("Enter")
        terminal.wait_for("Copy out of web")
        terminal.press("Ctrl-U", "/own saved", "Enter")
        terminal.wait_for("Shared saved")
        assert (await lab.mountpoint("saved") / "file").read_text() == "precious\n"

        terminal.press("1")
        terminal.walk_to("saved")
        terminal.press("V")
        terminal.wait_for("as an image, for another host")
        terminal.press("i")
        terminal.wait_for("saved as the image")
        terminal.press("Ctrl-U", "voltui-test:saved /no-such/x.tar", "Enter")
        terminal.wait_for(r"(?s)/no-such/x\.tar.*There is no directory /no-such\. Make it first\.")
        terminal.press("Ctrl-U", "voltui-test:saved", "Enter")
        terminal.wait_for("Made an image of saved as voltui-test:saved")
        try:
            terminal.press("C")
            terminal.wait_for("From an image")
            terminal.press(*"jjjjjj", "Enter")
            terminal.wait_for("A new volume from the image")
            terminal.press("voltui-test:saved again", "Enter")
            terminal.wait_for("Imported and verified voltui-test:saved into again")
        finally:
            await call("remove", lambda api: api.remove_image("voltui-test:saved"))
    assert (await lab.mountpoint("again") / "file").read_text() == "precious\n"
