"""Looking into a volume and a backup, as a user does it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Lab
from tests.terminal import voltui_terminal
from voltui.jobs.plan import BackupPlan
from voltui.model.source import Source
from voltui.store.local import LocalStore

pytestmark = pytest.mark.engine


async def test_walk_through_a_volume_and_through_its_backup(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "large").mkdir()
    (files / "large" / "noise").write_bytes(os.urandom(300_000))
    (files / "large" / "deep").mkdir()
    (files / "large" / "deep" / "letter.txt").write_text("dear \x1b[31mreader\n")
    (files / "small").write_text("x")
    (files / os.fsdecode(b"\x1b[2Jodd\xff")).mkdir()
    (files / "link").symlink_to("nowhere\n")

    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.walk_to("data")
        terminal.press("f")
        terminal.wait_for(r"(?s)> large/ +3\d\d.* kB .* 3 +drwx.*small")
        terminal.wait_for(r"link -> nowhere\\n")
        terminal.wait_for(r"\\x1b\[2Jodd\\xff/")
        terminal.press("*")
        terminal.wait_for(r"4 marked, 3\d\d")
        terminal.press("*", " ")
        terminal.wait_for(r"(?s)1 marked, 3\d\d.*\n\* {2}large/")
        terminal.press("e")
        terminal.wait_for(r"Copy large \(3")
        terminal.press(f"{tmp_path}/mine", "Enter")  # typing replaces what was proposed
        terminal.wait_for("Copied large of data")
        assert (tmp_path / "mine" / "large" / "deep" / "letter.txt").exists()
        terminal.wait_without("marked")
        terminal.press("g", "Enter", " ")
        terminal.wait_for(r"(?s)1 marked, 3\d\d.*\n\* {2}noise")
        terminal.press("Esc")
        terminal.wait_for(r"3 entries 3\d\d")
        terminal.press("?")
        terminal.wait_for(r"(?s)Help.*Act")
        terminal.press("Esc")
        terminal.wait_without("PgDn for more")
        terminal.press("g")
        terminal.wait_for(r"(?s)data +/large .*> noise")
        terminal.press("Enter")
        terminal.wait_for(r"(?s)/large/noise +the first 65.5 kB of 300 kB.* 00000000  ")
        terminal.press("G")
        terminal.wait_for(r"(?s)the last .* of 300 kB.*000493d0  ")
        terminal.press("g")
        terminal.wait_for("00000000  ")
        terminal.press("Esc")
        terminal.wait_without("00000000")
        terminal.press("h")
        terminal.wait_for(r"> large/")
        terminal.press("/")
        terminal.wait_for("part of a name")
        terminal.press("letter")
        terminal.wait_for(r"> /large/deep/letter.txt")
        terminal.press("Enter")
        terminal.wait_without("part of a name")
        terminal.wait_for("/ Filter")
        terminal.press("Enter")
        terminal.wait_for(r"dear \\x1b\[31mreader")
        terminal.press("Esc")
        terminal.wait_without("dear")
        terminal.press("q")
        terminal.wait_for("1 Volumes")

        terminal.press("b")
        terminal.wait_for("Backed up and verified data")
        terminal.press("4")
        terminal.wait_for("> data")
        terminal.press("f")
        terminal.wait_for(r"(?s)data 20\d\d.*> large/ +300 kB")
        terminal.press("Enter")
        terminal.wait_for("> noise")
        terminal.press("Enter")
        terminal.wait_for(r"(?s)/large/noise +the first 65.5 kB of 300 kB.* 00000000  ")  # out of the archive
        terminal.press("Esc")
        terminal.wait_for("> noise")
        terminal.press("Esc", "Esc")
        terminal.wait_for("1 Volumes")

        (files / "small").write_text("grown\n")
        (files / "link").unlink()
        (files / "fresh").write_text("")
        terminal.press("D")
        terminal.wait_for("what was done since")
        terminal.press("Enter")
        terminal.wait_for(r"data +from 20\d\d-.* to now")
        terminal.wait_for(r"(?s)BACKUP +NOW.*> /fresh +added.*/link +removed.*1 added, 1 removed, 1 changed")
        terminal.wait_for(r"/small +changed +1 B +6 B")
        terminal.press("W")
        terminal.wait_for(r"(?s)data +from now to 20\d\d-.*NOW +BACKUP.*> /fresh +removed.*/small +changed +6 B +1 B")
        terminal.press("W", "d")
        terminal.wait_for("d Remove: not in the differences")
        terminal.press("x")
        terminal.wait_for(r"(?s)─ Differences.*Swap sides")
        terminal.press("W")
        terminal.wait_for(r"data +from now to 20")
        terminal.press("W")
        terminal.wait_for(r"data +from 20\d\d-.* to now")
        (files / "over").write_text("")
        terminal.press("r")
        terminal.wait_for(r"(?s)/over +added.*2 added, 1 removed, 1 changed")
        terminal.press("/")
        terminal.wait_for("part of a path")
        terminal.press("l ed")
        terminal.wait_for(r"(?s)> /link +removed.*/small +changed.*─ 1/2")
        terminal.press("Enter")
        terminal.wait_for(r"(?s)/l ed  sort path.*/ Filter")
        assert "/fresh" not in terminal.text
        terminal.press("n", "y")
        terminal.wait_for(r"(?s)> /small.*Copied \S+/small")
        terminal.press("N")
        terminal.wait_for("> /link")
        terminal.press("Esc")
        terminal.wait_for("(?s)/fresh.*> /link")
        terminal.press("S")
        terminal.wait_for("(?s)Sort by.*> Path")
        terminal.press("j", "Enter")
        terminal.wait_for(r"sort size [^\w\s]")
        terminal.press("s", "s")
        terminal.wait_for("sort path")
        terminal.press("G")
        terminal.wait_for("> /small +changed +1 B +6 B")
        terminal.press("Enter")
        terminal.wait_for(r"(?s)/small +1 \+ 1 -.*@@ -1 \+1 @@.*  -x .*\+grown ")
        terminal.press("/")
        terminal.wait_for("filter")
        terminal.press("grow", "Enter")
        terminal.wait_for(r"(?s)/grow.*> \+grown")
        terminal.press("Esc", "Esc")
        terminal.wait_for("> /small +changed")
        terminal.press("Esc")
        terminal.wait_for("1 Volumes")
        terminal.press("q")
        assert terminal.wait_for_end() == 0


async def test_files_are_deleted_put_back_and_restored_by_keys(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "text").write_text("old")
    lab = replace(lab, store=LocalStore(tmp_path / "store"))
    await lab.run(BackupPlan(lab.common(), (Source("volume", "data"),)))
    editor = tmp_path / "my editor"
    editor.write_text('#!/bin/sh\nprintf ", edited" >>"$2"\n')
    editor.chmod(0o755)
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, VISUAL=f"'{editor}' --wait") as terminal:
        terminal.walk_to("data")
        terminal.press("f")
        terminal.wait_for("> text")
        terminal.press("d")
        terminal.wait_for(r"(?s)Delete text \(.*Takes away /text.*No running container.*7 days.*\[ No \]")
        terminal.press("Enter")
        terminal.wait_without("Takes away")
        assert (files / "text").exists()
        terminal.press("d")
        terminal.wait_for("Takes away")
        terminal.press("y")
        terminal.wait_for("Deleted text of data")
        terminal.wait_for(r"─ \.voltui-kept-")
        assert not (files / "text").exists()
        terminal.press("U")
        terminal.wait_for(r"(?s)Undo the change of files in data.*Deleted text of data, .*Puts back /text")
        terminal.press("y")
        terminal.wait_for(r"  text  .*-rw")
        terminal.wait_for("Undid the change of text")
        assert (files / "text").read_text() == "old"
        terminal.press("U")
        terminal.wait_for(r"(?s)Redo the change of files in data.*Takes away /text")
        terminal.press("n")
        terminal.wait_without("Takes away")

        (tmp_path / "mine.txt").write_text("mine")
        terminal.press("a")
        terminal.wait_for("Put into /")
        terminal.press("Ctrl-U")
        terminal.press(f"{tmp_path}/mine.txt", "Enter")
        terminal.wait_for("Put mine.txt into data")
        terminal.wait_for("mine.txt  ")
        assert (files / "mine.txt").read_text() == "mine"
        terminal.press("/")
        terminal.wait_for("part of a name")
        terminal.press("mine", "Enter")
        terminal.wait_for("> /mine.txt")
        terminal.press("o")
        terminal.wait_for("Wrote mine.txt of data")
        assert (files / "mine.txt").read_text() == "mine, edited"
        terminal.press("U")
        terminal.wait_for(r"(?s)Undo which.*> Wrote mine.txt .*Put mine.txt .*Undid the change of text .*redoes it")
        terminal.press("j", "Enter")
        terminal.wait_for(r"(?s)Put mine.txt into data, .*Takes away /mine.txt")
        terminal.press("Esc")
        terminal.wait_without("Takes away")
        assert list((tmp_path / "state" / "voltui" / "edit").iterdir()) == []
        editor.rename(tmp_path / "away")
        terminal.press("o")
        terminal.wait_for(r"(?s)does not\W+start: no such file.*Set")
        terminal.wait_for("> /mine.txt")
        (tmp_path / "away").rename(editor)
        editor.write_text("#!/bin/sh\nkill -SEGV $$\n")
        terminal.press("o")
        terminal.wait_for("was ended by SIGSEGV")
        terminal.wait_for("> /mine.txt")
        assert (files / "mine.txt").read_text() == "mine, edited"

        (files / "mine.txt").unlink()
        terminal.press("d")
        terminal.wait_for("/mine.txt is not there any more")
        terminal.wait_without("> /mine.txt")
        (files / "text").write_text("changed")
        terminal.press("q")
        terminal.wait_for("1 Volumes")
        terminal.press("4")
        terminal.wait_for("> data")
        terminal.press("f")
        terminal.wait_for("> text")
        terminal.press("R")
        terminal.wait_for(r"(?s)Put text \(.*Replaces /text.*\[ No \]")
        terminal.press("y")
        terminal.wait_for("Restored text of data")
        assert (files / "text").read_text() == "old"
        terminal.press("d")
        terminal.wait_for("d Remove: not in a backup's files")
        terminal.press("q", "1")
        terminal.wait_for("> data")
        terminal.press("f")
        terminal.wait_for("  text +4.1 kB")
        await lab.engine.remove_volume("data")
        terminal.wait_for("data is gone")
        terminal.press("d")
        terminal.wait_for("Remove: data is gone.")


async def test_the_files_of_a_container_and_the_export_of_a_backup(lab: Lab, tmp_path: Path) -> None:
    (await lab.volume("data") / "letter").write_text("dear\n")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "page").write_text("<p>\n")
    script = "echo kept > /own; trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"
    gone = tmp_path / "gone"
    gone.mkdir()
    binds = ["data:/data", f"{tmp_path}/site:/site:ro", f"{gone}:/gone"]
    await lab.container("web", binds, script)
    gone.rmdir()
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, columns=100) as terminal:
        terminal.press("2")
        terminal.wait_for("> web")
        terminal.press("f")
        terminal.wait_for(r"(?s)The files of web.*> data +/data +rw +volume.*/site  ro  bind.*its own files")
        terminal.press("Enter")
        terminal.wait_for("> letter")
        terminal.press("Esc")
        for choice, found in (
            ("site", "> page"),
            ("its own", r"added +/own"),
            ("gone", "bind source path does not ex"),
        ):
            terminal.wait_for("> web")
            terminal.press("f")
            terminal.wait_for("The files of web")
            for _ in range(9):
                if re.search(rf"> \S*{choice}", terminal.text):
                    break
                terminal.press("j")
                terminal.settle()
            terminal.press("Enter")
            terminal.wait_for(found)
            terminal.press(*(["Esc"] if choice != "gone" else []))
        terminal.press("1")
        terminal.walk_to("data")
        terminal.press("f")  # what could not be mounted has spoilt nothing
        terminal.wait_for("> letter")
        terminal.press("q")
        terminal.wait_for("1 Volumes")
        terminal.press("b")
        terminal.wait_for("Backed up and verified data")
        terminal.press("4")
        terminal.wait_for("e Export")
        terminal.press("e")
        terminal.wait_for(r"(?s)Export data@\S+ to.*voltui-export")
        terminal.press("\x15", f"{tmp_path}/disk", "Enter")
        terminal.wait_for("Exported data@")
        assert list((tmp_path / "disk" / "data").glob("*.json"))
        terminal.press("q")
        assert terminal.wait_for_end() == 0
