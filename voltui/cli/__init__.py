"""The command line. Commands are loaded when they are called: ``voltui --version`` loads no engine and no interface."""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import suppress
from traceback import walk_tb
from typing import Any

import click
from click.shell_completion import shell_complete

import voltui
from voltui.cli.command import EXIT_CODES, refuse_empty
from voltui.cli.context import CliContext, with_options
from voltui.cli.output import print_error
from voltui.model.errors import Cancelled, Failed, Usage, VoltuiError
from voltui.model.safe import safe

_SECTIONS = {
    "Look": {
        "volumes": "listing",
        "containers": "listing",
        "graph": "graph",
        "diff": "diff",
        "shell": "shell",
    },
    "Back up and restore": {
        "backup": "backup",
        "backups": "listing",
        "verify": "verify",
        "restore": "restore",
        "undo": "undo",
        "export": "transfer",
        "import": "transfer",
        "prune": "prune",
    },
    "Files": {
        "files": "files",
        "copy-out": "files",
        "put": "change_files",
        "delete-files": "change_files",
    },
    "Volumes": {
        "create": "volume",
        "clone": "volume",
        "remove": "volume",
        "share": "share",
        "unshare": "share",
        "import-image": "volume",
    },
    "VolTUI itself": {
        "jobs": "jobs",
        "doctor": "doctor",
        "config": "config",
        "sandbox": "sandbox",
        "completion": "manual",
        "man": "manual",
    },
}
"""Each command and the module it is in, in the order and below the headings of the help."""
_COMMANDS = {name: module for commands in _SECTIONS.values() for name, module in commands.items()}


_AROUND = 6
"""Cells that click leaves around the two columns of a list."""
_COMPLETE = "_VOLTUI_COMPLETE"
"""Set by the shell's completion; ``bash_source`` and the like print what the shell has to load."""


class _Commands(click.Group):
    """Finds commands in their modules. Python's keywords get an underscore there: ``import_``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        refuse_empty(self, ctx, args)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], _COMMANDS, 1)
            ctx.fail(f"There is no command {args[0]}." + "".join(f" Is {one} meant?" for one in near))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        widest = max(map(len, _COMMANDS))
        room = formatter.width - widest - _AROUND
        for heading, names in _SECTIONS.items():
            found = ((name, self.get_command(ctx, name)) for name in names)
            rows = [(name.ljust(widest), one.get_short_help_str(room)) for name, one in found if one]
            with formatter.section(heading):
                formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit codes"):
            formatter.write_dl(EXIT_CODES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        loaded = importlib.import_module(f"voltui.cli.{module}")
        command: click.Command = getattr(loaded, "import_" if cmd_name == "import" else cmd_name.replace("-", "_"))
        return command


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(voltui.__version__, prog_name="voltui")
@with_options
def cli(options: CliContext) -> None:
    """See, back up and restore the data of containers.

    Without a command it opens the explorer. `voltui COMMAND --help` tells more of each.
    """
    if click.get_current_context().invoked_subcommand is None:
        from voltui.cli.explore import explore

        explore(options)


def main() -> None:
    """Run the command line: errors are a sentence and an exit code, never a traceback."""
    _open_standard_streams()
    completing = os.environ.get(_COMPLETE)
    sys.exit(shell_complete(cli, {}, "voltui", _COMPLETE, completing) if completing else _run())


def _open_standard_streams() -> None:
    """What the caller has closed leads nowhere, rather than to the next file that is opened."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - for the whole run


def _run() -> int:
    context: click.Context | None = None
    try:
        with cli.make_context("voltui", sys.argv[1:]) as context:
            cli.invoke(context)
        return 0
    except VoltuiError as error:
        return _told(error, context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        return _told(_usage(error), context)
    except (click.Abort, KeyboardInterrupt):
        return _told(Cancelled("It was cancelled."), context)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        what = safe(str(error.filename)) if error.filename else "The output" if _printing(error) else "A file"
        return _told(Failed(f"{what} can't be used: {(error.strerror or str(error)).lower()}."), context)
    except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, no traceback on the terminal
        return _told(_written_down(error), context)


def _usage(error: click.ClickException) -> Usage:
    """What click has to say, in one line; the usage is the hint."""
    sentence = safe(" ".join(error.format_message().split()))
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return Usage(sentence)
    return Usage(sentence, f"{' '.join(error.ctx.get_usage().split())}; {error.ctx.command_path} --help tells more.")


def _printing(error: OSError) -> bool:
    """Whether it came up while something was printed: such an error names no file."""
    return any(frame.f_globals.get("__name__") == click.echo.__module__ for frame, _ in walk_tb(error.__traceback__))


def _told(error: VoltuiError, context: click.Context | None) -> int:
    options: Any = context.find_root().obj if context else None
    with suppress(OSError):  # nobody is there to read it
        print_error(error, as_json=isinstance(options, CliContext) and options.as_json)
    return error.exit_code


def _written_down(fault: Exception) -> Failed:
    from voltui.config import state_directory
    from voltui.store.faults import written_down

    return written_down(fault, state_directory())
