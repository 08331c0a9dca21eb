"""Paths as users write them."""

from __future__ import annotations

from pathlib import Path

from voltui.model.errors import Usage
from voltui.model.safe import safe


def absolute(text: str) -> Path:
    """The path, ``~`` and ``~user`` replaced. Raises `Usage` where there is no such user."""
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:
        raise Usage(f"{safe(text)} begins with a user that does not exist.", "Check the path.") from None
