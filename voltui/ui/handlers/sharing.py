"""Sharing, and taking back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.jobs.copy_out import split
from voltui.jobs.sharing import check, data_name, shares
from voltui.jobs.unsharing import Leaving, leaving
from voltui.jobs.volume_plans import ImagePlan, SharePlan, UnsharePlan
from voltui.model.container import Container
from voltui.model.errors import VoltuiError
from voltui.model.graph import NodeKind
from voltui.model.inventory import Inventory
from voltui.model.names import check_new_name
from voltui.model.safe import safe
from voltui.model.shared import given
from voltui.model.text import listed
from voltui.ui.actions import VOLUMES
from voltui.ui.screens.ask import AskScreen
from voltui.ui.screens.confirm import ConfirmScreen
from voltui.ui.screens.menu import Choice, MenuScreen
from voltui.ui.screens.share import ShareScreen

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen


_COPY = "copy"


class Sharing:
    """The handler of ``V``: a volume is shared, from a container data is taken back."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_share(self) -> None:
        """Share the volumes; of a container, offer what can be taken back."""
        screen, node, inventory = self._screen, self._screen.node, self._screen.state.inventory
        if screen.pane.view.id == VOLUMES and inventory is not None and screen.chosen:
            self._screen.app.plan(self._share(inventory, screen.chosen))
        elif node is None or inventory is None:
            screen.app.tell("There is nothing here to share.", warning=True)
        elif node.kind is NodeKind.VOLUME:
            self._screen.app.plan(self._share(inventory, [node.name]))
        elif node.kind is NodeKind.CONTAINER and node.name in inventory.containers:
            self._screen.app.plan(self._offer(inventory, inventory.containers[node.name]))
        else:
            screen.app.tell("Only volumes can be shared.", warning=True)

    async def _share(self, inventory: Inventory, volumes: list[str]) -> None:
        """Ask with whom, and how."""
        app = self._screen.app
        try:
            details = await app.live.engine.details(inventory.containers)
            plan = SharePlan(app.live.common(), shares(volumes, ()), data_name(volumes))
        except VoltuiError as error:
            app.tell_error(error)
            return

        def decided(chosen: SharePlan | ImagePlan | None) -> None:
            if chosen is not None:
                app.start_job(chosen)

        app.push_screen(ShareScreen(plan, inventory, details), decided)

    async def _offer(self, inventory: Inventory, container: Container) -> None:
        """What can be taken back from a container, or the container itself where it only holds data."""
        app = self._screen.app
        try:
            detail = await app.live.engine.container(container.id)
        except VoltuiError as error:
            app.tell_error(error)
            return
        choices = _choices(inventory, container, detail.volumes_from)

        def chosen(what: str | None) -> None:
            if what == _COPY:
                self._copy_out(container)
            elif what:
                kind, _, name = what.partition(":")
                takers = () if kind == "remove" else (container.name,)
                self._screen.app.plan(self._take_back(name, takers))

        app.push_screen(MenuScreen(f"Data of {safe(container.name)}", choices), chosen)

    def _copy_out(self, container: Container) -> None:
        """Ask for a directory of the container's own files and a name, and make a volume of it."""
        app = self._screen.app

        def read(text: str) -> tuple[str, str]:
            path, _, volume = text.partition(" ")
            reference, name = f"{container.name}:{path}", volume.strip()
            split(reference)
            check_new_name("volume", name)
            return reference, name

        def named(text: str | None) -> None:
            if text:
                reference, name = read(text)
                app.start_job(SharePlan(app.live.common(), shares([name], []), copy_from=reference))

        hint = "A directory of its own files, a blank, and the name of the new volume."
        proposed = f"/data {container.name}-data"
        app.push_screen(AskScreen(f"Copy out of {safe(container.name)}", hint, proposed, check=read), named)

    async def _take_back(self, name: str, takers: tuple[str, ...]) -> None:
        """Show what that does, ask, do it."""
        app = self._screen.app
        try:
            found = await leaving(app.live.engine, await app.live.engine.inventory(), name, takers)
            check(found.takers, lose=True)
        except VoltuiError as error:
            app.tell_error(error)
            return

        def decided(yes: bool | None) -> None:
            if yes:
                app.start_job(UnsharePlan(app.live.common(), name, takers, lose=True))

        app.push_screen(ConfirmScreen(_question(found), _facts(found), "Take back" if takers else "Remove"), decided)


def _choices(inventory: Inventory, container: Container, volumes_from: tuple[str, ...]) -> list[Choice]:
    containers = inventory.containers.values()
    givers = [next((one.name for one in containers if one.answers_to(taken)), taken) for taken in volumes_from]
    found = [Choice(f"data:{giver}", "Take back", "", f"the mounts of {safe(giver)}") for giver in givers]
    direct: dict[str, list[str]] = {}
    for one in given(container):
        if not one.data:
            direct.setdefault(one.volume, []).append(safe(one.at))
    for volume, places in direct.items():
        found.append(Choice(f"volume:{volume}", "Take back", "", f"the volume {safe(volume)} at {listed(places)}"))
    if not container.data_container:
        found.append(Choice(_COPY, "Copy out", "", "a directory of its own files into a new volume"))
    else:
        found.append(Choice(f"remove:{container.name}", "Remove", "", "this data container; its volumes stay"))
    return found


def _question(found: Leaving) -> str:
    if not found.takers:
        return f"Remove the data container {safe(found.name)}?"
    return f"Make {listed([taker.name for taker in found.takers])} anew without {safe(found.name)}?"


def _facts(found: Leaving) -> list[str]:
    if not found.takers:
        names = listed([safe(one.name) for one in found.dependents])
        kept = [f"{names} took its mounts, and keeps them until made anew."] if names else []
        return [*kept, "Its volumes stay."]
    return [sentence for taker in found.takers for sentence in (taker.loss, *taker.notices) if sentence]
