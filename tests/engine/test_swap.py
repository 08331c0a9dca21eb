"""The swap of a directory's content can be interrupted anywhere and always be undone."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from voltui.engine import swap, tools

_TICK = 0.05
"""Seconds in which the kernel's clock for files is sure to move on: it ticks a hundred times a second."""
ID = "20261124T031502Z-ab12"
OLD_TIME, NEW_TIME = 1_500_000_000_987_654_321, 1_600_000_000_123_456_789
AWKWARD = ["plain", "-rf", "new\nline", ".hidden", "*", "$(touch x)", "a b", "'quoted'"]


def fill(folder: Path, mark: str) -> None:
    for name in AWKWARD:
        (folder / name).write_text(mark)
    (folder / f"only-{mark}").mkdir()
    (folder / f"only-{mark}" / "deep").write_text(mark)


def content(folder: Path) -> dict[str, str]:
    """Every file below with what it holds, our own folders left out."""
    found = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if not name.startswith(".voltui-") and path.is_file():
            found[name] = path.read_text()
    return found


def run(command: list[str]) -> None:
    subprocess.run(command, check=True)


def run_until(command: list[str], fail_at: int, folder: Path) -> bool:
    """Run it with an ``mv``, ``tar`` and ``rm`` that fail at the n-th call of any; whether it came to its end."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    counter = folder / "counter"
    counter.write_text("0")
    for tool in ("mv", "tar", "rm", "mkdir", "rmdir", "touch", "sync"):
        wrapper = tools / tool
        wrapper.write_text(
            f"#!/bin/sh\nn=$(($(cat {counter}) + 1)); echo $n >{counter}\n"
            f'[ $n -lt {fail_at} ] || kill -9 $PPID\n[ $n -lt {fail_at} ] || exit 1\nexec /usr/bin/{tool} "$@"\n'
        )
        wrapper.chmod(0o755)
    done = subprocess.run(command, env={"PATH": f"{tools}:/usr/bin:/bin"}, stderr=subprocess.DEVNULL)
    return done.returncode == 0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory of old content with new content staged beside it."""
    root = tmp_path / "v"
    root.mkdir(mode=0o750)
    fill(root, "old")
    os.utime(root, ns=(0, OLD_TIME))
    run(swap.stage(str(root), ID))
    staged = Path(swap.staging_folder(str(root), ID))
    fill(staged, "new")
    staged.chmod(0o705)
    os.utime(staged, ns=(0, NEW_TIME))
    return root


@pytest.fixture
def wanted(tmp_path: Path) -> dict[str, dict[str, str]]:
    found = {}
    for mark in ("old", "new"):
        (tmp_path / mark).mkdir()
        fill(tmp_path / mark, mark)
        found[mark] = content(tmp_path / mark)
    return found


def test_swapping_exchanges_all_and_keeps_the_old_aside(root: Path, wanted: dict[str, dict[str, str]]) -> None:
    inode = root.stat().st_ino
    run(swap.swap(str(root), ID))
    assert content(root) == wanted["new"]
    assert content(Path(swap.old_folder(str(root), ID))) == wanted["old"]
    assert root.stat().st_ino == inode
    assert root.stat().st_mode & 0o777 == 0o705
    assert root.stat().st_mtime_ns == NEW_TIME
    run(swap.discard_old(str(root), ID))
    assert root.stat().st_mtime_ns == NEW_TIME
    assert [path.name for path in root.iterdir() if path.name.startswith(".voltui")] == []


def test_swapping_back_brings_the_old_content_and_attributes_back(
    root: Path, wanted: dict[str, dict[str, str]]
) -> None:
    run(swap.swap(str(root), ID))
    run(swap.swap_back(str(root), ID))
    assert content(root) == wanted["old"]
    assert root.stat().st_mode & 0o777 == 0o750
    run(swap.discard_staged(str(root), ID))
    assert root.stat().st_mtime_ns == OLD_TIME
    assert [path.name for path in root.iterdir() if path.name.startswith(".voltui")] == []


def test_swapping_back_what_was_never_swapped_changes_nothing(root: Path, wanted: dict[str, dict[str, str]]) -> None:
    run(swap.swap_back(str(root), ID))
    assert content(root) == wanted["old"]


