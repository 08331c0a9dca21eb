"""New volumes: clone, create."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.jobs.volume_plans import ClonePlan, CreatePlan, ImportImagePlan
from voltui.model.graph import NodeKind
from voltui.model.safe import safe
from voltui.model.volume_kinds import KINDS
from voltui.ui.screens.ask import AskScreen
from voltui.ui.screens.create import CreateScreen
from voltui.ui.screens.menu import Choice, MenuScreen

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen


_IMAGE = "image"


class Volumes:
    """Handlers that make volumes."""

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
            if identifier == _IMAGE:
                self._import_image()
            elif identifier is not None:
                app.push_screen(CreateScreen(app.live.common(), kinds[identifier]), decided)

        choices = [Choice(kind.id, kind.label, "", kind.brief) for kind in KINDS]
        choices.append(Choice(_IMAGE, "From an image", "", "what a volume was shared as"))
        app.push_screen(MenuScreen("A new volume", choices), chosen)

    def _import_image(self) -> None:
        app = self._screen.app

        def named(text: str | None) -> None:
            image, _, volume = (text or "").partition(" ")
            if image:
                app.start_job(ImportImagePlan(app.live.common(), image, volume.strip()))

        hint = "A local image that holds a volume, a blank, and the name of the new volume."
        app.push_screen(AskScreen("A new volume from the image", hint, ""), named)
