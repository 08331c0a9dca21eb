"""Files of this machine on their way into a volume."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from voltui.archive.gather import Owner, find, gather
from voltui.model.errors import Failed, Refused


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


def test_the_whole_machine_is_refused_also_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/")
    for source in (Path("/"), tmp_path / "link"):
        with pytest.raises(Refused, match="is the whole of this machine"):
            find([source])


def test_a_file_that_is_made_as_it_is_read_is_told_and_never_put_there_empty() -> None:
    class Sink:
        def write(self, data: bytes | memoryview) -> None:
            """Nothing is kept."""

    with pytest.raises(Failed, match=r"/proc/.*/status has a content but no size"):
        gather([(Path("/proc/self/status").absolute(), b"status")], Owner(0, 0), Sink())
