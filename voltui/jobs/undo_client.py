"""How steps that change files of this machine are undone. Each may be done twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from voltui.store.client_files import moved_back, remove_empty, remove_tree

FILES = "files"
CLIENT_FOLDER, CLIENT_FILES = "client-folder", "client-files"


def _files(data: Mapping[str, Any]) -> None:
    for path in data["paths"]:
        Path(path).unlink(missing_ok=True)


def _client_folder(data: Mapping[str, Any]) -> None:
    remove_tree(Path(data["folder"]))
    remove_empty(map(Path, data["made"]))


def _client_files(data: Mapping[str, Any]) -> None:
    for old, new in reversed(data["moves"]):
        moved_back(Path(old), Path(new))


UNDO: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
    FILES: _files,
    CLIENT_FOLDER: _client_folder,
    CLIENT_FILES: _client_files,
}
