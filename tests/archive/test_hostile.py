"""Hostile input: whatever the bytes are, reading them ends, in an error of ours or in entries, and within bounds."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voltui.archive.entry import Entry
from voltui.archive.guard import LooseGuard
from voltui.archive.reader import TarReader
from voltui.archive.zstd import ZstdCompressor
from voltui.model.errors import Damaged

_LIMIT = 150
"""MiB a worker may take."""


def sample() -> bytes:
    """One member of every kind, with extended headers, a long name and a sparse file's map."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind in (
            ("./", tarfile.DIRTYPE), ("./file", tarfile.REGTYPE), ("./link", tarfile.LNKTYPE),
            ("./symlink", tarfile.SYMTYPE), ("./fifo", tarfile.FIFOTYPE), ("./" + "long" * 60, tarfile.REGTYPE),
        ):  # fmt: skip
            member = tarfile.TarInfo(name)
            member.type, member.mtime = kind, 1.5
            if kind == tarfile.REGTYPE:
                member.size = 700
                member.pax_headers = {"SCHILY.xattr.user.a": "value"}
            if kind in (tarfile.LNKTYPE, tarfile.SYMTYPE):
                member.linkname = "./file"
            tar.addfile(member, io.BytesIO(bytes(range(256)) * 3) if kind == tarfile.REGTYPE else None)
    return buffer.getvalue()


SAMPLE = sample()
_edits = st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.binary(min_size=1, max_size=12)), max_size=6)
_cuts = st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, len(SAMPLE)), st.integers(0, 3))


def read(data: bytes) -> list[Entry]:
    entries: list[Entry] = []
    guard = LooseGuard()

    def take(entry: Entry) -> None:
        guard.check(entry)
        entries.append(entry)

    reader = TarReader(take, root=None, checksums=False)
    for at in range(0, len(data) - len(data) % 512, 1536):
        reader.feed(memoryview(data)[at : min(at + 1536, len(data) - len(data) % 512)])
    reader.close()
    return entries


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=_edits, cut=_cuts)
def test_any_archive_is_read_to_its_end_or_refused(edits: list[tuple[int, bytes]], cut: tuple[int, int, int]) -> None:
    data = bytearray(SAMPLE)
    for at, piece in edits:
        data[at : at + len(piece)] = piece
    first, second, times = cut
    start, end = min(first, second) // 512 * 512, max(first, second) // 512 * 512
    mutated = bytes(data[:start]) + bytes(data[start:end]) * times + bytes(data[end:])
    try:
        entries = read(mutated)
    except Damaged as damaged:
        assert "\x1b" not in damaged.sentence
        return
    for entry in entries:
        parts = entry.path.split(b"/")
        assert not entry.path.startswith(b"/")
        assert entry.path == b"." or not {b"", b".", b".."} & set(parts)


@settings(max_examples=500, deadline=None)
@given(data=st.binary(max_size=4096))
def test_noise_is_refused(data: bytes) -> None:
    try:
        entries = read(data)
    except Damaged:
        return
    assert entries == []


def test_a_bomb_takes_time_but_no_memory(tmp_path: Path) -> None:
    """Two gigabytes of zeros in a member, in a quarter of a megabyte of zstd."""
    header = io.BytesIO()
    with tarfile.open(fileobj=header, mode="w") as tar:
        member = tarfile.TarInfo("zeros")
        member.size = 2 << 30
        tar.addfile(member)
    compressor = ZstdCompressor()
    bomb = tmp_path / "bomb.tar.zst"
    with bomb.open("wb") as file:
        file.write(compressor.compress(header.getvalue()[:512]))
        for _ in range(2048):
            file.write(compressor.compress(bytes(1 << 20)))
        file.write(compressor.compress(bytes(10240)))
        file.write(compressor.flush())
    assert bomb.stat().st_size < 1_000_000
    script = (
        "import resource, sys; from pathlib import Path; from voltui.archive.foreign import survey\n"
        "found = survey(Path(sys.argv[1]), 'bomb'); assert found.size == 2 << 30\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(bomb)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < _LIMIT
