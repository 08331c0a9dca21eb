"""Files that are named on the command line are looked at before an engine is asked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from voltui.cli.given import archive_given, source_given
from voltui.model.errors import NotFound, Usage


def test_an_archive_is_a_regular_file(tmp_path: Path) -> None:
    (tmp_path / "data.tar").write_bytes(b"x")
    assert archive_given(tmp_path / "data.tar") == tmp_path / "data.tar"
    with pytest.raises(Usage, match="is a directory, no archive"):
        archive_given(tmp_path)
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(Usage, match="is no regular file") as refused:
        archive_given(tmp_path / "fifo")
    assert f"voltui import - < {tmp_path / 'fifo'}" in refused.value.hint
    with pytest.raises(NotFound, match=r"no file .*missing\.tar"):
        archive_given(tmp_path / "missing.tar")


def test_what_is_put_somewhere_is_there(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to("nowhere")
    assert source_given(tmp_path / "dangling") == os.fsencode(tmp_path / "dangling")
    with pytest.raises(NotFound, match=r"no .*missing on this machine"):
        source_given(tmp_path / "missing")
