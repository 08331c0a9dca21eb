"""Volumes come and go: clone, create, remove, clean up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from voltui.jobs.plan import ClonePlan, CreatePlan, RemovePlan
from voltui.jobs.remove import refusal_to_remove
from voltui.model.graph import NodeKind
from voltui.model.safe import safe
from voltui.model.volume_kinds import KINDS
from voltui.ui.actions import VOLUMES
from voltui.ui.screens.ask import AskScreen
from voltui.ui.screens.create import CreateScreen
from voltui.ui.screens.menu import Choice, MenuScreen
from voltui.ui.screens.remove import RemoveScreen

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen


class Volumes:
    """Handlers that make and remove volumes."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_clone(self) -> None:
        """Ask for the new volume's name, then copy."""
        app, node = self._screen.app, self._screen.node
        if node is None or node.kind is not NodeKind.VOLUME:
            app.tell("Only a volume can be cloned.", warning=True)
            return

        def named(name: str | None) -> None:
            if name:
                app.start_job(ClonePlan(app.live.common(), node.name, name))

        hint = "A new volume; writers are paused while it is read, and every byte is read back."
        app.push_screen(AskScreen(f"Clone {safe(node.name)} as", hint, f"{node.name}-copy"), named)

    def do_create(self) -> None:
        """Choose a kind, fill in its form."""
        app = self._screen.app
        kinds = {kind.id: kind for kind in KINDS}

        def decided(plan: CreatePlan | None) -> None:
            if plan is not None:
                app.start_job(plan)

        def chosen(identifier: str | None) -> None:
            if identifier is not None:
                app.push_screen(CreateScreen(app.live.common(), kinds[identifier]), decided)

        choices = [Choice(kind.id, kind.label, "", kind.brief) for kind in KINDS]
        app.push_screen(MenuScreen("A new volume", choices), chosen)

    def do_remove(self) -> None:
        """Show what goes, and ask."""
        screen, node = self._screen, self._screen.node
        if screen.pane.view.id == VOLUMES:
            chosen: Sequence[str] = screen.pane.chosen(screen.state, screen.cursor_key)
        else:
            chosen = [node.name] if node is not None and node.kind is NodeKind.VOLUME else []
        if not chosen:
            screen.app.tell("There is no volume here to remove.", warning=True)
            return
        self._remove(chosen)

    def do_clean_up(self) -> None:
        """Offer all volumes that nothing uses and nobody protects."""
        inventory = self._screen.state.inventory
        unused = [volume.name for volume in inventory.unused() if not volume.protected] if inventory else []
        if not unused:
            self._screen.app.tell("No volume is unused.")
            return
        self._remove(unused)

    def _remove(self, names: Sequence[str]) -> None:
        app, state = self._screen.app, self._screen.state
        if state.inventory is None:
            return
        for name in names:
            if refusal := refusal_to_remove(state.inventory, name, named=False):
                app.tell_error(refusal)
                return

        def decided(plan: RemovePlan | None) -> None:
            if plan is not None:
                app.start_job(plan)
                self._screen.pane.marked = frozenset()

        app.push_screen(RemoveScreen(RemovePlan(app.live.common(), tuple(names)), state), decided)
