"""One file out of an archive: its beginning, its hash, what is refused."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest
from blake3 import blake3

from voltui.archive.read_one import read_one
from voltui.archive.zstd import small_compressor
from voltui.model.backup import Part
from voltui.model.errors import Cancelled, Damaged, NotFound


def archive_of(tmp_path: Path, files: dict[str, bytes]) -> tuple[Path, Part]:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as made:
        root = tarfile.TarInfo("./")
        root.type = tarfile.DIRTYPE
        made.addfile(root)
        for name, content in files.items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(content)
            made.addfile(entry, io.BytesIO(content))
    compressor = small_compressor()
    data = compressor.compress(tar.getvalue()) + compressor.flush()
    path = tmp_path / "a.tar.zst"
    path.write_bytes(data)
    return path, Part(len(data), blake3(data).hexdigest())


def test_a_file_is_picked_by_its_path(tmp_path: Path) -> None:
    large = os.urandom(3_000_000)
    path, part = archive_of(tmp_path, {"first": b"one", "large": large, "last": b"two"})
    assert read_one(path, part, b"last", 100) == (b"two", blake3(b"two").hexdigest())
    assert read_one(path, part, b"large", 100) == (large[:100], "")
    assert read_one(path, part, b"large", 100, start=50_001) == (large[50_001:50_101], "")
    assert read_one(path, part, b"large", 100, start=len(large) - 9) == (large[-9:], blake3(large).hexdigest())
    assert read_one(path, part, b"large", len(large)) == (large, blake3(large).hexdigest())
    with pytest.raises(NotFound):
        read_one(path, part, b"none", 100)

    def stop(stored: int, entries: int) -> None:
        raise Cancelled("Nobody looks any more.")

    with pytest.raises(Cancelled):
        read_one(path, part, b"last", 100, progress=stop)
    path.write_bytes(path.read_bytes()[:1_000_000])
    assert read_one(path, part, b"first", 100)[0] == b"one"
    with pytest.raises(Damaged, match="before last"):
        read_one(path, part, b"last", 100)
