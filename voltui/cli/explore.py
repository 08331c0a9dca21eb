"""Opening the terminal interface."""

from __future__ import annotations

import os
import sys

import click

from voltui.cli.context import CliContext
from voltui.model.errors import Usage


def explore(options: CliContext) -> None:
    """Open the explorer. Raises `Usage` where there is no terminal that could show it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage("The explorer needs a terminal.", "`voltui --help` lists the commands that need none.")
    if os.environ.get("TERM", "dumb") == "dumb":
        raise Usage("The explorer can't work on a dumb terminal.", "`voltui --help` lists the commands that can.")
    for name in ("COLUMNS", "LINES"):  # a shell that exports them would fix the size whatever the terminal's is
        os.environ.pop(name, None)
    from voltui.engine.adapter import Engine
    from voltui.ui import collecting

    collecting.not_yet()
    engine = Engine(options.settings.endpoint)
    engine.ask_ahead()
    from voltui.ui.app import run

    words = run(options.settings, engine)
    if words:
        click.echo(words)
