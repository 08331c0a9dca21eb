"""Names that engines take for new volumes and containers."""

from __future__ import annotations

import re

from voltui.model.errors import Usage
from voltui.model.safe import safe

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")


def check_new_name(what: str, name: str) -> None:
    """Raise `Usage` for what no engine takes as the name of a new ``what``: before anything is done, not after."""
    if not _NAME.fullmatch(name):
        raise Usage(
            f"{safe(name) or 'An empty text'} is no name for a {what}.",
            "Two letters or more: a-z, A-Z, 0-9, and then also _ . -",
        )
