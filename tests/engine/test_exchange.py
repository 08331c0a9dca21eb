"""Exchanging some entries: all of them or none, wherever it is broken off, and never anything else."""

from __future__ import annotations

import os
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.engine.test_swap import run, run_until
from tests.faults.harness import Tree, tree
from voltui.engine import exchange, swap

JOB, LATER = "20261124T031502Z-beef", "20261125T031502Z-beef"
ODD = b"odd\xff\n'$(id)'"
COME, GO = (b"file", b"folder/deep", b"new", b"folder/" + ODD, b"kind"), (b"gone", b"folder/empty")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "folder" / "deep").mkdir(parents=True)
    (folder / "folder" / "deep" / "inside").write_text("old")
    (folder / "folder" / "stays").write_text("stays")
    (folder / "folder" / os.fsdecode(ODD)).write_text("old")
    (folder / "folder" / "empty").mkdir()
    (folder / "folder").chmod(0o2750)
    for name in ("file", "gone", "other"):
        (folder / name).write_text("old")
    (folder / "kind").mkdir()
    (folder / "kind" / "inside").write_text("old")
    return folder


def stage(root: Path) -> None:
    run(swap.stage(str(root), JOB))
    new = root / f".voltui-restore-{JOB}"
    (new / "folder" / "deep").mkdir(parents=True)
    (new / "folder" / "deep" / "inside").write_text("new")
    (new / "folder" / os.fsdecode(ODD)).symlink_to("new")
    for name in ("file", "new", "kind"):
        (new / name).write_text("new")


def of_the_user(root: Path) -> Tree:
    return {path: value for path, value in tree(root).items() if not path.startswith(".voltui-")}


def done(root: Path) -> str:
    command = exchange.exchange(str(root), JOB, exchange.words(COME, GO))
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_what_comes_is_there_and_what_was_there_is_kept_as_it_was(root: Path) -> None:
    before = tree(root)
    stage(root)
    assert done(root) == "1101111"
    kept = root / f".voltui-kept-{JOB}"
    assert {path.name for path in root.iterdir()} >= {"file", "new", "kind", "other"}
    assert (root / "folder" / "deep" / "inside").read_text() == "new"
    assert (root / "kind").read_text() == "new"
    assert (root / "folder" / os.fsdecode(ODD)).is_symlink()
    assert not (root / "gone").exists()
    aside = tree(kept)
    names = ("file", "gone", "folder", "folder/deep/inside", "folder/empty", "kind/inside")
    assert {name: aside[name] for name in names} == {name: before[name] for name in names}
    run(exchange.exchange_back(str(root), JOB, exchange.words(COME, GO)))
    run(swap.discard_staged(str(root), JOB))
    assert tree(root) == before


def without_exchanging(folder: Path) -> None:
    """A host whose tools can't exchange two names at once."""
    (folder / "tools").mkdir()
    tool(folder, "perl", "exit 1")


def tool(folder: Path, name: str, script: str) -> dict[str, str]:
    """An environment in which a tool is another one."""
    (folder / "tools").mkdir(exist_ok=True)
    (folder / "tools" / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / "tools" / name).chmod(0o755)
    return {"PATH": f"{folder / 'tools'}:/usr/bin:/bin"}


