"""Files of this machine on their way into a volume."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from voltui.archive.gather import find
from voltui.model.errors import Refused


@pytest.mark.parametrize("kind", ["FIFO", "device", "socket", "link to a device"])
def test_what_is_no_file_is_refused_where_it_is_named_and_left_out_below_a_directory(tmp_path: Path, kind: str) -> None:
    (tmp_path / "folder").mkdir()
    odd = tmp_path / "folder" / "odd"
    if kind == "FIFO":
        os.mkfifo(odd)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(odd))
    else:
        odd = Path("/dev/null")
    if kind == "link to a device":
        odd = tmp_path / "link"
        odd.symlink_to("/dev/null")
    with pytest.raises(Refused, match=f"{odd} is a socket, device or FIFO"):
        find([tmp_path, odd])
    found = find([tmp_path / "folder"])
    assert found.left_out == (1 if kind in ("FIFO", "socket") else 0)
