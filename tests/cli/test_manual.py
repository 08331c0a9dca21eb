"""The manual page and the completions, made from the commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from voltui.cli import cli
from voltui.cli.manual import page


def test_the_manual_has_every_command_and_every_option() -> None:
    text = "\n".join(page(cli)).replace("\\-", "-")
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        assert f'.SS "{name}' in text
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert re.search(rf"^\.B .*{re.escape(parameter.opts[0])}\b", text, re.MULTILINE), (
                    f"{name} {parameter.opts[0]}"
                )


def test_the_manual_is_troff_without_fault() -> None:
    text = "\n".join(page(cli))
    assert text.isascii()
    assert all(line.startswith((".TH", ".SH", ".SS", ".PP", ".TP", ".B")) or line[:1] not in ".'" for line in
               text.splitlines())  # fmt: skip
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-ww", "-man", "-Tutf8", "-z"], input=text.encode(), capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("shell", ["zsh", "fish", "bash"])
def test_the_completion_of_a_shell_is_printed(shell: str) -> None:
    if shell == "bash" and not shutil.which("bash"):
        pytest.skip("click asks bash for its version")
    done = subprocess.run([sys.executable, "-m", "voltui", "completion", shell], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"_VOLTUI_COMPLETE={shell}_complete" in done.stdout


def test_completing_in_bash_offers_commands(tmp_path: Path) -> None:
    if not shutil.which("bash"):
        pytest.skip("needs bash")
    program = tmp_path / "voltui"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m voltui "$@"\n')
    program.chmod(0o755)
    script = """
        eval "$(voltui completion bash)"
        COMP_WORDS=(voltui comp) COMP_CWORD=1
        _voltui_completion voltui
        echo "${COMPREPLY[@]}"
    """
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment)
    assert done.stdout.split() == ["completion"], done.stderr
