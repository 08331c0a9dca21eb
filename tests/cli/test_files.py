"""Files on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Lab, Ran

pytestmark = pytest.mark.engine


async def test_files_of_a_volume_and_of_its_backup_are_listed_and_copied_out(
    lab: Lab, voltui: Callable[..., Ran], tmp_path: Path
) -> None:
    files = await lab.volume("data")
    (files / "folder").mkdir()
    (files / "folder" / "text").write_text("hello")
    (files / "link").symlink_to("folder")
    voltui("backup", "data", check=True)
    for number, reference in enumerate(("data", "data@latest")):
        listing = voltui("files", reference, "/", check=True).out.splitlines()
        assert [line.split(" UTC  ")[1] for line in listing[1:]] == ["folder/", "link -> folder"]
        found = json.loads(voltui("files", reference, "folder", "--json", check=True).out)
        assert [(one["path"], one["bytes"]) for one in found] == [("/folder", found[0]["bytes"]), ("/folder/text", 5)]
        assert voltui("files", reference, "nothing").code == 4
        target = tmp_path / f"to{number}"
        voltui("copy-out", reference, "/folder/text", "link", str(target), check=True)
        assert (target / "text").read_text() == "hello"
        again = voltui("copy-out", reference, "folder/text", str(target))
        assert (again.code, "not replaced" in again.err) == (5, True)
    assert voltui("copy-out", "data", "../text", str(tmp_path / "no")).code == 2
    assert voltui("--read-only", "copy-out", "data", "link", str(tmp_path / "no")).code == 5
    voltui("--read-only", "copy-out", "data@latest", "link", str(tmp_path / "yes"), check=True)


async def test_files_are_put_deleted_and_restored_and_it_is_undone(
    lab: Lab, voltui: Callable[..., Ran], tmp_path: Path
) -> None:
    files = await lab.volume("data")
    (files / "folder").mkdir()
    (files / "folder" / "text").write_text("hello")
    (files / "other").write_text("x")
    voltui("backup", "data", check=True)
    asked = voltui("delete-files", "data", "/folder/text")
    assert (asked.code, "Takes away /folder/text" in asked.err) == (5, True)
    missing = voltui("delete-files", "data", "nothing")
    assert (missing.code, "There is no /nothing in data" in missing.err) == (4, True), "nobody is asked about nothing"
    voltui("delete-files", "data", "folder/text", "--yes", check=True)
    assert not (files / "folder" / "text").exists()
    assert "/folder/text" in voltui("undo", check=True).out
    voltui("undo", "data", "--yes", check=True)
    assert (files / "folder" / "text").read_text() == "hello"
    (files / "folder" / "text").write_text("changed")
    (files / "other").write_text("changed")
    assert "Replaces /folder" in voltui("restore", "data@latest", "--only", "folder").err
    voltui("restore", "data@latest", "--only", "folder", "--yes", check=True)
    assert ((files / "folder" / "text").read_text(), (files / "other").read_text()) == ("hello", "changed")
    for arguments in (("delete-files", "data", "other"), ("restore", "data@latest", "--only", "other")):
        assert voltui("--read-only", *arguments, "--yes").code == 5
    assert voltui("restore", "data@latest", "--only", "other", "--in-place").code == 2
    (tmp_path / "other").write_text("mine")
    assert voltui("put", "data", str(tmp_path / "other")).code == 5
    voltui("put", "data", str(tmp_path / "other"), "--into", "/folder", check=True)
    voltui("put", "data", str(tmp_path / "other"), "--replace", check=True)
    assert [(files / path).read_text() for path in ("other", "folder/other")] == ["mine", "mine"]
    older = json.loads(voltui("--json", "undo", check=True).out)[1]["change"]
    assert older in voltui("undo", check=True).out
    voltui("undo", "data", "--change", older, "--yes", check=True)
    assert ((files / "other").read_text(), (files / "folder" / "other").exists()) == ("mine", False)
    assert voltui("undo", "data", "--change", "none", "--yes").code == 4


async def test_files_of_an_encrypted_backup_need_its_key(lab: Lab, voltui: Callable[..., Ran], tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "text").write_text("secret")
    phrase = tmp_path / "phrase"
    phrase.write_text("correct horse battery staple\n")
    key = ("--passphrase-file", str(phrase))
    voltui("backup", "data", *key, check=True)
    (files / "text").write_text("changed")
    for arguments in (
        ("files", "data@latest"),
        ("copy-out", "data@latest", "text", str(tmp_path / "to")),
        ("restore", "data@latest", "--only", "text", "--yes"),
    ):
        assert "no key to it was given" in voltui(*arguments).err
        voltui(*arguments, *key, check=True)
    assert ((tmp_path / "to" / "text").read_text(), (files / "text").read_text()) == ("secret", "secret")
