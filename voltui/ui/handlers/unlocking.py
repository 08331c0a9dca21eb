"""Asking for what opens encrypted backups, where no key that is named does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from voltui.model.backup import Backup
from voltui.model.errors import VoltuiError
from voltui.model.safe import safe
from voltui.ui.host import Host
from voltui.ui.screens.ask import AskScreen
from voltui.ui.screens.menu import Choice, MenuScreen

_PASSPHRASE, _IDENTITIES = "passphrase", "identities"


def unlocked(app: Host, backups: Sequence[Backup], go: Callable[[], object]) -> None:
    """Do something with backups when all can be opened: at once, or when the user has given what opens them."""
    encrypted = [backup for backup in backups if backup.encrypted]
    if encrypted:
        app.plan(_unlock(app, encrypted, go))
    else:
        go()


async def _unlock(app: Host, encrypted: Sequence[Backup], go: Callable[[], object]) -> None:
    live = app.live
    try:
        locked = await asyncio.to_thread(app.keys.locked, encrypted, live.common(), live.state_directory)
    except VoltuiError as error:
        app.tell_error(error)
        return
    if locked:
        _ask(app, locked[0], lambda: unlocked(app, encrypted, go))
    else:
        go()


def _ask(app: Host, backup: Backup, given: Callable[[], object]) -> None:
    """Ask for what opens one backup; ``given`` is called when it does."""

    def go_on(text: str | None) -> None:
        if text is not None:
            given()

    def chosen(way: str | None) -> None:
        if way is not None:
            (_ask_passphrase if way == _PASSPHRASE else _ask_identities)(app, backup, go_on)

    if not backup.wrapped_key:
        _ask_identities(app, backup, go_on)
        return

    choices = [
        Choice(_PASSPHRASE, "Its passphrase", "", "which is typed unseen"),
        Choice(_IDENTITIES, "An identity file", "", "of age or ssh"),
    ]
    app.push_screen(MenuScreen(f"What opens {safe(backup.id)}", choices), chosen)


def _ask_passphrase(app: Host, backup: Backup, go_on: Callable[[str | None], None]) -> None:
    app.push_screen(
        AskScreen(
            f"The passphrase of {safe(backup.id)}",
            "It is had in memory until VolTUI is left. Opening takes a second.",
            check=lambda phrase: app.keys.give_passphrase(phrase, backup),
            hidden=True,
        ),
        go_on,
    )


def _ask_identities(app: Host, backup: Backup, go_on: Callable[[str | None], None]) -> None:
    app.push_screen(
        AskScreen(
            f"The identity file of {safe(backup.id)}",
            "A file of age's or ssh's secret key. It is used until VolTUI is left.",
            check=lambda file: app.keys.give_identities(file, backup),
            path=True,
        ),
        go_on,
    )
