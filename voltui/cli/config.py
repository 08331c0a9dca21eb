"""``voltui config``: what holds, and where it comes from."""

from __future__ import annotations

from typing import Any

import click

from voltui.cli.command import Command
from voltui.cli.context import CliContext, with_options
from voltui.cli.output import print_json, print_table
from voltui.config import Settings
from voltui.model.safe import safe

_OFF = "-"


@click.command(cls=Command)
@with_options
def config(cli: CliContext) -> None:
    """Show the settings that hold, and where each comes from.

    That is a default, a line of the file, a variable or a flag.
    """
    settings = cli.settings
    values = _values(settings)
    if cli.as_json:
        print_json({name: {"value": value, "from": settings.origins[name]} for name, value in values.items()})
        return
    rows = [[name, _shown(value), settings.origins[name]] for name, value in values.items() if name != "keys"]
    rows += [[f"keys.{choice.action}", safe(" ".join(choice.keys)), choice.place] for choice in settings.keys]
    print_table(("SETTING", "VALUE", "FROM"), rows)


def _values(settings: Settings) -> dict[str, Any]:
    from voltui.ui.keymap import keymap  # the registry of keys loads a good deal

    keymap(settings.keys)
    return {
        "engine": settings.endpoint.shown,
        "store": str(settings.store),
        "transport": settings.transport,
        "level": settings.level,
        "idle_timeout": settings.idle_timeout,
        "read_only": settings.read_only,
        "recipients": list(settings.recipients),
        "identities": list(map(str, settings.identities)),
        "passphrase_file": str(settings.passphrase_file or ""),
        "theme": settings.theme,
        "keys": {choice.action: list(choice.keys) for choice in settings.keys},
    }


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return safe(", ".join(value)) or _OFF
    return safe(f"{value:g}" if isinstance(value, float) else str(value)) or _OFF
