"""New volumes: clone, create."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.jobs.clone import refusal_to_clone
from voltui.jobs.volume_plans import ClonePlan, CreatePlan, ImportImagePlan
from voltui.model.errors import Refused
from voltui.model.graph import NodeKind
from voltui.model.names import check_new_name, free_name
from voltui.model.safe import safe
from voltui.model.source import Source
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

        inventory = self._screen.state.inventory
        volumes = inventory.volumes if inventory is not None else {}
        if node.name in volumes and (refusal := refusal_to_clone(volumes[node.name])):
            app.tell_error(refusal)
            return

        def named(name: str | None) -> None:
            if name:
                app.start_job(ClonePlan(app.live.common(), node.name, name))

        hint = "A new volume; writers are paused while it is read, and every byte is read back."
        title = f"Clone {safe(node.name)} as"
        proposed = free_name(f"{Source('volume', node.name).short}-copy", volumes)
        app.push_screen(AskScreen(title, hint, proposed, check=self._check_new), named)

    def _check_new(self, name: str) -> None:
        """Raise `Usage` or `Refused` for what can't be the name of a new volume."""
        check_new_name("volume", name)
        inventory = self._screen.state.inventory
        if inventory is not None and name in inventory.volumes:
            raise Refused(f"A volume {safe(name)} exists already.", "Choose another name.")

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
                app.push_screen(CreateScreen(app.live.common(), kinds[identifier], self._check_new), decided)

        choices = [Choice(kind.id, kind.label, "", kind.brief) for kind in KINDS]
        choices.append(Choice(_IMAGE, "From an image", "", "what a volume was shared as"))
        app.push_screen(MenuScreen("A new volume", choices), chosen)

    def _import_image(self) -> None:
        app = self._screen.app

        def named(text: str | None) -> None:
            image, volume = _image_and_name(text or "")
            if image:
                app.start_job(ImportImagePlan(app.live.common(), image, volume))

        hint = "A local image that holds a volume, a blank, and the name of the new volume."
        check = lambda text: self._check_new(_image_and_name(text)[1])  # noqa: E731
        app.push_screen(AskScreen("A new volume from the image", hint, check=check), named)


def _image_and_name(text: str) -> tuple[str, str]:
    image, _, name = text.partition(" ")
    return image, name.strip()
