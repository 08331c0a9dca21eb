"""The strict tar reader takes what real tars write, and nothing that is cut, altered or hostile."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from blake3 import blake3

from voltui.archive.entry import Entry, index_line, parse_index_line
from voltui.archive.guard import LooseGuard, TreeGuard
from voltui.archive.reader import TarReader
from voltui.archive.tar import END_OF_ARCHIVE, encode_member, nanoseconds, parse_pax, pax_record
from voltui.model.errors import Damaged

GNU_FLAGS = ["--format=posix", "--pax-option=delete=atime,delete=ctime", "--xattrs", "--xattrs-include=*", "--sparse"]


def read(data: bytes, *, piece: int = 1 << 20, root: bytes | None = b"./", checksums: bool = True) -> list[Entry]:
    entries: list[Entry] = []
    reader = TarReader(entries.append, root=root, checksums=checksums)
    for at in range(0, len(data), piece):
        reader.feed(data[at : at + piece])
    reader.close()
    return entries


def gnu_tar(folder: Path, *flags: str) -> bytes:
    command = ["tar", *(flags or GNU_FLAGS), "--numeric-owner", "-cf", "-", "-C", str(folder), "."]
    return subprocess.run(command, check=True, capture_output=True, env={**os.environ, "LC_ALL": "C"}).stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """One of each kind that needs no privilege, with names and sizes that hurt."""
    root = tmp_path / "tree"
    (root / "deep" / ("d" * 120) / ("e" * 120)).mkdir(parents=True)
    (root / "plain").write_bytes(b"hello\n")
    (root / "empty").touch()
    (root / "block").write_bytes(bytes(range(256)) * 2)
    (root / "big").write_bytes(os.urandom(3_000_000))
    (root / "deep" / ("d" * 120) / ("e" * 120) / "leaf").write_bytes(b"x")
    (root / "new\nline").write_bytes(b"1")
    (root / "\x1b[31mred").write_bytes(b"2")
    Path(os.fsdecode(os.fsencode(root) + b"/not-utf8-\xff\xfe")).write_bytes(b"3")
    (root / "to-outside").symlink_to("../../etc/passwd")
    (root / "long-link").symlink_to("t" * 200)
    os.link(root / "plain", root / "same")
    os.mkfifo(root / "fifo")
    with (root / "sparse").open("wb") as file:
        file.truncate(50_000_000)
        file.seek(10_000_000)
        file.write(b"island")
    os.utime(root / "plain", ns=(0, 1_234_567_890_123_456_789))
    os.utime(root / "empty", ns=(0, -1_500_000_000))
    return root


def by_path(entries: list[Entry]) -> dict[bytes, Entry]:
    return {entry.path: entry for entry in entries}


@pytest.mark.parametrize("piece", [512, 5 * 512, 1 << 20])
def test_reads_what_gnu_tar_writes_whatever_the_pieces(tree: Path, piece: int) -> None:
    entries = by_path(read(gnu_tar(tree), piece=piece))

    on_disk = {os.fsencode(path.relative_to(tree)) for path in tree.rglob("*")} | {b"."}
    assert set(entries) == on_disk
    assert entries[b"plain"].hash or entries[b"same"].hash
    assert entries[b"big"].hash == blake3((tree / "big").read_bytes()).hexdigest()
    assert entries[b"block"].size == 512
    assert entries[b"empty"].mtime == -1_500_000_000
    assert {entries[b"plain"].mtime, entries[b"same"].mtime} >= {1_234_567_890_123_456_789}
    assert entries[b"to-outside"].link == b"../../etc/passwd"
    assert entries[b"long-link"].link == b"t" * 200
    assert entries[b"fifo"].type == "fifo"
    assert entries[b"sparse"].sparse
    assert entries[b"sparse"].size == 50_000_000
    assert {entries[b"plain"].type, entries[b"same"].type} == {"file", "link"}


def test_reading_is_the_same_for_every_piece_size(tree: Path) -> None:
    data = gnu_tar(tree)
    assert read(data, piece=512) == read(data, piece=1536) == read(data)


@pytest.mark.parametrize(
    "flags",
    [["--format=gnu"], ["--format=gnu", "--sparse"], ["--format=posix", "--sparse", "--sparse-version=0.0"],
     ["--format=posix", "--sparse", "--sparse-version=0.1"], ["--format=oldgnu", "--sparse"]],
    ids=" ".join,
)  # fmt: skip
def test_reads_the_other_formats_of_gnu_tar(tree: Path, flags: list[str]) -> None:
    entries = by_path(read(gnu_tar(tree, *flags)))

    assert set(entries) == {os.fsencode(path.relative_to(tree)) for path in tree.rglob("*")} | {b"."}
    assert entries[b"sparse"].size == 50_000_000
    assert entries[b"long-link"].link == b"t" * 200


def test_an_old_sparse_map_of_many_pieces_is_read_whole(tmp_path: Path) -> None:
    with (tmp_path / "holes").open("wb") as file:
        for piece in range(60):
            file.seek(piece * 1_000_000)
            file.write(b"data")
    entries = by_path(read(gnu_tar(tmp_path, "--format=gnu", "--sparse"), piece=512))
    assert entries[b"holes"].size == 59_000_004


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_reads_what_pythons_tarfile_writes(tmp_path: Path, form: int) -> None:
    (tmp_path / ("n" * 90)).mkdir()
    (tmp_path / ("n" * 90) / ("m" * 90)).write_bytes(b"deep")
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=form) as tar:
        tar.add(tmp_path, ".")
    entries = by_path(read(data.getvalue()))
    assert entries[b"n" * 90 + b"/" + b"m" * 90].size == 4


def test_index_lines_carry_every_field_there_and_back(tree: Path) -> None:
    for entry in read(gnu_tar(tree)):
        assert parse_index_line(index_line(entry)) == entry


def test_an_archive_cut_anywhere_is_damaged(tree: Path) -> None:
    data = gnu_tar(tree, *GNU_FLAGS, "--blocking-factor=1")
    for at in range(512, len(data) - 512, 512 * 97):
        with pytest.raises(Damaged, match="cut"):
            read(data[:at])
    with pytest.raises(Damaged, match="end mark is missing"):
        read(data.rstrip(b"\0").ljust(len(data) - 1024, b"\0"))


def test_an_archive_cut_inside_a_block_is_damaged(tree: Path) -> None:
    data = gnu_tar(tree)
    with pytest.raises(Damaged, match="cut"):
        read(data[:700])


@pytest.mark.parametrize("tail", [b"x", b"\0" * 5000 + b"x", b"\0" * 1024 + b"second archive".ljust(512)])
def test_anything_behind_the_end_is_damage(tree: Path, tail: bytes) -> None:
    with pytest.raises(Damaged, match="follows"):
        read(gnu_tar(tree) + tail)


def test_a_lone_zero_block_is_damage(tree: Path) -> None:
    data = gnu_tar(tree)
    with pytest.raises(Damaged, match="lone zero block"):
        read(bytes(512) + data)


def test_a_flipped_bit_in_a_header_is_damage_where_checksums_are_checked(tree: Path) -> None:
    data = bytearray(gnu_tar(tree, "--format=gnu"))
    data[100] ^= 1
    with pytest.raises(Damaged, match="header"):
        read(bytes(data))


def member(path: bytes, kind: str = "file", link: bytes = b"") -> Entry:
    return Entry(path, kind, 0, 0o644, 0, 0, 0, link)


@pytest.mark.parametrize("records", [b"5 a=b", b"99 a=b\n", b"0 a=b\n", b"6 a=bc\n", b"4 =b\n", b"x a=b\n"])
def test_broken_extended_headers_are_damage(records: bytes) -> None:
    with pytest.raises(Damaged):
        parse_pax(records)


def test_extended_records_may_hold_any_bytes() -> None:
    records = {b"SCHILY.xattr.user.a": b"\n=\0 12 x=y\n", b"path": b"\xff" * 97, b"comment": b""}
    assert parse_pax(b"".join(pax_record(*item) for item in records.items())) == records


@pytest.mark.parametrize("text", [b"", b"1e5", b"nan", b"1.5.2", b"--1", b" 1"])
def test_times_that_are_none_are_damage(text: bytes) -> None:
    with pytest.raises(Damaged):
        nanoseconds(text)


def test_a_huge_extended_header_is_refused_before_it_is_read() -> None:
    header = bytearray(encode_member(member(b"a"), 0))
    header[156:157] = b"x"
    header[124:136] = b"77777777777\0"
    with pytest.raises(Damaged, match="extended headers of"):
        read(bytes(header), checksums=False)


def test_a_directory_that_claims_content_is_damage() -> None:
    with pytest.raises(Damaged, match="claims 512 bytes"):
        read(encode_member(member(b"a", "dir"), 512) + bytes(512) + END_OF_ARCHIVE)


def test_paths_outside_of_the_root_are_damage() -> None:
    with pytest.raises(Damaged, match="not below"):
        read(encode_member(member(b"a"), 0, root=b"v/") + END_OF_ARCHIVE)


ROOT_ENTRY = member(b".", "dir")


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([member(b"a")], "outside of its directory"),
        ([ROOT_ENTRY, member(b"a/b")], "outside of its directory"),
        ([ROOT_ENTRY, member(b"..")], "leaves"),
        ([ROOT_ENTRY, member(b"a", "dir"), member(b"a/..")], "leaves"),
        ([ROOT_ENTRY, member(b"/a")], "leaves"),
        ([ROOT_ENTRY, member(b"a"), member(b"a")], "twice"),
        ([ROOT_ENTRY, member(b"l", "symlink", b"/etc"), member(b"l/x")], "outside of its directory"),
        ([ROOT_ENTRY, member(b"a", "dir"), member(b"b"), member(b"a/x")], "outside of its directory"),
        ([ROOT_ENTRY, member(b"h", "link", b"../x")], "links"),
        ([ROOT_ENTRY, member(b"h", "link", b"/etc/passwd")], "links"),
        ([member(b".", "file")], "root"),
        ([ROOT_ENTRY, ROOT_ENTRY], "root"),
    ],
)
def test_our_own_archives_hold_a_tree_in_order_and_nothing_else(entries: list[Entry], why: str) -> None:
    guard = TreeGuard()
    with pytest.raises(Damaged, match=why):
        for entry in entries:
            guard.check(entry)


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([member(b"../a")], "leaves"),
        ([member(b"/etc/passwd")], "leaves"),
        ([member(b"a/../../b")], "leaves"),
        ([member(b"a//b")], "leaves"),
        ([member(b"a"), member(b"a")], "twice"),
        ([member(b"l", "symlink", b"/etc"), member(b"l/x/y")], "no directory"),
        ([member(b"f"), member(b"f/x")], "no directory"),
        ([member(b"h", "link", b"../../x")], "links"),
    ],
)
def test_foreign_archives_may_not_leave_their_root_nor_overwrite(entries: list[Entry], why: str) -> None:
    guard = LooseGuard()
    with pytest.raises(Damaged, match=why):
        for entry in entries:
            guard.check(entry)


def test_a_symlink_that_points_outside_is_data() -> None:
    guard = TreeGuard()
    for entry in (ROOT_ENTRY, member(b"l", "symlink", b"../../etc/passwd"), member(b"m")):
        guard.check(entry)
