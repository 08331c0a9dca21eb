"""Names that engines take for new volumes and containers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container

from voltui.model.errors import Usage
from voltui.model.safe import safe

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")


def free_name(proposed: str, taken: Container[str]) -> str:
    """The name, or the first of ``name-2``, ``name-3`` and so on that is not taken."""
    numbered = (f"{proposed}-{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([proposed], numbered) if name not in taken)


def check_new_name(what: str, name: str) -> None:
    """Raise `Usage` for what no engine takes as the name of a new ``what``: before anything is done, not after."""
    if not _NAME.fullmatch(name):
        raise Usage(
            f"{safe(name) or 'An empty text'} is no name for a {what}.",
            "Two letters or more: a-z, A-Z, 0-9, and then also _ . -",
        )
