"""Where the style sheets are: beside the package in a checkout, inside it once installed."""

from __future__ import annotations

from pathlib import Path, PurePath

import voltui


def stylesheets() -> list[str | PurePath]:
    """All ``.tcss`` files, in the order of their names."""
    package = Path(voltui.__file__).parent
    folder = next(path for path in (package / "styles", package.parent / "styles") if path.is_dir())
    return [*sorted(folder.glob("*.tcss"))]