@pytest.mark.parametrize("at_once", [True, False])
def test_broken_off_anywhere_it_is_undone_and_the_undo_too(root: Path, tmp_path: Path, at_once: bool) -> None:
    if not at_once:
        without_exchanging(tmp_path)
    before = tree(root)
    complete = False
    for fail_at in range(1, 200):
        stage(root)
        if run_until(exchange.exchange(str(root), JOB, exchange.words(COME, GO)), fail_at, tmp_path):
            complete = True
        run_until(exchange.exchange_back(str(root), JOB, exchange.words(COME, GO)), fail_at // 2, tmp_path)
        run(exchange.exchange_back(str(root), JOB, exchange.words(COME, GO)))
        run(swap.discard_staged(str(root), JOB))
        assert tree(root) == before, fail_at
        if complete:
            return
    raise AssertionError("it never came to its end")


_RENAMEAT2 = """exec /usr/bin/perl -e 'exit(syscall(316, -100, $ARGV[0], -100, $ARGV[1], 2) == 0 ? 0 : 1)' "$@" """


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the number of the system call is that of x86_64")
@pytest.mark.parametrize(
    ("name", "otherwise", "exchanges"),
    [
        ("perl", "", 'exec /usr/bin/perl "$@"'),
        ("exch", "", _RENAMEAT2),
        (
            "mv",
            '[ "$1" != --help ] || exec echo --exchange\n[ "$1$2$3" = --exchange-T-- ] || exec /usr/bin/mv "$@"\n',
            f"shift 3; {_RENAMEAT2}",
        ),
    ],
)
def test_what_somebody_saves_at_the_last_moment_is_kept_whatever_tool_exchanges(
    root: Path, tmp_path: Path, name: str, otherwise: str, exchanges: str
) -> None:
    stage(root)
    somebody = f"{otherwise}echo theirs >{root}/part; /usr/bin/mv -T {root}/part {root}/file; {exchanges}"
    command = exchange.exchange(str(root), JOB, exchange.words((b"file",), ()))
    subprocess.run(command, check=True, env=tool(tmp_path, name, somebody))
    assert (root / "file").read_text() == "new"
    assert (root / f".voltui-kept-{JOB}" / "file").read_text() == "theirs\n"


@pytest.mark.parametrize("somebody", ["rm file", "ln -sf other file", "echo theirs >file", "rm file; mkfifo file"])
def test_a_file_that_is_another_by_now_is_not_exchanged(root: Path, somebody: str) -> None:
    stage(root)
    subprocess.run(somebody, shell=True, check=True, cwd=root)
    before = tree(root)
    words, was = exchange.words((b"file",), ()), sha256(b"old").hexdigest()
    done = subprocess.run(exchange.exchange(str(root), JOB, words, was), check=True, capture_output=True)
    assert done.stdout == b"!"
    run(exchange.exchange_back(str(root), JOB, words))
    assert tree(root) == before


@pytest.mark.parametrize("at_once", [True, False])
def test_a_file_that_becomes_another_while_it_is_exchanged_is_told(root: Path, tmp_path: Path, at_once: bool) -> None:
    if not at_once:
        without_exchanging(tmp_path)
    stage(root)
    changes = f'/usr/bin/sha256sum "$@"; [ -e {root}/seen ] || echo theirs >{root}/file; touch {root}/seen'
    command = exchange.exchange(str(root), JOB, exchange.words((b"file",), ()), sha256(b"old").hexdigest())
    done = subprocess.run(command, check=True, env=tool(tmp_path, "sha256sum", changes), capture_output=True)
    assert done.stdout == b"2"
    assert (root / "file").read_text() == "new"
    assert (root / f".voltui-kept-{JOB}" / "file").read_text() == "theirs\n"


def test_what_somebody_saves_over_what_came_stays_when_it_is_undone(root: Path) -> None:
    stage(root)
    done(root)
    (root / "part").write_text("theirs")
    (root / "part").rename(root / "file")
    command = exchange.exchange_back(str(root), JOB, exchange.words(COME, GO))
    undone = subprocess.run(command, capture_output=True, text=True)
    assert (undone.returncode, "somebody made file anew" in undone.stderr) == (1, True)
    assert (root / "file").read_text() == "theirs"
    assert (root / f".voltui-kept-{JOB}" / "file").read_text() == "old"
    assert (root / "folder" / "deep" / "inside").read_text() == "old"


def test_what_was_kept_comes_back_by_another_exchange(root: Path) -> None:
    before = tree(root)
    stage(root)
    done(root)
    after = of_the_user(root)
    back = exchange.words(tuple(path for path in (*COME, *GO) if path != b"new"), (b"new",))
    run(swap.stage(str(root), LATER))
    run(exchange.give_back(str(root), LATER, JOB))
    run(exchange.adopt(str(root), LATER, JOB))
    run(exchange.give_back(str(root), LATER, JOB))
    run(swap.stage(str(root), LATER))
    run(exchange.adopt(str(root), LATER, JOB))
    run(exchange.exchange(str(root), LATER, back))
    assert of_the_user(root) == before
    run(exchange.exchange_back(str(root), LATER, back))
    assert of_the_user(root) == after


def test_no_link_leads_it_elsewhere(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("theirs")
    (root / "link").symlink_to(tmp_path / "elsewhere")
    (root / "inner").symlink_to("folder")
    for path in (b"link/file", b"inner/stays", b"nothing/file", b"file/below"):
        words = exchange.words((), (path,))
        done = subprocess.run(exchange.exchange(str(root), JOB, words), capture_output=True)
        assert (done.returncode, b"link now" in done.stderr) == (1, True)
        run(exchange.exchange_back(str(root), JOB, words))
    assert (tmp_path / "elsewhere" / "file").read_text() == "theirs"
    paths = [b"file", b"folder", b"link", b"link/file", b"nothing", b"nothing/file", b"folder/" + ODD]
    found = subprocess.run(exchange.look(str(root), paths), check=True, capture_output=True).stdout
    assert found == b"fdf!-!f"


def test_what_came_into_its_place_meanwhile_is_not_replaced_by_the_undo(root: Path) -> None:
    words = exchange.words((), (b"gone",))
    run(exchange.exchange(str(root), JOB, words))
    (root / "gone").write_text("theirs")
    undone = subprocess.run(exchange.exchange_back(str(root), JOB, words), capture_output=True, text=True)
    assert undone.returncode == 1, "it is still owed"
    assert f"somebody made gone anew meanwhile; what was there is in .voltui-kept-{JOB}" in undone.stderr
    assert (root / "gone").read_text() == "theirs"
    assert (root / f".voltui-kept-{JOB}" / "gone").read_text() == "old"
    listed = subprocess.run(exchange.list_kept(str(root)), check=True, capture_output=True, text=True).stdout
    assert listed == f".voltui-kept-{JOB}\n"
    (root / "gone").unlink()
    run(exchange.exchange_back(str(root), JOB, words))
    assert (root / "gone").read_text() == "old"
    assert not (root / f".voltui-kept-{JOB}").exists()


def test_a_name_that_reads_like_an_escape_is_taken_as_it_is(root: Path) -> None:
    root.chmod(0o700)
    for name in ("a\\tb", "X", "X\\057..\\057.."):
        (root / name).mkdir()
        (root / name / "file").write_text("old")
    before = tree(root)
    words = exchange.words((), (b"a\\tb/file", b"X/file", b"X\\057..\\057../file"))
    run(exchange.exchange(str(root), JOB, words))
    assert root.stat().st_mode & 0o7777 == 0o700
    run(exchange.exchange_back(str(root), JOB, words))
    assert tree(root) == before
