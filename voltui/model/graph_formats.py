"""The formats that the mount graph is written in, by name and by a file's ending."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import PurePath

from msgspec import Struct

from voltui.model import drawing, graph_export
from voltui.model.errors import Usage
from voltui.model.graph import MountGraph
from voltui.model.graph_svg import svg
from voltui.model.safe import safe
from voltui.model.text import listed

WIDTH = 100
"""Cells of a drawing that no terminal limits."""


class Format(Struct, frozen=True):
    """A way to write the graph."""

    ending: str
    """Of a file's name."""
    write: Callable[[MountGraph], str]
    """The whole text, without a line end."""


FORMATS: Mapping[str, Format] = {
    "text": Format(".txt", lambda graph: "\n".join(drawing.draw(graph, WIDTH))),
    "tree": Format(".tree", lambda graph: "\n".join(drawing.tree(graph))),
    "json": Format(".json", lambda graph: json.dumps(graph_export.document(graph), indent=2)),
    "dot": Format(".dot", graph_export.dot),
    "mermaid": Format(".mmd", graph_export.mermaid),
    "svg": Format(".svg", svg),
}


def format_of(path: str) -> Format:
    """The format that a file's ending stands for. Raises `Usage` where it stands for none."""
    ending = PurePath(path).suffix.lower()
    for one in FORMATS.values():
        if one.ending == ending:
            return one
    endings = [one.ending for one in FORMATS.values()]
    raise Usage(
        f"{safe(path)} has no ending that names a format.", f"Let it end in {listed(endings, most=len(endings))}."
    )
