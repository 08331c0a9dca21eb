"""The command line: what it prints, its exit codes, its JSON. Errors are one sentence and a hint."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Lab, Ran, slow_to_compress
from tests.terminal import voltui_terminal

pytestmark = pytest.mark.engine

Voltui = Callable[..., Ran]


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


async def test_back_up_and_restore_from_the_command_line(lab: Lab, voltui: Voltui) -> None:
    files = await lab.volume("precious")
    (files / "letter").write_text("the first version")
    await lab.container("writer", ["precious:/data"])

    made = voltui("backup", "precious", check=True)
    assert "precious@" in made.out
    assert "verified, writers paused for" in made.out
    (files / "letter").write_text("spoilt")

    unsure = voltui("restore", "precious@latest")
    assert unsure.code == 5
    assert "into    volume precious (its content is replaced)" in unsure.err
    assert "stops   writer" in unsure.err
    assert "Nobody is there to confirm" in unsure.err
    assert content(files) == {"letter": "spoilt"}

    done = voltui("restore", "precious@latest", "--yes", check=True)
    assert "Restored precious. The old content is kept as a backup." in done.out
    assert content(files) == {"letter": "the first version"}
    assert await lab.state_of("writer") == "running"


async def test_the_question_is_answered_no_by_default(lab: Lab, voltui: Voltui, tmp_path: Path) -> None:
    files = await lab.volume("precious")
    (files / "letter").write_text("one")
    voltui("backup", "precious", check=True)
    (files / "letter").write_text("two")
    for answer, code, kept in (("", 5, "two"), ("y", 0, "one")):
        with voltui_terminal(tmp_path, lab.engine.endpoint.host, "restore", "precious@latest") as terminal:
            terminal.wait_for(r"Replace the content of precious\? \[y/N\]")
            terminal.press(answer, "Enter")
            assert terminal.wait_for_end() == code
        assert content(files) == {"letter": kept}


async def test_lists_are_there_for_people_and_for_programs(lab: Lab, voltui: Voltui) -> None:
    await lab.engine.create_volume("data", "local", {}, {"note": "\x1b[31mred", "com.docker.compose.project": "shop"})
    await lab.container("app", ["data:/srv:ro"])
    await lab.container("taker", [], VolumesFrom=["app"])
    voltui("backup", "data", check=True)

    listed = voltui("volumes", check=True).out
    assert "app (running, ro)" in listed
    volumes = json.loads(voltui("volumes", "--json", check=True).out)
    assert volumes[0]["labels"]["note"] == "\x1b[31mred"
    assert volumes[0]["users"][0] == {
        "container": "app", "state": "running", "destination": "/srv", "read_only": True,
    }  # fmt: skip
    assert volumes[0]["last_backup"]["id"].startswith("data@")
    assert volumes[0]["size"] is None
    assert json.loads(voltui("volumes", "--sizes", "--json", check=True).out)[0]["size"]["bytes"] == 4096
    assert "4.1 kB" in voltui("volumes", check=True).out

    containers = json.loads(voltui("--json", "containers", check=True).out)
    taker = next(one for one in containers if one["name"] == "taker")
    assert taker["volumes_from"] == ["app"]
    assert "taker" in voltui("containers", check=True).out

    unread = voltui("volumes", "--store", __file__)
    assert (unread.code, "unknown" in unread.out, "is a file" in unread.err) == (1, True, True)
    assert voltui("volumes", "backup=never", "--store", __file__).out == "", "whether it is so is not known"

    backups = json.loads(voltui("backups", "--json", check=True).out)
    assert backups[0]["consistency"] == "unused"
    assert backups[0]["id"] in voltui("backups", "data", check=True).out
    jobs = json.loads(voltui("jobs", "--json", check=True).out)
    assert jobs[0]["state"] == "done"


async def test_no_escape_sequence_of_a_name_is_printed(lab: Lab, voltui: Voltui, tmp_path: Path) -> None:
    red = tmp_path / "\x1b[31mred"
    red.mkdir()
    await lab.container("app", [f"{red}:/srv"])
    for command in (["containers"], ["backup", str(red)], ["backups"], ["verify", f"{red}@latest"], ["jobs"]):
        ran = voltui(*command, check=True)
        assert "\x1b" not in ran.out + ran.err
        assert "\\x1b[31mred" in ran.out + ran.err


async def test_export_and_import_round_trip_through_pipes(lab: Lab, voltui: Voltui, tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "file").write_text("hello")
    environment = {**os.environ, "DOCKER_HOST": lab.engine.endpoint.host, "VOLTUI_STORE": str(tmp_path / "store")}
    voltui_command = [sys.executable, "-P", "-m", "voltui"]
    exported = subprocess.run([*voltui_command, "export", "data"], stdout=subprocess.PIPE, env=environment, check=True)
    with tarfile.open(fileobj=io.BytesIO(exported.stdout)) as tar:
        assert tar.getnames() == [".", "./file"]
    assert voltui("import", "-", "copy", stdin=exported.stdout).code == 0
    assert content(Path((await lab.engine.volume("copy")).mountpoint)) == {"file": "hello"}
    again = voltui("import", "-", "copy", stdin=exported.stdout)
    assert again.code == 5
    assert "not empty" in again.err
    broken = voltui("import", "-", "third", stdin=exported.stdout[:1000])
    assert broken.code == 6
    assert not await lab.engine.volume_exists("third")


async def test_a_reader_that_hangs_up_fails_the_export_and_lets_writers_go(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "noise").write_bytes(os.urandom(5_000_000))
    await lab.container("writer", ["data:/data"])
    environment = {**os.environ, "DOCKER_HOST": lab.engine.endpoint.host, "VOLTUI_STORE": str(tmp_path / "store")}
    command = f"{sys.executable} -P -m voltui export data | head -c 100000 >/dev/null; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", command], env=environment, stderr=subprocess.PIPE)
    assert ended.returncode == 1
    assert b"broken pipe" in ended.stderr
    assert await lab.state_of("writer") == "running"


async def test_damage_is_exit_code_6_and_names_the_member(lab: Lab, voltui: Voltui) -> None:
    files = await lab.volume("data")
    (files / "noise").write_bytes(os.urandom(2_000_000))
    voltui("backup", "data", check=True)
    backup = lab.store.find("data@latest")
    assert voltui("verify", backup.id, check=True).out.startswith("Verified data@")
    archive = lab.store.archive_path(backup)
    data = bytearray(archive.read_bytes())
    data[1_000_000] ^= 1
    archive.write_bytes(data)
    ran = voltui("verify", backup.id, "--json")
    assert ran.code == 6
    assert "noise" in ran.err
    assert json.loads(ran.out)["error"]["exit_code"] == 6
    assert voltui("restore", backup.id, "--yes").code == 6


async def test_everything_of_a_project_or_container_is_backed_up_together(
    lab: Lab, voltui: Voltui, tmp_path: Path
) -> None:
    project = {"com.docker.compose.project": "shop"}
    await lab.engine.create_volume("shop_db", "local", {}, project)
    folder = tmp_path / "bind"
    folder.mkdir()
    (folder / "x").write_text("1")
    await lab.container("db", ["shop_db:/data", f"{folder}:/bind", "/etc/localtime:/etc/localtime:ro"])
    voltui("backup", "--container", "/db", check=True)
    assert {backup.source.name for backup in lab.store.listing().backups} == {"shop_db", str(folder)}
    voltui("backup", "--project", "shop", check=True)
    assert len(lab.store.listing().backups) == 3
    voltui("backup", "--all", check=True)
    assert len(lab.store.listing().backups) == 4
    await lab.container("cacher", [], Mounts=[{"Type": "volume", "Target": "/cache"}])
    made = voltui("backup", "cacher:/cache", check=True).out.split()[0]
    assert made in voltui("backups", "cacher:/cache", check=True).out, "an anonymous volume, as lists show it"
    assert voltui("verify", f"{made[:12]}@latest", check=True).out.startswith(f"Verified {made}")


async def test_detached_jobs_are_followed(lab: Lab, voltui: Voltui) -> None:
    await lab.volume("data")
    job = voltui("backup", "data", "--detach", check=True).out.strip()
    followed = voltui("jobs", job, check=True)
    assert "Backed up and verified data." in followed.out


async def test_a_restore_is_undone_from_the_command_line(lab: Lab, voltui: Voltui) -> None:
    files = await lab.volume("data")
    (files / "letter").write_text("first")
    voltui("backup", "data", check=True)
    (files / "letter").write_text("second")
    voltui("restore", "data@latest", "--yes", check=True)
    assert content(files) == {"letter": "first"}
    assert "data" in voltui("undo", check=True).out
    assert "Nobody is there to confirm" in voltui("undo", "data").err
    voltui("undo", "data", "--yes", check=True)
    assert content(files) == {"letter": "second"}
    voltui("restore", "data@latest", "--yes", check=True)
    assert content(files) == {"letter": "first"}, "latest is what somebody backed up, not what a restore replaced"

    voltui("delete-files", "data", "letter", "--yes", check=True)
    assert "in the volume: /letter" in voltui("undo", check=True).out
    await lab.engine.remove_volume("data")
    left = voltui("undo", check=True).out
    assert "in the volume" not in left
    assert "(the volume is gone)" in left
    refused = voltui("undo", "data", "--yes")
    assert refused.code == 4
    assert "The volume data is not there any more" in refused.err
    assert f"Restoring {lab.store.listing().backups[0].id} makes it again" in refused.err


async def test_old_backups_are_pruned_after_they_were_shown(lab: Lab, voltui: Voltui) -> None:
    await lab.volume("data")
    for _ in range(3):
        voltui("backup", "data", check=True)
    newest = lab.store.listing().backups[0].id
    shown = voltui("prune", "--keep-last", "1", "--dry-run", check=True).out
    assert shown.count("DELETE") == 2
    assert "keep (last)" in shown
    assert "Nobody is there to confirm" in voltui("prune", "--keep-last", "1").err
    assert len(lab.store.listing().backups) == 3
    assert "Deleted 2 backups" in voltui("prune", "--keep-last", "1", "--yes", check=True).out
    assert [backup.id for backup in lab.store.listing().backups] == [newest]
    assert len(list(lab.store.root.glob("data/*"))) == 3, "archive, index and manifest of the one that is left"
    (await lab.mountpoint("data") / "letter").write_text("new")
    voltui("restore", newest, "--yes", check=True)
    shown = voltui("prune", "--keep-last", "1", check=True).out
    assert "keep (undo until" in shown
    assert "1 undo copy of what a restore replaced: kept for 7 days" in shown
    assert "Nothing is to be deleted." in shown
    (lab.store.root / "data" / "data@20200101T000000Z.json").write_text("{}")
    refused = voltui("prune", "data", "--keep-last", "1", "--yes")
    assert refused.code == 5
    assert "Of data some backups can't be read" in refused.err
    assert newest not in voltui("prune", "--keep-last", "1", check=True).out


async def test_a_directory_that_holds_the_store_is_refused(lab: Lab, voltui: Voltui, tmp_path: Path) -> None:
    ran = voltui("backup", str(tmp_path))
    assert ran.code == 5
    assert "holds the store" in ran.err


async def test_a_backup_found_damaged_is_never_called_verified_again(lab: Lab, voltui: Voltui) -> None:
    files = await lab.volume("data")
    (files / "noise").write_bytes(os.urandom(100_000))
    voltui("backup", "data", check=True)
    [archive] = lab.store.root.glob("data/*.tar.zst")
    archive.write_bytes(archive.read_bytes()[:-50_000])
    refused = voltui("restore", "data@latest", "--yes")
    assert refused.code == 6
    assert "is damaged. Its archive" in refused.err
    assert voltui("restore", "data@latest", "--only", "noise", "--yes").code == 6
    (archive.parent / "data@20200101T000000Z.json").write_text("{}")
    listed = voltui("backups", check=True)
    assert [line.count("DAMAGED") for line in listed.out.splitlines()] == [0, 1, 1]
    assert "data@20200101T000000Z.json is not a VolTUI manifest" in listed.err
    assert "is damaged. Its archive data@" in listed.err
    assert json.loads(voltui("backups", "--json", check=True).out)[1]["file"] == "data@20200101T000000Z.json"
    assert "now DAMAGED" in voltui("volumes", "backup=never", check=True).out, "it does not count as a backup"
    assert voltui("verify", "data@latest").code == 6
    voltui("backup", "data", check=True)
    ran = voltui("verify", "--all")
    assert ran.code == 6
    assert "1 of 2 backups not whole: data@" in ran.err
    ill = voltui("doctor")
    assert ill.code == 1
    assert "BAD     backups   2 DAMAGED: data@" in ill.out
    lab.store.remove(lab.store.listing().backups[0])
    [backup] = lab.store.listing().backups
    assert backup.verified is None
    assert "is cut" in backup.damaged


async def test_what_nobody_writes_to_is_unused_also_in_a_joint_backup(lab: Lab, voltui: Voltui) -> None:
    await lab.volume("used")
    await lab.volume("unused")
    await lab.container("writer", ["used:/data"])
    voltui("backup", "--all", check=True)
    found = {backup.source.name: backup for backup in lab.store.listing().backups}
    assert {name: backup.consistency.value for name, backup in found.items()} == {"used": "paused", "unused": "unused"}
    assert found["unused"].paused_seconds == 0


async def test_a_detached_job_is_cancelled_by_its_id(lab: Lab, voltui: Voltui, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLTUI_LEVEL", "19")
    slow_to_compress(await lab.volume("data") / "text")
    job = voltui("backup", "data", "--detach", check=True).out.strip()
    cancelled = voltui("jobs", "--cancel", job, check=True)
    assert "cancelled" in cancelled.out.lower()
    assert lab.store.listing().backups == ()
    assert voltui("jobs", job).code == 130


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["backup"], 2, "nothing to back up"),
        (["backup", "nothing"], 4, "no volume nothing"),
        (["backup", "data", "--pause", "--live"], 2, "exclude each other"),
        (["backup", "/"], 5, "is the system"),
        (["backup", "/proc/sys"], 5, "is the system"),
        (["backups", "nothing"], 4, "no backup of nothing"),
        (["undo", "nothing"], 4, "No restore or change of the volume nothing"),
        (["prune"], 2, "keep no backup at all"),
        (["prune", "nothing", "--keep-last", "1"], 4, "no backup of nothing"),
        (["backup", "--container", "nothing"], 4, "no container nothing"),
        (["backup", "--project", "nothing"], 4, "no Compose project nothing"),
        (["restore", "nothing@latest"], 4, "no backup of nothing"),
        (["restore", "missing.tar.gz", "--to", "x"], 4, "no file missing.tar.gz"),
        (["verify", "nothing"], 4, "no backup nothing"),
        (["verify"], 2, "Which backups"),
        (["import", "missing.tar", "x"], 4, "no file missing.tar"),
        (["export", "data", "--json"], 2, "no room for JSON"),
        (["jobs", "nothing"], 4, "no job nothing"),
        (["jobs", "--cancel", "nothing"], 4, "no job nothing"),
        (["jobs", "one", "--cancel", "other"], 2, "Both a job"),
        (["frobnicate"], 2, "no command frobnicate"),
        (["volumes", "--frobnicate"], 2, "No such option"),
        (["--host", "unix:///nowhere.sock", "volumes"], 3, "can't be reached"),
        (["--context", "nowhere", "volumes"], 2, "no docker context"),
        ([], 2, "needs a terminal"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
async def test_errors_are_a_sentence_a_hint_and_a_code(
    lab: Lab, voltui: Voltui, arguments: list[str], code: int, words: str
) -> None:
    ran = voltui(*arguments)
    assert ran.code == code
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert ran.err.startswith("voltui: ")


async def test_an_error_with_json_is_one_document(lab: Lab, voltui: Voltui) -> None:
    ran = voltui("backup", "nothing", "--json")
    assert json.loads(ran.out) == {
        "error": {
            "kind": "not-found",
            "sentence": "There is no volume nothing.",
            "hint": "`voltui volumes` lists what there is.",
            "exit_code": 4,
        }
    }


async def test_an_archive_on_a_terminal_is_refused(lab: Lab, tmp_path: Path) -> None:
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, "export", "data") as terminal:
        terminal.wait_for("on a terminal helps nobody")
        assert terminal.wait_for_end() == 2


async def test_lists_are_filtered_as_in_the_explorer(lab: Lab, voltui: Voltui) -> None:
    for name in ("shop_data", "shop_media", "blog"):
        await lab.volume(name)
    await lab.container("web", ["shop_data:/data"])

    def found(*terms: str) -> list[str]:
        return [volume["name"] for volume in json.loads(voltui("volumes", "--json", *terms, check=True).out)]

    assert found("shop", "!unused") == ["shop_data"]
    assert found("unused backup=never !shop") == ["blog"]
    assert found("sdata") == [], "a script is given what it asked for, never what comes near"
    assert "web" in voltui("containers", "running", "shop_data", check=True).out
    assert "web" not in voltui("containers", "!running", check=True).out
    assert found("size>1G") == [], "what was not measured is neither large nor small"
    wrong = voltui("containers", "size>1G")
    assert (wrong.code, wrong.out) == (2, "")
    assert "There is no size here" in wrong.err


async def test_the_settings_that_hold_are_shown_with_where_they_come_from(voltui: Voltui, tmp_path: Path) -> None:
    file = tmp_path / "config" / "voltui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('theme = "dark"\n[keys]\nbackup = "B"\n')
    shown = voltui("config", "--read-only", check=True).out
    for line in (
        rf"theme +dark +{file}, line 1",
        rf"keys\.backup +B +{file}, line 3",
        "read_only +true +--read-only",
        "store .* VOLTUI_STORE",
        "level +3 +default",
    ):
        assert re.search(line, shown), line
    assert json.loads(voltui("config", "--json", check=True).out)["engine"]["from"] == "DOCKER_HOST"
    file.write_text('[keys]\nbackup = "j"\n')
    wrong = voltui("config")
    assert wrong.code == 2
    assert f"{file}, line 2: j would be both Backup and Down." in wrong.err


async def test_the_doctor_says_what_works(lab: Lab, voltui: Voltui) -> None:
    ran = voltui("doctor", check=True)
    assert "bridge, proved" in ran.out
    checks = json.loads(voltui("doctor", "--json", check=True).out)
    assert {check["name"]: check["state"] for check in checks} == {
        "engine": "ok", "transport": "ok", "helpers": "ok", "jobs": "ok", "store": "ok",
    }  # fmt: skip
    assert voltui("--host", "unix:///nowhere.sock", "doctor").code == 3


async def test_a_bar_is_shown_to_people(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    slow_to_compress(files / "text", 8_000_000)
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, "backup", "data", VOLTUI_LEVEL="19") as terminal:
        assert terminal.wait_for_end() == 0
        assert b"%" in terminal.written
        assert "data@" in terminal.text


async def test_names_are_completed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    await lab.engine.create_volume("first_volume", "local", {}, {"com.docker.compose.project": "first_project"})
    await lab.container("first_container", ["first_volume:/data"])

    def completed(words: str) -> set[str]:
        environment = {
            **os.environ,
            "_VOLTUI_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        }
        done = subprocess.run([sys.executable, "-P", "-m", "voltui"], env=environment, capture_output=True, text=True)
        assert done.stderr == ""
        return set(done.stdout.split())

    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    assert completed("voltui backup fi") == {"file,fi"}, "an engine that does not answer completes nothing"
    host = f"voltui --host {lab.engine.endpoint.host}"
    assert completed(f"{host} backup fi") == {"plain,first_volume"}, "a shell would show nothing but a file"
    assert completed(f"{host} backup --container fi") == {"plain,first_container"}
    assert completed(f"{host} backup --project fi") == {"plain,first_project"}
    assert completed(f"{host} graph fi") == {"plain,first_volume", "plain,first_container"}
    assert completed(f"{host} share first_volume --with fi") == {"plain,first_container"}


async def test_the_graph_shows_who_touches_which_data_through_what(lab: Lab, voltui: Voltui) -> None:
    await lab.volume("shared")
    await lab.volume("lonely")
    await lab.container("holder", ["shared:/data"])
    await lab.container("taker", [], VolumesFrom=["holder:ro"])
    drawn = voltui("graph", check=True).out
    assert "taker  running, volumes-from holder" in drawn
    assert "ro /data  via holder" in drawn
    assert "volumes without users: 1" in drawn
    tree = voltui("graph", "shared", "--format", "tree", check=True).out
    assert "taker (running), ro at /data  via holder" in tree
    assert "lonely" not in tree
    touched = voltui("graph", "shared", "--impact", check=True).out
    assert touched == "container  holder  running\ncontainer  taker  running\n"
    document = json.loads(voltui("graph", "--json", check=True).out)
    assert {edge["kind"] for edge in document["edges"]} == {"mount", "volumes-from"}
    assert voltui("graph", "--format", "dot", check=True).out.startswith("digraph")
    assert voltui("graph", "--format", "mermaid", check=True).out.startswith("flowchart")
    missing = voltui("graph", "nothing")
    assert missing.code == 4
    assert "no volume, path or container nothing" in missing.err
