"""Private copies for editors: what is left of them is for its user for some days, and goes then."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from voltui.jobs.edit import private_copy
from voltui.store.files import locked_directory


def test_copies_that_nobody_uses_go_when_they_are_old(tmp_path: Path) -> None:
    root = tmp_path / "edit"
    old, used, fresh = (private_copy(root, b"app.conf", b"x") for _ in range(3))
    for file in (old, used):
        os.utime(file, (5, 5))
        os.utime(file.parent, (5, 5))
    with locked_directory(used.parent):
        last = private_copy(root, b"app.conf", b"y")
    assert not old.parent.exists()
    assert all(file.exists() for file in (used, fresh, last))
    assert stat.S_IMODE(last.stat().st_mode) == 0o600
    assert stat.S_IMODE(last.parent.stat().st_mode) == stat.S_IMODE(root.stat().st_mode) == 0o700