def test_a_swap_killed_at_any_step_is_undone_even_if_the_undo_is_killed_at_any_step(
    tmp_path: Path, wanted: dict[str, dict[str, str]]
) -> None:
    steps = 0
    for fail_at in range(1, 60):
        for undo_fails_at in (1, 4, 6, 8, 10):
            base = tmp_path / f"{fail_at}-{undo_fails_at}"
            root = base / "v"
            root.mkdir(parents=True)
            fill(root, "old")
            os.utime(root, ns=(0, OLD_TIME))
            run(swap.stage(str(root), ID))
            fill(Path(swap.staging_folder(str(root), ID)), "new")
            ended = run_until(swap.swap(str(root), ID), fail_at, base)
            run_until(swap.swap_back(str(root), ID), undo_fails_at, base)
            run(swap.swap_back(str(root), ID))
            run(swap.discard_staged(str(root), ID))
            assert content(root) == wanted["old"], (fail_at, undo_fails_at)
            assert {path.name for path in root.iterdir()} == {path.name for path in (tmp_path / "old").iterdir()}
        steps = fail_at
        if ended:
            break
    assert steps > 6  # of the two pairs of tar at once, each may be counted as one


def test_only_the_named_entry_is_exchanged(root: Path, wanted: dict[str, dict[str, str]]) -> None:
    run(swap.swap(str(root), ID, "plain"))
    assert content(root) == {**wanted["old"], "plain": "new"}
    assert root.stat().st_mode & 0o777 == 0o750
    run(swap.swap_back(str(root), ID, "plain"))
    assert content(root) == wanted["old"]


def test_an_empty_directory_can_be_swapped(tmp_path: Path, wanted: dict[str, dict[str, str]]) -> None:
    root = tmp_path / "v"
    root.mkdir()
    run(swap.stage(str(root), ID))
    fill(Path(swap.staging_folder(str(root), ID)), "new")
    run(swap.swap(str(root), ID))
    assert content(root) == wanted["new"]
    run(swap.swap_back(str(root), ID))
    assert content(root) == {}


def test_names_of_users_that_look_like_ours_are_users_names(tmp_path: Path) -> None:
    root = tmp_path / "v"
    root.mkdir()
    (root / ".voltui-old-mine").mkdir()
    run(swap.stage(str(root), ID))
    staged = Path(swap.staging_folder(str(root), ID))
    (staged / ".voltui-old-2025").mkdir()
    (staged / ".voltui-old-2025" / "file").write_text("new")
    (staged / ".voltui-restore-time").write_text("new")
    run(swap.swap(str(root), ID))
    assert sorted(path.name for path in root.iterdir()) == [
        ".voltui-old-2025", f".voltui-old-{ID}", ".voltui-restore-time",
    ]  # fmt: skip
    assert (root / f".voltui-old-{ID}" / ".voltui-old-mine").is_dir()
    run(swap.swap_back(str(root), ID))
    run(swap.discard_staged(str(root), ID))
    assert [path.name for path in root.iterdir()] == [".voltui-old-mine"]


def test_content_that_tells_nothing_of_its_root_inherits_mode_and_owner(tmp_path: Path) -> None:
    root = tmp_path / "v"
    root.mkdir()
    root.chmod(0o2775)
    os.chown(root, 999, 998)
    (root / "old").write_text("old")
    run(swap.stage(str(root), ID, inherit=True))
    (Path(swap.staging_folder(str(root), ID)) / "new").write_text("new")
    run(swap.swap(str(root), ID))
    state = root.stat()
    assert (state.st_mode & 0o7777, state.st_uid, state.st_gid) == (0o2775, 999, 998)


def test_what_is_altered_in_the_old_content_after_the_swap_is_found(root: Path) -> None:
    done = subprocess.run(swap.swap(str(root), ID), check=True, capture_output=True, text=True)
    command = tools.altered_since(swap.old_folder(str(root), ID), done.stdout.strip())
    assert subprocess.run(command, check=True, capture_output=True).stdout == b""
    while time.time() < float(done.stdout) + _TICK:
        time.sleep(_TICK)
    os.chown(Path(swap.old_folder(str(root), ID)) / "only-old" / "deep", 999, 999)
    assert subprocess.run(command, check=True, capture_output=True).stdout == b"only-old/deep"
