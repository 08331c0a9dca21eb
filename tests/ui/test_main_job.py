"""The main job, as a user does it: in a terminal of 80x24, with the keyboard, on a real engine."""

from __future__ import annotations

import asyncio
import re
import signal
from pathlib import Path

import pytest

from tests.conftest import Lab, slow_to_compress
from tests.terminal import Terminal, voltui_terminal, wrapped
from voltui.jobs.directory import jobs_directory

pytestmark = pytest.mark.engine


async def test_back_up_with_one_key_and_restore_with_one_key(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("precious")
    await lab.volume("another")
    (files / "letter").write_text("the first version")
    await lab.container("writer", ["precious:/data"])

    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.wait_for(r"another .*unused .*never")
        terminal.walk_to("precious")
        terminal.press("b")
        terminal.wait_for("Backed up and verified precious")
        terminal.wait_for(r"precious .*● writer .* ok")
        (files / "letter").write_text("spoilt")

        terminal.press("R")
        plan = terminal.wait_for(r"losses +none")
        assert "Restore precious" in plan
        assert "paused" in plan
        assert re.search("stops +writer for the exchange", plan)
        assert re.search("keeps +today's content, as a backup", plan)
        terminal.press("Enter")
        terminal.wait_for("Restored precious")
        assert (files / "letter").read_text() == "the first version"
        assert await lab.state_of("writer") == "running"

        terminal.press("4")
        terminal.wait_for(r"precious .*stopped \(undo\)")
        terminal.press("q")
        assert terminal.wait_for_end() == 0


async def test_escape_leaves_the_plan_and_changes_nothing(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("precious")
    (files / "letter").write_text("the first version")
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.walk_to("precious")
        terminal.press("b")
        terminal.wait_for("Backed up and verified")
        (files / "letter").write_text("newer")
        terminal.press("R")
        terminal.wait_for("Restore precious")
        terminal.press("Esc")
        terminal.wait_without("Restore precious")
        terminal.press("w")
        assert "restore" not in terminal.wait_for("backup +precious +done")
        assert (files / "letter").read_text() == "newer"


async def test_marked_volumes_are_backed_up_together(lab: Lab, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        await lab.volume(name)
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        for name in ("one", "two"):
            terminal.walk_to(name)
            terminal.press(" ")
        terminal.wait_for("2 marked")
        terminal.press("b")
        terminal.wait_for("Backed up and verified one and two")
        terminal.wait_without("marked")
        assert "never" in terminal.wait_for(r"three .*never")
    assert {backup.source.name for backup in lab.store.listing().backups} == {"one", "two"}


async def test_the_list_follows_the_engine(lab: Lab, tmp_path: Path) -> None:
    await lab.volume("standing")
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.wait_for("standing .*unused")
        await lab.container("comer", ["standing:/data"])
        terminal.wait_for("standing .*● comer")
        await lab.engine.pause("comer")
        terminal.wait_for("standing .*‖ comer")
        await lab.engine.unpause("comer")
        await lab.engine.stop("comer")
        terminal.wait_for("standing .*○ comer")
        await lab.engine.remove_container("comer")
        terminal.wait_for("standing .*unused")
        await lab.volume("fresh")
        terminal.wait_for("fresh .*unused")
        await lab.engine.remove_volume("fresh")
        terminal.wait_without("fresh")


async def test_the_two_containers_that_share_a_volume_are_found_by_walking_the_graph(lab: Lab, tmp_path: Path) -> None:
    for name in ("alone", "own", "shared"):
        await lab.volume(name)
    await lab.container("first", ["own:/a", "shared:/data"])
    await lab.container("second", ["shared:/here"])
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.press("3")
        assert "I Impact" not in terminal.wait_for("> .* 2 +2 +several write: shared")
        terminal.press("I")
        terminal.wait_for(wrapped("I Impact is of what is in the group: Enter goes into it."))
        terminal.press("b")
        terminal.wait_for(wrapped("Backed up and verified own and shared"))
        terminal.press("Enter")
        terminal.wait_for("> ▪ own ")
        terminal.press("j")
        terminal.wait_for("> ▪ shared ")
        terminal.wait_for("─ volume shared ")
        terminal.press("l")
        terminal.wait_for("> ● first  running")
        terminal.wait_for("1 of 2 connected with shared")
        terminal.press("j")
        terminal.wait_for("> ● second  running")
        terminal.wait_for("2 of 2 connected with shared")
        terminal.wait_for("─ container second ")
        terminal.press("Left")
        terminal.wait_for("> ▪ shared ")
        terminal.press("I")
        terminal.wait_for("! Stopping, restoring or removing shared touches: first and second")
        terminal.wait_for("!  ● second  running")

        await lab.container("taker", [], VolumesFrom=["second:ro"])
        terminal.wait_for("● taker  running, volumes-from second")
        terminal.wait_for("═▶ ro /here  via second")
        terminal.wait_for("touches: first, second and taker")
        terminal.press("Esc", "Esc")
        terminal.wait_for("GROUP")
        terminal.press("/", *"alone", "Enter")
        terminal.wait_for("> alone +1 +0  unused")


async def test_what_is_drawn_is_written_to_a_file_and_no_other_file_is_replaced_unasked(
    lab: Lab, tmp_path: Path
) -> None:
    await lab.volume("data")
    await lab.container("user", ["data:/data"])
    target = tmp_path / "graph.svg"
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.walk_to("data")
        terminal.press("m")
        terminal.wait_for("> ▪ data ")
        export_to(terminal, target)
        terminal.wait_for(wrapped("Written: "))
        assert target.read_text().startswith("<svg")
        target.write_text("mine")
        export_to(terminal, target)
        terminal.wait_for(r"(?s)Replace .*\?.*\[ No \]")
        terminal.press("n")
        terminal.wait_without(r"\[ No \]")
        assert target.read_text() == "mine"
        export_to(terminal, tmp_path / "graph.png")
        terminal.wait_for(wrapped("has no ending that names a format"))
        assert "graph.png" in terminal.text, "what was typed stays to be mended"
        terminal.press("Esc")
        terminal.wait_without("Enter takes it")
        terminal.press("I", "Esc", "Esc")
        terminal.wait_for("> data +")


def export_to(terminal: Terminal, target: Path) -> None:
    """Press the key and type a file's name in place of the one proposed."""
    terminal.press("e")
    terminal.wait_for(r"\./voltui-graph-\S+\.svg")
    terminal.press("Ctrl-U", *str(target), "Enter")


async def test_killing_the_interface_leaves_the_job_running_to_its_end(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("large")
    slow_to_compress(files / "text")
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, VOLTUI_LEVEL="19") as terminal:
        terminal.walk_to("large")
        terminal.press("b")
        terminal.wait_for(r"backup large .*%")
        terminal.child.kill(signal.SIGKILL)
        terminal.wait_for_end()
    job = jobs_directory(lab.state).all()[0]
    assert job.outcome() is None, "the job was over before the interface was killed"
    outcome = await lab.ended(job)
    assert outcome.ending == "done"
    assert lab.store.find("large@latest").verified is not None


async def test_quitting_during_a_job_says_that_it_goes_on(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("large")
    slow_to_compress(files / "text")
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, VOLTUI_LEVEL="19") as terminal:
        terminal.walk_to("large")
        terminal.press("b")
        terminal.wait_for(r"backup large .*%")
        terminal.press("q")
        assert terminal.wait_for_end() == 0
        assert b"The backup of large goes on: until the sandbox ends." in bytes(terminal.written)
    outcome = await lab.ended(jobs_directory(lab.state).all()[0])
    assert outcome.ending == "done"


async def test_cancelling_in_the_jobs_pane_undoes_and_says_so(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("large")
    slow_to_compress(files / "text")
    await lab.container("writer", ["large:/data"])
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, VOLTUI_LEVEL="19") as terminal:
        terminal.walk_to("large")
        terminal.press("b")
        terminal.wait_for(r"paused: writer")
        terminal.press("w", "K")
        terminal.wait_for("Cancel the backup of large?")
        terminal.press("Enter")
        terminal.wait_without("Cancel the backup of large?")
        terminal.press("K")
        terminal.wait_for("Cancel the backup of large?")
        terminal.press("y")
        terminal.wait_for("The backup of large was cancelled")
    assert await lab.state_of("writer") == "running"
    assert lab.store.listing().backups == ()
    await asyncio.sleep(0)


async def test_without_an_engine_it_says_what_was_tried_and_retries(tmp_path: Path, lab: Lab) -> None:
    await lab.volume("precious")
    there = Path(lab.engine.endpoint.host.removeprefix("unix://"))
    socket = tmp_path / "engine.sock"
    with voltui_terminal(tmp_path, f"unix://{socket}") as terminal:
        text = terminal.wait_for(r"No engine[\s\S]*tried again by itself")
        assert "can't be reached: no such file or directory" in " ".join(text.split())
        assert "--host" in text
        socket.symlink_to(there)
        terminal.wait_for(r"precious .*unused")
