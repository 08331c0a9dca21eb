"""Opening the terminal interface."""

from __future__ import annotations

import os
import sys
import termios
from contextlib import suppress

import click

from voltui.cli.context import CliContext
from voltui.model.errors import Usage

_USUAL_SIZE = (24, 80)
"""Rows and columns of a terminal that does not say."""


def explore(options: CliContext) -> None:
    """Open the explorer. Raises `Usage` where there is no terminal that could show it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage("The explorer needs a terminal.", "`voltui --help` lists the commands that need none.")
    if os.environ.get("TERM", "dumb") == "dumb":
        raise Usage("The explorer can't work on a dumb terminal.", "`voltui --help` lists the commands that can.")
    for name in ("COLUMNS", "LINES"):  # a shell that exports them would fix the size whatever the terminal's is
        os.environ.pop(name, None)
    _settle_size()
    from voltui.engine.adapter import Engine
    from voltui.ui import collecting

    collecting.not_yet()
    engine = Engine(options.settings.endpoint)
    engine.ask_ahead()
    from voltui.ui.app import run

    ended = run(options.settings, engine)
    if ended.words:
        with suppress(OSError):  # the terminal may be what has gone
            click.echo(ended.words)
    if ended.signal:
        raise click.exceptions.Exit(128 + ended.signal)


def _settle_size() -> None:
    """Give a terminal the usual size where it has none: a serial line, or a container's.

    What draws there takes different sizes for it: Textual would lay out again and again, and show nothing.
    """
    with suppress(OSError, termios.error):
        if 0 in os.get_terminal_size(sys.stdout.fileno()):
            termios.tcsetwinsize(sys.stdout.fileno(), _USUAL_SIZE)
