"""Going to another engine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

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
        now = app.settings.endpoint
        if not any(one.leads_to(now) for one in known):
            known.insert(0, Known("this one", now))
        choices = [
            Choice(str(number), safe(one.label), "here" if one.leads_to(now) else "", one.told)
            for number, one in enumerate(known)
        ]
        here = next(number for number, one in enumerate(known) if one.leads_to(now))

        def chosen(number: str | None) -> None:
            if number is None:
                return
            one = known[int(number)]
            if one.endpoint is not None:
                app.go_to_engine(one.endpoint)
            elif one.error is not None:
                app.tell_error(one.error)

        app.push_screen(MenuScreen("Engines", choices, first=str(here)), chosen)


class Known(NamedTuple):
    """An engine that one can go to, or a context that leads to none."""

    label: str
    endpoint: Endpoint | None
    error: VoltuiError | None = None
    """Why there is no endpoint."""

    def leads_to(self, endpoint: Endpoint) -> bool:
        """Whether it is the same engine."""
        return self.endpoint is not None and _place(self.endpoint) == _place(endpoint)

    @property
    def told(self) -> str:
        """Where it is, and what is wrong as far as that is seen without asking it; safe for a terminal."""
        if self.endpoint is None:
            return self.error.sentence if self.error is not None else ""
        return f"{safe(self.endpoint.host)}{_trouble(self.endpoint)}"


def _place(endpoint: Endpoint) -> tuple[str, object]:
    return endpoint.host, endpoint.tls


def _trouble(endpoint: Endpoint) -> str:
    """Why a socket of this machine will not do."""
    path = Path(endpoint.host.removeprefix("unix://"))
    if not endpoint.host.startswith("unix://"):
        return ""
    if not path.exists():
        return "  no engine runs there"
    return "" if os.access(path, os.W_OK) else "  you may not use it"


def known_engines(used: list[str]) -> list[Known]:
    """What each engine is called, and where it is: of the environment, of docker's contexts, by ssh before; each once.

    Raises `Usage` where the environment names no address.
    """
    found: list[Known] = []
    if os.environ.get("DOCKER_HOST"):
        found.append(Known("DOCKER_HOST", resolve(os.environ["DOCKER_HOST"])))
    for name in context_names():
        try:
            found.append(Known(name, resolve(context=name, environ=_without_host())))
        except VoltuiError as error:
            found.append(Known(name, None, error))
    found += [Known("used before", Endpoint(host)) for host in used if host.startswith("ssh://")]
    once: dict[object, Known] = {}
    for one in found:
        once.setdefault(_place(one.endpoint) if one.endpoint is not None else one.label, one)
    return list(once.values())


def _without_host() -> dict[str, str]:
    """The environment in which a context named outright counts, the default one too."""
    return {name: value for name, value in os.environ.items() if name != "DOCKER_HOST"}
