"""Who may change what: read-only, and volumes that are protected."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Lab, Ran
from tests.terminal import voltui_terminal, wrapped
from voltui.model.volume import PROTECT_LABEL

pytestmark = pytest.mark.engine

Voltui = Callable[..., Ran]


async def test_read_only_refuses_everything_that_changes_something(
    lab: Lab, voltui: Voltui, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("one")
    voltui("backup", "data", check=True)
    (files / "file").write_text("two")
    tar = tmp_path / "x.tar"
    tar.write_bytes(bytes(10240))
    changing = [
        ["backup", "data"],
        ["restore", "data@latest", "--yes"],
        ["undo", "data", "--yes"],
        ["prune", "--keep-last", "1", "--yes"],
        ["import", str(tar), "other"],
        ["doctor", "--sweep"],
    ]
    voltui("backup", "data", check=True)
    voltui("restore", "data@latest", "--yes", check=True)
    voltui("backup", "data", check=True)
    for command in changing:
        ran = voltui("--read-only", *command)
        assert ran.code == 5, command
        assert "read-only" in ran.err, command
    assert not await lab.engine.volume_exists("other")
    count = len(lab.store.listing().backups)
    monkeypatch.setenv("VOLTUI_READ_ONLY", "true")
    assert voltui("backup", "data").code == 5
    for command in (["volumes"], ["containers"], ["backups"], ["jobs"], ["verify", "data@latest"], ["doctor"]):
        voltui(*command, check=True)
    assert len(lab.store.listing().backups) == count


async def test_a_read_only_interface_does_not_have_the_keys(lab: Lab, tmp_path: Path) -> None:
    await lab.volume("data")
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, VOLTUI_READ_ONLY="true") as terminal:
        terminal.wait_for("read-only")
        assert "b Backup" not in terminal.text
        terminal.press("b")
        terminal.wait_for(r"VolTUI is read-only here\..*--read-only")
        terminal.press("?")
        terminal.wait_for("─ Help: volumes ─")
        assert "Backup" not in terminal.text.split("Find")[0]
        terminal.press("q", "q")
    assert lab.store.listing().backups == ()


async def test_a_protected_volume_is_replaced_only_where_its_name_is_typed(lab: Lab, voltui: Voltui) -> None:
    await lab.engine.create_volume("data", "local", {}, {PROTECT_LABEL: "true"})
    files = await lab.mountpoint("data")
    (files / "file").write_text("one")
    voltui("backup", "data", check=True)
    (files / "file").write_text("two")
    refused = voltui("restore", "data@latest", "--yes")
    assert refused.code == 5
    assert "protected" in refused.err
    assert voltui("restore", "data@latest", "--yes", "--force", "other").code == 2
    assert (files / "file").read_text() == "two"
    voltui("restore", "data@latest", "--yes", "--force", "data", check=True)
    assert (files / "file").read_text() == "one"
    assert voltui("undo", "data", "--yes").code == 5
    voltui("undo", "data", "--yes", "--force", "data", check=True)
    assert (files / "file").read_text() == "two"


async def test_files_of_a_protected_volume_are_refused_before_anything_is_asked_or_opened(
    lab: Lab, voltui: Voltui, tmp_path: Path
) -> None:
    await lab.engine.create_volume("data", "local", {}, {PROTECT_LABEL: "true"})
    (await lab.mountpoint("data") / "file").write_text("one")
    refused = voltui("delete-files", "data", "file")
    assert (refused.code, "Say --force data" in refused.err, "Delete" in refused.err) == (5, True, False)
    editor = f"touch {tmp_path}/opened"
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, VISUAL=editor) as terminal:
        terminal.walk_to("data")
        terminal.press("f")
        terminal.wait_for("> file")
        for key, command in (("o", "shell data --write"), ("a", "put data FILE"), ("d", "delete-files data PATH")):
            terminal.press(key)
            terminal.wait_for(rf"(?s){wrapped('is protected by its label')}.*{wrapped(f'`voltui {command} --force')}")
        terminal.press("q", "q")
    assert not (tmp_path / "opened").exists()


async def test_every_changing_job_is_logged_with_who_when_what_and_outcome(lab: Lab, voltui: Voltui) -> None:
    await lab.volume("data")
    voltui("backup", "data", check=True)
    lines = [json.loads(line) for line in (lab.state / "log.ndjson").read_text().splitlines()]
    assert [(line["kind"], line["subject"], line["ending"]) for line in lines] == [("backup", "data", "done")]
    assert lines[0]["user"]
    assert lines[0]["command"] == "voltui backup data"
    assert lines[0]["asked"] <= lines[0]["ended"]
