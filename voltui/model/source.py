"""What can be backed up: a volume, or a path on the engine's host."""

from __future__ import annotations

import posixpath
from typing import Literal

from msgspec import Struct

from voltui.model.errors import Usage
from voltui.model.safe import safe
from voltui.model.volume import ANONYMOUS_NAME

SourceKind = Literal["volume", "path", "file"]

SHORT = 12
"""Digits that an anonymous volume's name is shown with, as docker shortens ids."""


class Source(Struct, frozen=True, order=True):
    """A volume by name, or a bind mount's source by its absolute path on the engine's host.

    A path is a directory unless it is known to be a file. Names tell volumes and paths apart: volumes have no slash.
    """

    kind: SourceKind
    name: str

    @classmethod
    def parse(cls, text: str) -> Source:
        """An absolute path is a path; anything else is a volume's name. Raises `Usage` for what no engine can name."""
        if any(0xDC80 <= ord(char) <= 0xDCFF for char in text):
            raise Usage(f"{safe(text)} is not UTF-8, and an engine takes no other names.", "Name a directory above it.")
        if text.startswith("/"):
            return cls("path", posixpath.normpath("/" + text.lstrip("/")))
        return cls("volume", text)

    @property
    def words(self) -> str:
        """``volume shop_pgdata``, ``path /srv/media``, ready for a terminal."""
        return f"{self.kind} {safe(self.name)}"

    @property
    def short(self) -> str:
        """Its name, an anonymous volume's shortened as docker shortens ids."""
        return self.name[:SHORT] if ANONYMOUS_NAME.fullmatch(self.name) else self.name

    @property
    def folder(self) -> Source:
        """What has to be mounted to reach it: of a file, the directory it is in."""
        return Source("path", posixpath.dirname(self.name)) if self.kind == "file" else self

    @property
    def only(self) -> str:
        """Of a file, its name in `folder`; else empty: all of it is meant."""
        return posixpath.basename(self.name) if self.kind == "file" else ""
