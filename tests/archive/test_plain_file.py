"""The quick way for plain files finds in every archive, whole or altered, what the long way finds."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive.test_reader import gnu_tar
from voltui.archive.entry import Entry
from voltui.archive.member import Member
from voltui.archive.plain_file import plain_file
from voltui.archive.reader import Sink, TarReader
from voltui.archive.tar import BLOCK, END_OF_ARCHIVE, encode_member, pax_record
from voltui.model.errors import Damaged

Found = tuple[list[Entry], str]


class Nowhere:
    """Who takes members while they pass wants more of them than the quick way finds."""

    def begin(self, member: Member) -> None: ...

    def data(self, piece: memoryview) -> None: ...

    def end(self) -> None: ...


def read(data: bytes, sink: Sink | None = None) -> Found:
    """The entries, and the sentence of what is wrong."""
    entries: list[Entry] = []
    reader = TarReader(entries.append, sink=sink)
    try:
        reader.feed(data)
        reader.close()
    except Damaged as error:
        return entries, error.sentence
    return entries, ""


def read_the_long_way(data: bytes) -> Found:
    return read(data, Nowhere())


def written(name: bytes, content: bytes, mtime: int, *, mode: int = 0o644, uid: int = 0) -> bytes:
    entry = Entry(name, "file", len(content), mode, uid, uid, mtime)
    return encode_member(entry, len(content)) + content + bytes(-len(content) % BLOCK)


NAMES = st.one_of(
    st.binary(min_size=1, max_size=120).filter(lambda name: b"\0" not in name),
    st.text("./a", min_size=1, max_size=9).map(str.encode),
)
MEMBERS = st.builds(
    written,
    NAMES,
    st.binary(max_size=1_200),
    st.integers(-(10**18), 10**20),
    mode=st.integers(0, 0o7777),
    uid=st.integers(0, 2**32 - 2),
)


@given(st.lists(MEMBERS, max_size=5))
def test_whatever_members_an_archive_has_both_ways_find_the_same(members: list[bytes]) -> None:
    data = b"".join(members) + END_OF_ARCHIVE
    assert read(data) == read_the_long_way(data)


@given(st.lists(MEMBERS, min_size=1, max_size=3), st.data())
def test_whatever_bytes_are_altered_both_ways_find_the_same_and_refuse_alike(
    members: list[bytes], data: st.DataObject
) -> None:
    archive = bytearray(b"".join(members) + END_OF_ARCHIVE)
    for _ in range(data.draw(st.integers(1, 3))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    assert read(bytes(archive)) == read_the_long_way(bytes(archive))


@pytest.mark.parametrize("format_", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_an_extended_header_that_says_more_than_the_time_is_heeded(format_: int) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format_) as archive:
        for name in ("./first", "./" + "d" * 60 + "/" + "e" * 60, "./last"):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = 5, 1_764_000_000
            archive.addfile(info, io.BytesIO(b"hello"))
    data = out.getvalue()
    assert read(data) == read_the_long_way(data)
    assert [entry.path for entry in read(data)[0]][0::2] == [b"first", b"last"]


def test_a_global_header_changes_the_plain_files_after_it() -> None:
    record = pax_record(b"uid", b"77")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"uid": "77"}) as archive:
        archive.addfile(tarfile.TarInfo("./one"))
    assert record in out.getvalue()
    [entry] = read(out.getvalue())[0]
    assert entry.uid == 77


def test_what_gnu_tar_writes_of_a_plain_file_goes_the_quick_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"hello\n")
    data = memoryview(gnu_tar(tmp_path))
    starts = [at for at in range(0, len(data), BLOCK) if plain_file(data, at, len(data)) is not None]
    found = plain_file(data, starts[0], len(data))
    assert found is not None
    assert (found[0].path, found[0].size) == (b"file", 6)
    assert data[found[1] : found[1] + BLOCK] == bytes(BLOCK)
