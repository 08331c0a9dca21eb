"""What makes the explorer feel at home: filters, what it remembers, other engines, other terminals."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Lab, Ran, program, until
from tests.sshd import sshd
from tests.terminal import Terminal, voltui_terminal

pytestmark = pytest.mark.engine


async def test_filters_keys_and_what_is_remembered(lab: Lab, tmp_path: Path) -> None:
    for name in ("shop_pgdata", "shop_media", "blog_db"):
        await lab.volume(name)
    await lab.container("web", ["shop_media:/data"])
    config = tmp_path / "config.toml"
    config.write_text('[keys]\nfilter = "-"\n')
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, VOLTUI_CONFIG=str(config)) as terminal:
        terminal.wait_for(r"New here\? +b backs the row up[\s\S]*- Filter")
        terminal.wait_for("blog_db .*unused")
        terminal.press("/", "-", *"unused backup=ne")
        terminal.wait_without("shop_media .*●")
        terminal.wait_for("word  !word  label=")
        terminal.wait_without("New here")
        terminal.press(*" size>")
        terminal.wait_for("size needs a bound: size>1G")
        terminal.press("Esc")
        terminal.wait_for("shop_media .*●")
        terminal.press("-", *"spgd")
        assert "blog_db" not in terminal.wait_for("1 of 3 by letters; nothing has just that")
        terminal.press("Enter")
        terminal.wait_for(r"/spgd ≈ +sort name")
        terminal.press("Esc")
        terminal.wait_for("blog_db .*unused")
        terminal.press("s", "p")
        terminal.wait_for(r"> ▸ no project  3 ")
        terminal.press("Enter", "j")
        terminal.wait_for(r"▾ no project  3 [\s\S]*>   \w+ ")
        terminal.press("Left")
        terminal.wait_for(r"> ▸ no project  3 ")
        terminal.press("2", "s")
        terminal.wait_for(r"2 Containers.*sort state")
        terminal.press("q")
        assert terminal.wait_for_end() == 0

    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        assert "New here" not in terminal.wait_for(r"2 Containers.*sort state[\s\S]*> web")
        terminal.press("1")
        terminal.wait_for(r"by project, sort size ↓[\s\S]*▸ no project  3 ")
        terminal.press("?")
        terminal.wait_for("PgDn for more")
        terminal.press("PgDn", "PgDn", "PgDn")
        terminal.wait_for(r"backup>7d +no backup in the last 7 days")


async def test_keys_that_come_in_one_packet_are_in_their_order(lab: Lab, tmp_path: Path) -> None:
    (await lab.volume("backbone") / "file").write_text("")
    await lab.volume("other")
    mine = tmp_path / "mine"
    mine.write_text("mine")
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.wait_for("other .*unused")
        terminal.press("/backb")
        terminal.wait_without("other .*unused")
        terminal.wait_for(r"/backb +sort name ↑")
        terminal.press("Enter")
        terminal.press("f")
        terminal.wait_for("> file")
        terminal.press(f"a{mine}")
        terminal.press("Enter")
        terminal.wait_for("Put mine into backbone")
        terminal.wait_for("  mine  ")
        terminal.press("q")
        terminal.wait_for("1 Volumes")
        terminal.press("q")
        assert terminal.wait_for_end() == 0
    assert not list((tmp_path / "store").rglob("*.json")), "no letter was a key of the list"


async def test_backups_have_a_time_line_and_d_removes_what_is_confirmed(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("precious")
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.walk_to("precious")
        terminal.press("b")
        terminal.wait_for("Backed up and verified precious")
        terminal.press("4")
        terminal.wait_for(r"sizes +█  1 backup, \S+ k?B, oldest just now")
        terminal.press("d")
        terminal.wait_for("No verified backup of the volume precious would be left")
        (files / "noise").write_bytes(os.urandom(100_000))
        terminal.press("1", "b")
        terminal.press("4")
        terminal.wait_for(r"sizes +▁█  2 backups")
        newest, oldest = (backup.id for backup in lab.store.listing().backups)
        terminal.press("Enter")
        terminal.wait_for(r"all \(UTC\) +20\S+ \S+ .*ok\s+> 20\S+ \S+ .*ok")
        terminal.press("Esc")
        terminal.wait_for("VERIFIED")
        terminal.press("G", "d")
        terminal.wait_for(rf"Remove {oldest}\?")
        terminal.press("Enter")
        terminal.wait_without("Remove precious")
        terminal.press("d")
        terminal.wait_for(rf"Remove {oldest}\?")
        terminal.press("y")
        terminal.wait_for(f"Deleted {oldest}")
        terminal.wait_for("1 backup, ")
        assert [backup.id for backup in lab.store.listing().backups] == [newest]
        await lab.engine.remove_volume("precious")
        terminal.wait_for(r"0 volumes")
        terminal.press("v")
        terminal.wait_for(f"Verified {newest}")
        terminal.press("R")
        terminal.wait_for(r"into +volume precious +\(made anew\)")
        terminal.press("Esc")
        terminal.wait_without("made anew")
        terminal.press("e")
        terminal.wait_for(f"(?s)Export {newest} to.*/voltui-export/")
        terminal.press("Esc")
        terminal.wait_without("/voltui-export/")
        terminal.press("d")
        terminal.wait_for("Type precious: this is all that is left of it")
        terminal.press(*"something", "Enter")
        terminal.wait_for("That is not its name. Nothing is removed.")
        terminal.press("Ctrl-U", *"precious", "Enter")
        terminal.wait_for(f"Deleted {newest}")
    assert not lab.store.listing().backups


async def test_another_engine_is_a_key_away_and_nothing_of_the_last_one_stays(lab: Lab, tmp_path: Path) -> None:
    await lab.volume("here")
    await lab.volume("there")
    _context("other", lab.engine.endpoint.host)
    socket = tmp_path / "first.sock"
    socket.symlink_to(lab.engine.endpoint.host.removeprefix("unix://"))
    with voltui_terminal(tmp_path, f"unix://{socket}") as terminal:
        terminal.walk_to("here")
        terminal.press(" ")
        terminal.wait_for("1 marked")
        _go_to(terminal, "other")
        assert "marked" not in terminal.wait_for(r"VolTUI +\S+ other ·[\s\S]*> here")
        terminal.wait_for(r"here +4\.1 kB")
        open_then = _open(terminal)
        for _ in range(3):
            _go_to(terminal, "DOCKER_HOST")
            terminal.wait_for(r"VolTUI +\S+ /\S*first.sock ·[\s\S]*> here")
            _go_to(terminal, "other")
            terminal.wait_for(r"VolTUI +\S+ other ·[\s\S]*> here")
        terminal.wait_for(r"here +4\.1 kB")

        async def let_go() -> bool:
            return _open(terminal) <= open_then + 3

        await until(let_go, "the end of what the engines before had: each costs two at least")
        await lab.volume("fresh")
        terminal.wait_for("> fresh|   fresh")
        terminal.walk_to("there")
        terminal.press("b")
        terminal.wait_for("Backed up and verified there")
        _go_to(terminal, "default")
        terminal.wait_for(r"No engine[\s\S]*E goes to another engine")
        terminal.press("q")
        assert terminal.wait_for_end() == 0


async def test_an_engine_behind_ssh_is_a_key_away_and_why_it_can_not_be_reached_is_told(
    lab: Lab, tmp_path: Path
) -> None:
    await lab.volume("precious")
    local = lab.engine.endpoint.host
    there = f"ssh://there{local.removeprefix('unix://')}"
    with sshd(tmp_path / "ssh") as running:
        with voltui_terminal(tmp_path, there, PATH=running.path) as terminal:
            terminal.wait_for("> precious")
            terminal.press("q")
            assert terminal.wait_for_end() == 0
        with voltui_terminal(tmp_path, local, PATH=running.path) as terminal:
            terminal.wait_for("> precious")
            _go_to(terminal, "used before")
            terminal.wait_for(r"VolTUI +\S+ ssh://there\S* ·[\s\S]*> precious")
            terminal.press("b")
            terminal.wait_for("Backed up and verified precious")
            _go_to(terminal, "DOCKER_HOST")
            terminal.wait_for(r"VolTUI +\S+ /[\s\S]*> precious")
            running.process.kill()
            running.process.wait()
            _go_to(terminal, "used before")
            told = terminal.wait_for(r"No engine[\s\S]*E goes to another engine")
            assert "Connection refused" in told
            assert "Check that `ssh` to that host works" in told
            _go_to(terminal, "DOCKER_HOST")
            terminal.wait_for("> precious")


async def test_a_terminal_that_shrinks_and_grows_again_shows_the_same(lab: Lab, tmp_path: Path) -> None:
    await lab.volume("precious")
    exported = {"COLUMNS": "200", "LINES": "60"}  # by some shells; the terminal's own size counts
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, columns=200, rows=60, **exported) as terminal:
        terminal.walk_to("precious")
        terminal.press("1")
        terminal.wait_without("New here")
        terminal.wait_for(r"precious +4\.1 kB")
        terminal.settle()
        before = terminal.text
        for overlay in ("", "?", ":", "x"):
            terminal.press(*overlay)
            terminal.resize(40, 12)
            terminal.wait_for(r"VolTUI needs 60 columns and 16 lines\.")
            terminal.press("b", "Enter", "?")  # nothing is done unseen
            terminal.settle()
            terminal.resize(80, 24)
            terminal.settle()
            terminal.press(*["Esc"] * bool(overlay))
            terminal.wait_for(r"> precious")
            terminal.resize(200, 60)
            terminal.wait_for(re.escape(before))
        terminal.press("q")
        assert terminal.wait_for_end() == 0
    assert lab.store.listing().backups == ()


async def test_without_colours_and_utf_8_it_writes_neither(lab: Lab, tmp_path: Path) -> None:
    await lab.volume("precious")
    with voltui_terminal(
        tmp_path, lab.engine.endpoint.host, TERM="linux", LANG="C", LC_ALL="C", NO_COLOR="1", VOLTUI_THEME="light"
    ) as terminal:
        terminal.walk_to("precious")
        terminal.press("b")
        terminal.wait_for("Backed up and verified precious")
        terminal.press("4", "Enter", "?", "PgDn")
        terminal.wait_for("- Help")
        terminal.press("Esc")
        terminal.wait_without("- Help")
        terminal.press(":")
        terminal.wait_for("All actions")
        terminal.settle()
        written = bytes(terminal.written)
    assert set(re.findall(rb"[^\x00-\x7f]+", written)) == set()
    colours = {code for codes in re.findall(rb"\x1b\[([0-9;]*)m", written) for code in codes.split(b";")}
    assert colours <= {b"", b"0", b"1", b"2", b"3", b"7", b"39", b"49"}


async def test_the_usual_terminals_show_the_same_in_their_own_colours(lab: Lab, tmp_path: Path) -> None:
    await lab.volume("precious")
    await lab.container("web", ["precious:/data"])
    shown = {}
    for kind in ("xterm-256color", "xterm", "linux", "screen", "tmux-256color"):
        with voltui_terminal(tmp_path, lab.engine.endpoint.host, TERM=kind, COLORTERM="truecolor") as terminal:
            terminal.wait_for(r"precious +4\.1 kB")
            terminal.press("3", "Enter")
            terminal.wait_for(r"─ volume precious ")
            terminal.settle()
            shown[kind] = terminal.text
            terminal.press("1", "q")
            assert terminal.wait_for_end() == 0
            written = bytes(terminal.written)
        assert not re.findall(rb"\x1b\[[0-9;]*[34]8;[25][0-9;]*m", written), f"{kind}: more than its own colours"
        assert written.rindex(b"\x1b[?1049l") > written.rindex(b"\x1b[?1049h")
        assert written.rindex(b"\x1b[?25h") > written.rindex(b"\x1b[?25l")
    assert set(shown.values()) == {shown["xterm"]}


async def test_in_tmux_it_looks_as_it_does_elsewhere_and_y_reaches_the_clipboard(lab: Lab, tmp_path: Path) -> None:
    await lab.volume("precious")
    with voltui_terminal(tmp_path, lab.engine.endpoint.host) as terminal:
        terminal.wait_for(r"precious +4\.1 kB")
        terminal.press("1")
        terminal.wait_without("New here")
        terminal.settle()
        outside = terminal.text
        terminal.press("y")
        terminal.wait_for("Copied precious")
        terminal.settle()
        assert b"\x1b]52;c;" + base64.b64encode(b"precious") in bytes(terminal.written)
    tmux = [program("tmux", "tmux"), "-S", str(tmp_path / "tmux"), "-f", "/dev/null"]
    command = [*tmux, "new-session", "-x", "80", "-y", "24", ";", "set", "status", "off"]
    environment = {"DOCKER_HOST": lab.engine.endpoint.host, "VOLTUI_STORE": str(tmp_path / "store")}
    inside = Terminal(command, {**os.environ, **environment, "TERM": "xterm-256color", "LANG": "C.UTF-8"})
    try:
        inside.press(f"clear; {sys.executable} -P -m voltui\r")
        inside.wait_for(re.escape(outside.rstrip()))
        inside.press("y")
        inside.wait_for("Copied precious")
        assert subprocess.run([*tmux, "show-buffer"], check=True, capture_output=True).stdout == b"precious"
        inside.resize(60, 16)
        inside.wait_for(r"precious[\s\S]*─ precious[\s\S]*\? Help *$")
        inside.resize(80, 24)
        inside.wait_without("Copied")
        inside.wait_for(re.escape(outside.rstrip()))
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True)
        inside.close()


async def test_a_painted_theme_is_painted_in_sixteen_colours_too(lab: Lab, tmp_path: Path) -> None:
    await lab.volume("precious")
    with voltui_terminal(tmp_path, lab.engine.endpoint.host, TERM="screen", VOLTUI_THEME="light") as terminal:
        terminal.walk_to("precious")
        assert {cell.bg for row in terminal.cells for cell in row} == {"brightwhite"}
        assert not {cell.fg for row in terminal.cells for cell in row} & {"default", "white", "brightwhite"}


def test_a_dumb_terminal_is_told_what_works_there(sandbox_host: str, tmp_path: Path) -> None:
    with voltui_terminal(tmp_path, sandbox_host, TERM="dumb") as terminal:
        assert terminal.wait_for_end() == 2
        assert "`voltui --help` lists the commands that can" in terminal.text


def test_without_a_terminal_the_commands_are_named(voltui: Callable[..., Ran]) -> None:
    ran = voltui()
    assert ran.code == 2
    assert "The explorer needs a terminal." in ran.err
    assert "`voltui --help` lists the commands that need none" in ran.err


def _go_to(terminal: Terminal, engine: str) -> None:
    """Choose an engine from the menu."""
    terminal.press("E")
    terminal.wait_for("─ Engines ")
    terminal.press("g")
    for _ in range(5):
        terminal.settle()
        if re.search(rf"> {engine} ", terminal.text.partition("─ Engines ")[2]):
            break
        terminal.press("j")
    terminal.press("Enter")
    terminal.wait_without("─ Engines ")


def _open(terminal: Terminal) -> int:
    """How many files, sockets and threads the program has."""
    process = Path(f"/proc/{terminal.child.pid}")
    return len(list((process / "fd").iterdir())) + len(list((process / "task").iterdir()))


def _context(name: str, host: str) -> None:
    """A docker context in the test's own configuration."""
    folder = Path(os.environ["DOCKER_CONFIG"]) / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))
