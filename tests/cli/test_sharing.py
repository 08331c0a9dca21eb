"""Sharing, cloning, creating and removing from the command line, as a user would."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest

from tests.conftest import Lab, Ran
from voltui.engine.helper import IMAGE

pytestmark = pytest.mark.engine
Voltui = Callable[..., Ran]


async def test_sharing_shows_what_will_be_and_how_it_is_taken_back(lab: Lab, voltui: Voltui) -> None:
    await lab.volume("media")
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"}
    await lab.container("shop-web", [], labels=labels)
    unasked = voltui("share", "media", "--with", "shop-web", "--ro")
    assert unasked.code == 5
    assert "shop-web  gets  media  at /volumes/media  ro  through media-data" in unasked.err
    assert "services:\n      web:\n        volumes_from:\n          - container:media-data:ro" in unasked.err
    assert [one.name for one in await lab.engine.containers()] == ["shop-web"], "nothing happens without a yes"

    shared = voltui("share", "media", "--with", "shop-web", "--ro", "--yes", check=True)
    assert "back:  voltui unshare media-data --from shop-web" in shared.out
    refused = voltui("share", "media", "--with", "shop-web", "--yes")
    assert (refused.code, "has the data of media-data already" in refused.err) == (5, True)
    removing = voltui("unshare", "media-data")
    assert (removing.code, "shop-web took the mounts of media-data" in removing.err) == (5, True)
    back = json.loads(voltui("unshare", "media-data", "--from", "shop-web", "--yes", "--json", check=True).out)
    assert back["takers"] == ["shop-web"]
    assert "Its volumes stay" in voltui("unshare", "media-data", "--yes", check=True).out


async def test_options_that_do_not_go_together_are_told(lab: Lab, voltui: Voltui) -> None:
    await lab.volume("media")
    web = await lab.container("web", [])
    for arguments, words in (
        (("media", "--direct"), "--direct with whom?"),
        (("media", "--direct", "--name", "x", "--with", "y"), "--direct makes no data container"),
        (("media", "--at", "data"), "data is no path to mount a volume at"),
        (("media", "--at", "/a", "--at", "/b"), "There are 2 paths for 1 volume"),
        (("media", "media"), "A volume is named twice"),
        (("media", "new", "--copy-from", "web:/x"), "--copy-from fills one new volume"),
        (("media", "--copy-from", "web"), "web names no directory of a container"),
        (("media", "--new", "image", "--run", "a 'b"), "has a quote that does not end"),
        (("media", "--run", "sh"), "--new-name and --run are for a new container"),
        (("media", "--to", "x.tar"), "--to is where --as-image writes to"),
        (("media", "--as-image", "x:y", "--with", "z"), "--as-image goes with --to alone"),
        (("media", "--as-image", "BAD NAME"), "BAD NAME names no image that can be made"),
        (("media", "--as-image", "x:y", "--to", "/no/such/place.tar"), "There is no directory /no/such"),
        (("media", "--name", "a"), "a is no name for a container"),
        (("media", "--at", "/"), "/ is no path to mount a volume at"),
        (("media", "--with", "web", "--with", "web"), "The container web is named twice"),
        (("media", "--new", "no/such:image"), "There is no image no/such:image here"),
        (("media", "--new", IMAGE, "--new-name", "web", "--run", "sh"), "A container web exists already"),
        (("media", "--copy-from", "web:/x"), "A volume media exists already"),
        (("nothing", "--with", "web"), "There is no volume nothing"),
    ):
        ran = voltui("share", *arguments)
        assert ran.code in (2, 4, 5), arguments
        assert words in ran.err, (arguments, ran.err)
    assert [one.id for one in await lab.engine.containers()] == [web], "nothing was done"


async def test_a_clone_keeps_everything_and_is_refused_where_it_would_be_the_same_storage(
    lab: Lab, voltui: Voltui
) -> None:
    folder = await lab.volume("data")
    (folder / "file").write_text("content")
    os.link(folder / "file", folder / "again")
    with (folder / "holes").open("wb") as file:
        file.seek(5_000_000)
        file.write(b"end")
    os.setxattr(folder / "file", "user.mark", b"kept")
    voltui("clone", "data", "copy", check=True)
    copy = await lab.mountpoint("copy")
    assert (copy / "file").stat().st_nlink == 2
    assert (copy / "holes").stat().st_blocks == (folder / "holes").stat().st_blocks
    assert os.getxattr(copy / "file", "user.mark") == b"kept"
    assert "exists already" in voltui("clone", "data", "copy").err
    await lab.volume("elsewhere", type="none", o="bind", device=str(lab.files))
    assert "would be the same data, not a copy" in voltui("clone", "elsewhere", "copy2").err
    assert not await lab.engine.volume_exists("copy2")


async def test_a_volume_is_called_good_only_when_it_could_be_mounted(lab: Lab, voltui: Voltui) -> None:
    bind = ("--opt", "type=none", "--opt", "o=bind", "--opt")
    bad = voltui("create", "bad", *bind, "device=/no/such/directory")
    assert bad.code == 1
    assert "A container can't mount the volume bad" in bad.err
    assert not await lab.engine.volume_exists("bad")
    good = voltui("create", "good", *bind, f"device={lab.files}", "--label", "a=b", check=True)
    assert "free" in good.out
    assert (await lab.engine.volume("good")).labels["a"] == "b"
    assert voltui("create", "good").code == 5
    assert voltui("create", "x", "--opt", "novalue").code == 2
    driven = voltui("create", "driven", "--driver", "no-such-driver")
    assert (driven.code, "The engine has no volume driver no-such-driver: " in driven.err) == (4, True)


async def test_removing_backs_up_first_and_takes_only_what_nothing_uses(lab: Lab, voltui: Voltui) -> None:
    (await lab.volume("old")).joinpath("file").write_text("content")
    await lab.volume("used")
    await lab.engine.create_volume("kept", "local", {}, {"voltui.protect": "true"})
    await lab.container("web", ["used:/data"])
    assert "used is used by web" in voltui("remove", "used", "--yes").err
    assert "protected by its label" in voltui("remove", "kept", "--yes").err
    shown = voltui("remove", "--unused", "--dry-run", check=True).out
    assert "old" in shown
    assert "Protected, and so left: kept." in shown
    assert shown.count("kept") == 1
    voltui("remove", "--unused", "--yes", check=True)
    assert sorted(volume.name for volume in await lab.engine.volumes()) == ["kept", "used"]
    voltui("restore", "old@latest", check=True)
    assert (await lab.mountpoint("old") / "file").read_text() == "content"
    voltui("remove", "kept", "--force", "kept", "--no-backup", "--yes", check=True)
    assert [backup.source.name for backup in lab.store.listing().backups] == ["old"]


async def test_an_image_carries_a_volume_to_another_host(lab: Lab, voltui: Voltui) -> None:
    folder = await lab.volume("data")
    (folder / "file").write_text("content")
    (folder / "link").symlink_to("file")
    with (folder / "holes").open("wb") as file:
        file.seek(5_000_000)
        file.write(b"end")
    file_ = lab.files / "data.tar"
    made = voltui("share", "data", "--as-image", "voltui-test:data", "--to", str(file_), check=True)
    assert "docker load --input data.tar" in made.out
    assert file_.stat().st_mode & 0o077 == 0, "only its owner can read the data"
    again = voltui("share", "data", "--as-image", "voltui-test:data", "--to", str(file_))
    assert "exists already" in again.err
    call = lab.engine.connection.call
    assert not await call("list", lambda api: api.images("voltui-test")), "what was only written is not left here"
    await call("load", lambda api: list(api.load_image(file_.read_bytes())))
    try:
        voltui("import-image", "voltui-test:data", "back", check=True)
        back = await lab.mountpoint("back")
        assert (back / "file").read_text() == "content"
        assert (back / "link").readlink().name == "file"
        assert (back / "holes").read_bytes() == (folder / "holes").read_bytes()
        assert "is no directory" in voltui("import-image", "voltui-test:data", "no", "--path", "/volume/file").err
        assert not await lab.engine.volume_exists("no")
    finally:
        await call("remove", lambda api: api.remove_image("voltui-test:data"))
