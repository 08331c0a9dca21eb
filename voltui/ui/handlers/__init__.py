"""What the actions of the registry do, each the method ``do_<id>`` of one of the classes in this package.

A module is loaded when a key needs it, or when the first list stands: with the jobs that they start, all of them would
take a fifth of the time to the first screen (measured).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence

from textual.screen import Screen

MODULES = (
    "moves", "finding", "menus", "operations", "looking", "sharing", "volumes", "walks", "export", "engines", "removal",
    "shells",
)  # fmt: skip
"""Each has a class of its name; what loads least comes first."""


FILE_MODULES = ("tree", "menus", "files", "editing")
"""Those of a tree of files; the first that has an action does it."""


def load(modules: Sequence[str] = MODULES) -> list[type]:
    """All classes of handlers; for a thread, since it takes a while."""
    return [_class(name) for name in modules]


def _class(name: str) -> type:
    found: type = getattr(importlib.import_module(f"{__name__}.{name}"), name.capitalize())
    return found


class Handlers:
    """The handlers of a screen."""

    def __init__(self, screen: Screen[None], modules: Sequence[str]) -> None:
        self._screen = screen
        self._modules = modules
        self._owners: dict[str, object] = {}

    def do(self, identifier: str) -> None:
        """Do an action. Raises `KeyError` for one without a handler."""
        self._find(f"do_{identifier}")()

    def _find(self, method: str) -> Callable[[], object]:
        for name in self._modules:
            if name not in self._owners:
                self._owners[name] = _class(name)(self._screen)
            found: Callable[[], object] | None = getattr(self._owners[name], method, None)
            if found is not None:
                return found
        raise KeyError(method)
