"""Packing and unpacking: what goes in comes out, and nothing that was altered passes."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import subprocess
import tarfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from voltui.archive.foreign import rewrite, survey
from voltui.archive.index import IndexWriter, read_index
from voltui.archive.pack import Packed, pack
from voltui.archive.unpack import unpack
from voltui.archive.zstd import ZstdFile
from voltui.model.backup import Part
from voltui.model.errors import Damaged, Failed, NotFound, VoltuiError


class Bytes:
    """A source of tar bytes in uneven pieces, which may fail midway."""

    def __init__(self, data: bytes, *, fail_at: int | None = None) -> None:
        self.data, self.at, self.fail_at = data, 0, fail_at

    def readinto(self, buffer: memoryview) -> int:
        if self.fail_at is not None and self.at >= self.fail_at:
            raise Failed("The engine went away.")
        piece = self.data[self.at : self.at + min(len(buffer), 70_001)]
        buffer[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)


@dataclass
class Archive:
    archive: Path
    index: Path
    packed: Packed

    def unpack(self, sink: io.BytesIO | None = None, root: bytes = b"./") -> None:
        unpack(self.archive, self.index, (self.packed.archive, self.packed.index), sink=sink, root=root)


def make_archive(folder: Path, source: Bytes, root: bytes = b"./") -> Archive:
    archive, index = folder / "a.tar.zst", folder / "a.index.zst"
    with archive.open("wb", buffering=0) as out, index.open("wb") as lines:
        packed = pack(source, out.fileno(), IndexWriter(lines), root=root)
    return Archive(archive, index, packed)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "big").write_bytes(os.urandom(2_500_000))
    (root / "zeros").write_bytes(bytes(3_000_000))
    (root / "link").symlink_to("sub/big")
    os.link(root / "zeros", root / "sub" / "same")
    for number in range(300):
        (root / "sub" / f"{number}").write_bytes(b"%d" % number * number)
    with (root / "sparse").open("wb") as file:
        file.truncate(1_000_000)
        file.seek(500_000)
        file.write(b"island")
    return root


def tar_of(folder: Path, *members: str, flags: tuple[str, ...] = ("--format=posix", "--sparse")) -> bytes:
    command = ["tar", *flags, "-cf", "-", "-C", str(folder), *(members or ["."])]
    return subprocess.run(command, check=True, capture_output=True).stdout


def extract(data: bytes, target: Path) -> None:
    target.mkdir()
    subprocess.run(["tar", "-xpf", "-", "-C", str(target)], input=data, check=True)


def same_tree(one: Path, other: Path) -> bool:
    return subprocess.run(["diff", "-r", "--no-dereference", str(one), str(other)]).returncode == 0


def test_what_was_packed_comes_out_byte_for_byte(tree: Path, tmp_path: Path) -> None:
    data = tar_of(tree)
    archive = make_archive(tmp_path, Bytes(data))
    out = io.BytesIO()
    archive.unpack(out)
    assert out.getvalue() == data
    assert archive.packed.content.stored == len(data)
    assert archive.packed.content.entries == {"dir": 2, "file": 303, "symlink": 1, "link": 1}
    assert archive.packed.archive.size == archive.archive.stat().st_size


def test_the_archive_is_an_ordinary_tar_zst(tree: Path, tmp_path: Path) -> None:
    archive = make_archive(tmp_path, Bytes(tar_of(tree)))
    (tmp_path / "by-hand").mkdir()
    subprocess.run(["tar", "--zstd", "-xf", str(archive.archive), "-C", str(tmp_path / "by-hand")], check=True)
    assert same_tree(tree, tmp_path / "by-hand")


def test_members_below_another_root_are_written_anew(tree: Path, tmp_path: Path) -> None:
    renamed = tar_of(tree, ".", flags=("--format=posix", "--sparse", "--transform=flags=rh;s,^[.],v,"))
    archive = make_archive(tmp_path, Bytes(renamed), root=b"v/")
    out = io.BytesIO()
    archive.unpack(out)
    extract(out.getvalue(), tmp_path / "out")
    assert same_tree(tree, tmp_path / "out")

    back = io.BytesIO()
    archive.unpack(back, root=b"v/")
    extract(back.getvalue(), tmp_path / "back")
    assert same_tree(tree, tmp_path / "back" / "v")
    assert (tmp_path / "back" / "v" / "sparse").stat().st_blocks < 100


@pytest.mark.parametrize("length", [90, 97, 98, 99, 100, 120, 200, 254])
def test_paths_of_every_length_keep_their_names_below_another_root(tmp_path: Path, length: int) -> None:
    """Where ustar splits a long path between its two fields, the root may stand alone in the first."""
    tree = tmp_path / "tree"
    deep = tree / ("d" * (length // 2)) / ("f" * (length - length // 2 - 1))
    deep.parent.mkdir(parents=True)
    deep.write_text("x")
    if length < 90:
        os.link(deep, tree / "linked")
    flat = tree / ("n" * min(length, 98))
    flat.write_text("y")
    for form in ("--format=ustar", "--format=posix") if length < 190 else ("--format=posix",):
        renamed = tar_of(tree, flags=(form, "--transform=flags=rh;s,^[.],v,"))
        archive = make_archive(tmp_path, Bytes(renamed), root=b"v/")
        out = io.BytesIO()
        archive.unpack(out)
        extract(out.getvalue(), tmp_path / f"out{form[-5:]}")
        assert same_tree(tree, tmp_path / f"out{form[-5:]}")
        archive.archive.unlink()
        archive.index.unlink()


def test_the_index_lists_every_entry_with_its_hash(tree: Path, tmp_path: Path) -> None:
    archive = make_archive(tmp_path, Bytes(tar_of(tree)))
    entries = list(read_index(archive.index))
    assert len(entries) == archive.packed.content.count == 307
    assert all(entry.hash for entry in entries if entry.type == "file")


def test_a_source_that_fails_ends_the_packing_with_its_error(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="engine went away"):
        make_archive(tmp_path, Bytes(tar_of(tree), fail_at=2_000_000))


def test_a_source_that_ends_early_is_an_error(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="cut"):
        make_archive(tmp_path, Bytes(tar_of(tree)[:1_500_000]))


def test_a_full_disk_is_an_error(tree: Path, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space"):
        pack(Bytes(tar_of(tree)), full.fileno(), IndexWriter(io.BytesIO()))


@pytest.mark.parametrize("level", [3, 9])
def test_a_disk_that_fills_up_ends_the_packing_also_where_compression_is_the_slow_part(
    tmp_path: Path, level: int
) -> None:
    """Every buffer is under way then, and the stage that has failed gives none back."""
    (tmp_path / "noise").write_bytes(os.urandom(40_000_000))
    source = tar_of(tmp_path)
    done: list[BaseException] = []

    def run() -> None:
        with Path("/dev/full").open("wb", buffering=0) as full:
            try:
                pack(Bytes(source), full.fileno(), IndexWriter(io.BytesIO()), level=level)
            except OSError as error:
                done.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(30)
    assert [str(error) for error in done] == ["[Errno 28] No space left on device"]


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def test_a_flipped_bit_anywhere_in_the_archive_is_damage(tree: Path, tmp_path: Path) -> None:
    archive = make_archive(tmp_path, Bytes(tar_of(tree)))
    size = archive.archive.stat().st_size
    for at in range(0, size, size // 23):
        flip(archive.archive, at)
        with pytest.raises(Damaged):
            archive.unpack()
        flip(archive.archive, at)
    archive.unpack()


def test_a_cut_or_missing_file_is_damage(tree: Path, tmp_path: Path) -> None:
    archive = make_archive(tmp_path, Bytes(tar_of(tree)))
    whole = archive.archive.read_bytes()
    archive.archive.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Damaged, match="is cut in"):
        archive.unpack()
    archive.archive.unlink()
    with pytest.raises(Damaged, match="missing"):
        archive.unpack()


def test_something_appended_is_damage(tree: Path, tmp_path: Path) -> None:
    archive = make_archive(tmp_path, Bytes(tar_of(tree)))
    with archive.archive.open("ab") as file:
        file.write(b"x")
    with pytest.raises(Damaged, match="manifest"):
        archive.unpack()


def test_an_altered_index_is_damage(tree: Path, tmp_path: Path) -> None:
    archive = make_archive(tmp_path, Bytes(tar_of(tree)))
    flip(archive.index, 100)
    with pytest.raises(Damaged, match="not the file its manifest describes"):
        archive.unpack()


def test_damage_is_told_by_the_member_it_is_in(tree: Path, tmp_path: Path) -> None:
    """Another archive of the same length whose one file differs: only the member hashes can tell."""
    good = make_archive(tmp_path, Bytes(tar_of(tree)))
    (tmp_path / "other").mkdir()
    stat = (tree / "sub" / "7").stat()
    (tree / "sub" / "7").write_bytes(b"8888888")
    os.utime(tree / "sub" / "7", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    other = make_archive(tmp_path / "other", Bytes(tar_of(tree)))
    with pytest.raises(Damaged, match="content of sub/7"):
        unpack(other.archive, good.index, (other.packed.archive, good.packed.index))


def test_an_index_of_more_or_fewer_entries_is_damage(tree: Path, tmp_path: Path) -> None:
    full = make_archive(tmp_path, Bytes(tar_of(tree)))
    (tmp_path / "less").mkdir()
    (tree / "link").unlink()
    less = make_archive(tmp_path / "less", Bytes(tar_of(tree)))
    with pytest.raises(Damaged, match=r"index lists|index does not list|in the archive is not"):
        unpack(less.archive, full.index, (less.packed.archive, full.packed.index))


def test_a_sink_that_fails_ends_the_unpacking_with_its_error(tree: Path, tmp_path: Path) -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise Failed("tar has ended.")

    archive = make_archive(tmp_path, Bytes(tar_of(tree)))
    with pytest.raises(Failed, match="tar has ended"):
        archive.unpack(Full())


def zstd(data: bytes) -> bytes:
    out = io.BytesIO()
    with ZstdFile(out, "wb") as file:
        file.write(data)
    return out.getvalue()


FORMS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("tar", bytes),
    ("tar.gz", gzip.compress),
    ("tar.bz2", bz2.compress),
    ("tar.xz", lzma.compress),
    ("tar.zst", zstd),
]


def foreign(path: Path, *, keep_folder: bool = False) -> bytes:
    out = io.BytesIO()
    rewrite(path, path.name, survey(path, path.name), out.write, keep_folder=keep_folder)
    return out.getvalue()


@pytest.mark.parametrize(("suffix", "compress"), FORMS, ids=[suffix for suffix, _ in FORMS])
def test_foreign_archives_of_every_compression_are_taken(
    tree: Path, tmp_path: Path, suffix: str, compress: Callable[[bytes], bytes]
) -> None:
    file = tmp_path / f"backup.{suffix}"
    file.write_bytes(compress(tar_of(tree)))
    extract(foreign(file), tmp_path / "out")
    assert same_tree(tree, tmp_path / "out")


@pytest.mark.parametrize("members", [["tree"], ["./tree"]])
def test_a_leading_folder_is_taken_off(tree: Path, tmp_path: Path, members: list[str]) -> None:
    file = tmp_path / "backup.tar"
    file.write_bytes(tar_of(tmp_path, *members))
    found = survey(file, "backup.tar")
    assert found.folder == b"tree"
    extract(foreign(file), tmp_path / "out")
    assert same_tree(tree, tmp_path / "out")
    extract(foreign(file, keep_folder=True), tmp_path / "kept")
    assert same_tree(tree, tmp_path / "kept" / "tree")


@pytest.mark.parametrize("flags", [("--format=gnu", "--sparse"), ("--format=v7",), ("--sparse", "--sparse-version=0.0"),
                                   ("--sparse", "--sparse-version=0.1")])  # fmt: skip
def test_old_formats_come_out_in_the_one_clean_form(tree: Path, tmp_path: Path, flags: tuple[str, ...]) -> None:
    form = flags if flags[0].startswith("--format") else ("--format=posix", *flags)
    file = tmp_path / "old.tar"
    file.write_bytes(tar_of(tree, flags=form))
    extract(foreign(file), tmp_path / "out")
    assert same_tree(tree, tmp_path / "out")


def tar_with(*members: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for info in members:
            tar.addfile(info, io.BytesIO(b"x" * info.size))
    return out.getvalue()


def info(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, link, size
    return made


@pytest.mark.parametrize(
    "members",
    [
        [info("../evil", size=3)],
        [info("/etc/passwd", size=3)],
        [info("a"), info("a")],
        [info("l", tarfile.SYMTYPE, "/tmp"), info("l/evil", size=3)],
        [info("h", tarfile.LNKTYPE, "../../etc/passwd")],
    ],
    ids=["dotdot", "absolute", "duplicate", "through a link", "hard link outside"],
)
def test_hostile_archives_are_refused_in_the_first_reading(tmp_path: Path, members: list[tarfile.TarInfo]) -> None:
    file = tmp_path / "evil.tar"
    file.write_bytes(tar_with(*members))
    with pytest.raises(Damaged):
        survey(file, "backup.tar")


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"\x1f\x8b broken", bytes(100), os.urandom(5000)])
def test_files_that_are_no_archive_are_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "thing"
    file.write_bytes(content)
    with pytest.raises(Damaged):
        survey(file, "backup.tar")


def test_cut_foreign_archives_are_told(tree: Path, tmp_path: Path) -> None:
    for suffix, compress in FORMS:
        file = tmp_path / f"cut.{suffix}"
        data = compress(tar_of(tree))
        file.write_bytes(data[: len(data) // 2])
        with pytest.raises(Damaged):
            survey(file, "backup.tar")


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        survey(tmp_path / "nothing", "nothing")


def test_an_archive_that_changes_between_the_two_readings_is_refused(tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    file.write_bytes(tar_of(tree))
    found = survey(file, "backup.tar")
    file.write_bytes(tar_of(tree / "sub"))
    with pytest.raises(VoltuiError, match="changed while"):
        rewrite(file, "backup.tar", found, io.BytesIO().write)


def test_a_part_is_its_size_and_hash(tree: Path, tmp_path: Path) -> None:
    archive = make_archive(tmp_path, Bytes(tar_of(tree)))
    with pytest.raises(Damaged, match=r"has .* bytes, its manifest says"):
        unpack(archive.archive, archive.index, (Part(1, "00"), archive.packed.index))
