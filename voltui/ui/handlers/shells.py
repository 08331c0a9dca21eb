"""A shell on a volume, on the terminal that the explorer leaves for so long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from voltui.model.graph import NodeKind
from voltui.model.safe import safe
from voltui.model.volume import Volume
from voltui.ui.host import Host
from voltui.ui.screens.confirm import ConfirmScreen
from voltui.ui.screens.menu import Choice, MenuScreen
from voltui.ui.suspended import suspended
from voltui.ui.told import told

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen

_READ, _WRITE = "read", "write"


class Shells:
    """The handler of the shell."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_shell(self) -> None:
        """Ask whether it may write, then open it."""
        node, inventory = self._screen.node, self._screen.state.inventory
        is_volume = inventory is not None and node is not None and node.kind is NodeKind.VOLUME
        ask_shell(self._screen.app, inventory.volumes.get(node.name) if is_volume and inventory and node else None)


def ask_shell(app: Host, volume: Volume | None, folder: bytes = b"") -> None:
    """Open a shell in a folder of a volume, read-only unless that is chosen otherwise and confirmed."""
    if volume is None:
        app.tell("Only on a volume a shell can be opened.", warning=True)
        return
    if app.store.state.read_only:
        app.tell("VolTUI is read-only here: it makes no helper.", warning=True)
        return
    asked = volume

    def chosen(access: str | None) -> None:
        if access == _READ:
            _open(app, asked, folder, writable=False)
        elif access == _WRITE:
            _confirm(app, asked, folder)

    choices = [
        Choice(_READ, "Read-only", "", "nothing in the volume can be changed"),
        Choice(_WRITE, "Read-write", "", "asks once more"),
    ]
    app.push_screen(MenuScreen(f"A shell on {_name(app, volume)}", choices), chosen)


def _name(app: Host, volume: Volume) -> str:
    inventory = app.store.state.inventory
    return safe(inventory.display_name(volume) if inventory else volume.name)


def _confirm(app: Host, volume: Volume, folder: bytes) -> None:
    from voltui.jobs.shell import refusal_to_write, users_sentence

    if refusal := refusal_to_write(volume, named=False):
        app.tell_error(refusal)
        return
    inventory = app.store.state.inventory
    facts = [users_sentence(inventory, volume)] if inventory else []
    facts += ["They go on, and see at once what is changed.", "What is changed or deleted there can't be undone."]

    def decided(yes: bool | None) -> None:
        if yes:
            _open(app, volume, folder, writable=True)

    app.push_screen(ConfirmScreen(f"A shell that may change {_name(app, volume)}?", facts, "Open it"), decided)


def _open(app: Host, volume: Volume, folder: bytes, *, writable: bool) -> None:
    """Leave the terminal to the shell until it ends."""
    app.clear_notifications()
    try:
        with told(app, f"The shell on {_name(app, volume)} ended"):
            suspended(app, lambda: _in_thread(lambda: _run(app, volume, folder, writable=writable)))
    except SuspendNotSupported:
        app.tell(f"There is no terminal for it here. `voltui shell {safe(volume.name)}` opens one.", warning=True)


def _in_thread(work: Callable[[], object]) -> None:
    """Wait for work that has a loop of its own, which is not ours."""
    with ThreadPoolExecutor(1, "shell") as pool:
        pool.submit(work).result()


def _run(app: Host, volume: Volume, folder: bytes, *, writable: bool) -> None:
    """The shell, from its first to its last byte. Raises `VoltuiError` where there was none."""
    from voltui.engine.adapter import Engine
    from voltui.jobs.shell import open_shell

    async def shell() -> None:
        engine = Engine(app.settings.endpoint)
        try:
            told = lambda said: print(f"{said}\n")  # noqa: E731, T201 - the terminal is the shell's
            await open_shell(engine, app.settings, volume, writable=writable, told=told, folder=folder)
        finally:
            engine.close()

    asyncio.run(shell())
