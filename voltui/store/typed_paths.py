"""Paths of this machine while they are typed: what they can become."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from voltui.model.errors import Usage
from voltui.model.paths import absolute
from voltui.model.safe import safe


class Completed(NamedTuple):
    """A path as far as there is one way on, and the names that it can end in."""

    text: str
    names: list[str]


def completed(text: str) -> Completed:
    """What shells make of a path on Tab: a directory ends in a slash, hidden names only where a dot is typed.

    Names that can't be typed are left out; a directory that can't be read has none.
    """
    begun = text.rpartition("/")[2]
    if text == "~" or begun == "..":
        return Completed(f"{text}/", [])
    before = text[: len(text) - len(begun)]
    names = sorted(_names(before, begun))
    return Completed(before + _alike_beginning(names) if names else text, names)


def _alike_beginning(names: Sequence[str]) -> str:
    """What all names begin with: the first and the last of them in order do, then all do."""
    first, last = names[0], names[-1]
    return next((first[:at] for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), first)


def _names(folder: str, begun: str) -> list[str]:
    try:
        with os.scandir(absolute(folder) if folder else Path()) as entries:
            return [
                f"{entry.name}/" if entry.is_dir() else entry.name
                for entry in entries
                if entry.name.startswith(begun)
                and (begun or not entry.name.startswith("."))
                and safe(entry.name) == entry.name
            ]
    except (OSError, ValueError, Usage):
        return []
