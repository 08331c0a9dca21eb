"""``voltui man`` and ``voltui completion``: made from the commands themselves, so that they can't fall behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

import click
from click.shell_completion import get_completion_class

import voltui
from voltui.cli.command import EXIT_CODES, Command
from voltui.model.errors import Failed

_ENVIRONMENT = (
    ("VOLTUI_CONFIG", "The settings file, in place of ~/.config/voltui/config.toml."),
    ("VOLTUI_STORE, VOLTUI_LEVEL, ...", "Any setting of the file, in capitals; `voltui config` shows what holds."),
    ("DOCKER_HOST, DOCKER_CONTEXT", "The engine, as for the docker command."),
    ("DOCKER_CONFIG, DOCKER_CERT_PATH, DOCKER_TLS_VERIFY", "Contexts and certificates, as for the docker command."),
    ("VISUAL, EDITOR", "What files of volumes are edited with in the explorer."),
    ("XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME", "Where the directories below are, in place of those in ~."),
    ("NO_COLOR", "No colours."),
)
_LABELS = (
    ("voltui.protect=true", "On a volume: its content is replaced, and it is removed, only with --force and its name."),
    ("voltui.backup.pre, voltui.backup.post", "On a container: commands run in it around a backup's standstill."),
    ("voltui.restore.pre, voltui.restore.post", "The same around the exchange of a restore."),
    ("voltui.hook.timeout", "On a container: seconds each of them may take (120); then it is killed."),
)
_FILES = (
    ("~/.config/voltui/config.toml", "Settings."),
    ("~/.local/share/voltui/store", "Backups, unless a setting says otherwise."),
    ("~/.local/state/voltui", "Jobs, their log, what the explorer remembers."),
)


@click.command()
def man() -> None:
    """Print the manual page: voltui man | man -l -"""
    root = click.get_current_context().find_root()
    assert isinstance(root.command, click.Group)
    click.echo("\n".join(page(root.command)))


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    bash: eval "$(voltui completion bash)" in ~/.bashrc; zsh likewise in ~/.zshrc; fish: voltui completion fish >
    ~/.config/fish/completions/voltui.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    try:
        click.echo(kind(click.get_current_context().find_root().command, {}, "voltui", "_VOLTUI_COMPLETE").source())
    except (OSError, RuntimeError) as error:
        raise Failed(
            f"The completion of {shell} can't be made: {error}.", f"It needs {shell} to be installed."
        ) from error


def page(group: click.Group) -> Iterator[str]:
    """The lines of the manual page, in troff's man macros, of a command with commands."""
    context = click.Context(group, info_name="voltui")
    yield f'.TH VOLTUI 1 "" "VolTUI {voltui.__version__}" "User Commands"'
    yield from (".SH NAME", r"voltui \- a terminal explorer for container data")
    yield from (".SH SYNOPSIS", r".B voltui", _text("[OPTIONS] [COMMAND] [ARGUMENTS]"))
    yield from (".SH DESCRIPTION", *_paragraphs(group.help or ""))
    yield from (".SH OPTIONS", "All commands that ask an engine or the store take these.", *_options(group, context))
    yield ".SH COMMANDS"
    shared = {name for parameter in group.params for name in parameter.opts}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        usage = " ".join([name, *command.collect_usage_pieces(inner)[1:]])
        yield f'.SS "{_text(usage)}"'
        yield from _paragraphs(command.help or "")
        yield from _options(command, inner, leave_out=shared)
        if isinstance(command, Command) and command.examples:
            yield from (".PP", "Examples:", *_listed(command.examples))
    yield from (".SH EXIT STATUS", *_listed(EXIT_CODES))
    yield from (".SH ENVIRONMENT", *_listed(_ENVIRONMENT))
    yield from (".SH LABELS", "Containers and volumes may have these.", *_listed(_LABELS))
    yield from (".SH FILES", *_listed(_FILES))
    yield from (".SH SEE ALSO", r".BR docker (1),", r".BR age (1),", r".BR tar (1)")


def _options(command: click.Command, context: click.Context, leave_out: Set[str] = frozenset()) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None and leave_out.isdisjoint(parameter.opts) and "--help" not in parameter.opts:
            yield from _listed((record,))


def _listed(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    for term, said in pairs:
        yield from (".TP", f".B {_text(term)}", _text(said))


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        yield from (".PP", _text(" ".join(paragraph.split())))


def _text(text: str) -> str:
    """Plain text for troff: nothing in it is a request, and every sign is one that its devices have."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    portable = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in escaped)
    return rf"\&{portable}" if portable.startswith((".", "'")) else portable
