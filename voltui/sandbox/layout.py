"""Where things are in a sandbox's directory."""

from __future__ import annotations

import os
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from msgspec import Struct

from voltui.store.files import locked_file

_PREFIX = "voltui-sandbox-"
_OF_ANOTHER_ENGINE = (
    "VOLTUI_HOST", "VOLTUI_CONTEXT", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH",
)  # fmt: skip


class Layout(Struct, frozen=True):
    """The files and folders of one sandbox."""

    root: Path

    @classmethod
    def create(cls) -> Layout:
        """A new, empty, private directory."""
        return cls(Path(tempfile.mkdtemp(prefix=_PREFIX)))

    @property
    def socket(self) -> Path:
        """The engine's socket."""
        return self.root / "docker.sock"

    @property
    def host(self) -> str:
        """The engine's address."""
        return f"unix://{self.socket}"

    @property
    def log(self) -> Path:
        """What the daemons had to say."""
        return self.root / "log"

    @property
    def binds(self) -> Path:
        """Host directories for the samples' bind mounts."""
        return self.root / "host"

    def environment(self) -> dict[str, str]:
        """The environment for the command: its engine, and a store and state of its own."""
        kept = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_ENGINE}
        own = {
            "DOCKER_HOST": self.host,
            "VOLTUI_STORE": str(self.root / "store"),
            "XDG_STATE_HOME": str(self.root / "state"),
            "VOLTUI_SANDBOX": str(self.root),
        }
        return {**kept, **own}

    def lock(self) -> AbstractContextManager[bool]:
        """Hold the keeper's lock if it is free; yields whether it was."""
        return locked_file(self.root / "lock")


def abandoned() -> list[Layout]:
    """The sandboxes of this user whose keeper is gone."""
    found = []
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if path.is_dir() and path.stat().st_uid == os.getuid() and (path / "lock").exists():
            layout = Layout(path)
            with layout.lock() as free:
                if free:
                    found.append(layout)
    return found
