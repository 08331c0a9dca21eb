"""What goes wrong around a command is a sentence and an exit code, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def ran(*arguments: str, stdout: int = subprocess.PIPE, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "voltui", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("arguments", [("--help",), ("man",), ("jobs", "--json"), ("jobs", "x", "--json")])
def test_an_output_that_takes_nothing_is_told(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = ran(*arguments, stdout=full.fileno())
    assert done.returncode in (1, 4)
    assert "Traceback" not in done.stderr
    assert "There is no job x" in done.stderr or "The output can't be used: no space left" in done.stderr


def test_a_state_directory_that_can_not_be_used_is_told_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    done = ran("jobs", XDG_STATE_HOME=str(file))
    assert done.returncode == 1
    assert f"Jobs can't be read in {file}/voltui/jobs: not a directory." in done.stderr
    assert "XDG_STATE_HOME names another place" in done.stderr


def test_a_wrong_usage_is_one_line_and_harmless() -> None:
    done = ran("completion")
    assert done.stderr.splitlines()[0] == "voltui: Missing argument '{bash|zsh|fish}'. Choose from: bash, zsh, fish"
    assert "voltui completion --help tells more" in done.stderr
    assert "\x1b" not in ran("a\x1b[31m").stderr
