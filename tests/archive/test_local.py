"""No archive makes a file outside of the directory that it is for, nor of what nobody asked for."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from voltui.archive.local import LocalWriter
from voltui.archive.pick import Picker
from voltui.archive.reader import TarReader
from voltui.model.errors import Damaged, Refused, Usage
from voltui.model.selection import Selection, clean_path


def archive(*members: tuple[str, bytes, str]) -> bytes:
    """A tar of names, types and targets; files hold ``evil``."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, target in ((".", tarfile.DIRTYPE, ""), *members):
            info = tarfile.TarInfo(f"./{name}" if name != "." else "./")
            info.type, info.linkname, info.mode = kind, target, 0o755
            info.size = 4 if kind == tarfile.REGTYPE else 0
            tar.addfile(info, io.BytesIO(b"evil"))
    return out.getvalue()


def make(folder: Path, data: bytes, *paths: bytes) -> None:
    folder.mkdir()
    selection = Selection.of(paths)
    writer = LocalWriter(folder, selection.numbered)
    reader = TarReader(lambda entry: None, sink=Picker(writer, selection.takes))
    try:
        reader.feed(data)
        writer.finish()
    finally:
        writer.close()


@pytest.mark.parametrize(
    "members",
    [
        [("folder/../../evil", tarfile.REGTYPE, "")],
        [("folder/out", tarfile.SYMTYPE, "../.."), ("folder/out/evil", tarfile.REGTYPE, "")],
        [("folder/out", tarfile.LNKTYPE, "./../../secret")],
        [("folder/out", tarfile.SYMTYPE, "../.."), ("folder/evil", tarfile.LNKTYPE, "./folder/out/secret")],
        [("folder/file", tarfile.REGTYPE, ""), ("folder/file", tarfile.REGTYPE, "")],
    ],
)
def test_what_would_leave_the_directory_is_refused_before_it_is_made(
    tmp_path: Path, members: list[tuple[str, bytes, str]]
) -> None:
    (tmp_path / "secret").write_text("secret")
    data = archive(("folder", tarfile.DIRTYPE, ""), *members)
    with pytest.raises(Damaged):
        make(tmp_path / "new", data, b"folder")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "secret"]
    assert not [path for path in (tmp_path / "new").rglob("evil*") if not path.is_symlink()]


def test_only_what_was_asked_for_is_made(tmp_path: Path) -> None:
    data = archive(
        ("a", tarfile.DIRTYPE, ""), ("a/b", tarfile.REGTYPE, ""), ("a/c", tarfile.REGTYPE, ""),
        ("ab", tarfile.REGTYPE, ""), ("d", tarfile.DIRTYPE, ""), ("d/e", tarfile.REGTYPE, ""),
    )  # fmt: skip
    make(tmp_path / "new", data, b"d", b"a/b")
    found = sorted(str(path.relative_to(tmp_path / "new")) for path in (tmp_path / "new").rglob("*"))
    assert found == ["0", "1", "1/e"]


def test_paths_are_cleaned_and_what_can_not_be_meant_is_refused() -> None:
    assert clean_path(b"/a//./b/") == b"a/b"
    for path in (b"a/../b", b"..", b"a\0b"):
        with pytest.raises(Usage):
            clean_path(path)
    with pytest.raises(Usage, match="whole of it"):
        Selection.of([b"a", b"/"])
    with pytest.raises(Refused, match="too many"):
        Selection.of([b"x" * 200 + b"%d" % number for number in range(2_000)])
    assert Selection.of([b"a/b/c", b"/a/b", b"z", b"a.b"]).paths == (b"a/b", b"a.b", b"z")
