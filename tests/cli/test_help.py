"""The help: every command has a whole line in the list, and its examples are command lines that it takes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from voltui.cli import cli
from voltui.cli.command import EXIT_CODES, Command


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        yield name, command


def test_the_list_of_commands_has_a_whole_line_for_each_and_the_exit_codes() -> None:
    shown = CliRunner().invoke(cli, ["--help"], terminal_width=80).output
    listed = shown.partition("Look:")[2]
    assert "..." not in listed
    for name, command in commands():
        assert f"\n  {name} " in listed
        assert command.help
    for code, said in EXIT_CODES:
        assert f"\n  {code:<5}{said}" in listed
    assert max(map(len, shown.splitlines())) <= 80


def test_the_options_of_a_command_come_before_those_of_all() -> None:
    shown = CliRunner().invoke(cli, ["prune", "--help"], terminal_width=80).output
    own, _, shared = shown.partition("Options of all commands:")
    assert "--keep-last N" in own
    assert "--store DIR" in shared
    assert "--keep-last N" not in shared
    assert "--store DIR" not in own


EXAMPLES = [example for _, command in commands() if isinstance(command, Command) for example, _ in command.examples]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_a_command_line_that_is_taken(example: str) -> None:
    words = shlex.split(example)
    end = next((at for at, word in enumerate(words) if word in ("<", ">", "|")), len(words))  # the shell's part
    program, name, *arguments = words[:end]
    assert program == "voltui"
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    arguments = [argument if argument != "app.ini" else __file__ for argument in arguments]  # one that exists
    command.make_context(name, arguments)


def test_a_command_that_is_mistyped_is_told_the_nearest() -> None:
    result = CliRunner().invoke(cli, ["restor"])
    assert result.exit_code == 2
    assert "There is no command restor. Is restore meant?" in result.output
