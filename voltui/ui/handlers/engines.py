"""Going to another engine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from voltui.engine.endpoint import Endpoint, context_names, resolve
from voltui.model.errors import VoltuiError
from voltui.model.safe import safe
from voltui.ui.screens.menu import Choice, MenuScreen

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen


class Engines:
    """The handler that leaves one engine for another."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_engines(self) -> None:
        """Choose among the engines that are known here."""
        app = self._screen.app
        try:
            known = known_engines(app.memory.hosts())
        except VoltuiError as error:
            app.tell_error(error)
            return
        choices = []
        for number, (label, endpoint) in enumerate(known):
            here = (endpoint.host, endpoint.tls) == (app.settings.endpoint.host, app.settings.endpoint.tls)
            choices.append(Choice(str(number), safe(label), "here" if here else "", safe(endpoint.host)))

        def chosen(number: str | None) -> None:
            if number is not None:
                app.go_to_engine(known[int(number)][1])

        app.push_screen(MenuScreen("Engines", choices), chosen)


def known_engines(used: list[str]) -> list[tuple[str, Endpoint]]:
    """A word for each engine, and where it is: of the environment, of docker's contexts, by ssh before; each once.

    A context that can't be read is left out. Raises `Usage` where the environment names no address.
    """
    found: list[tuple[str, Endpoint]] = []
    if os.environ.get("DOCKER_HOST"):
        found.append(("DOCKER_HOST", resolve(os.environ["DOCKER_HOST"])))
    for name in context_names():
        try:
            found.append((name, resolve(context=name, environ=_without_host())))
        except VoltuiError:
            continue
    found += [("used before", Endpoint(host)) for host in used if host.startswith("ssh://")]
    once: dict[tuple[str, object], tuple[str, Endpoint]] = {}
    for label, endpoint in found:
        once.setdefault((endpoint.host, endpoint.tls), (label, endpoint))
    return list(once.values())


def _without_host() -> dict[str, str]:
    """The environment in which a context named outright counts, the default one too."""
    return {name: value for name, value in os.environ.items() if name != "DOCKER_HOST"}
