"""The tree of files: totals, order, finding, differences, names that hurt."""

from __future__ import annotations

import io

import pytest

from voltui.engine import tools
from voltui.jobs.look_live import read_files
from voltui.model.differences import Difference, differences
from voltui.model.errors import Cancelled
from voltui.model.files import FileTree, ordered, outermost
from voltui.model.kinds import DIR, FILE, LINK, SYMLINK
from voltui.ui.spans import plain
from voltui.ui.views.files import cells, detail, found_cells

HOSTILE = (b"new\nline", b"\x1b[2Jred", b"\xff\xfe", "\u202eright".encode(), b"[bold]x", "宽".encode() * 85)


def tree(*entries: tuple[bytes, str, int], mtime: int = 0) -> FileTree:
    made = FileTree()
    for path, kind, size in entries:
        made.add(path, kind, size, size, 0o755 if kind == DIR else 0o644, 0, 0, mtime, ctime=1)
    made.sum_up()
    return made


class Pieces:
    """A listing that comes a few bytes at a time."""

    def __init__(self, data: bytes, piece: int = 7) -> None:
        self._data = io.BytesIO(data)
        self._piece = piece

    def readinto(self, buffer: memoryview) -> int:
        return self._data.readinto(buffer[: self._piece])


def listed(*entries: tuple[bytes, bytes, int, int, bytes]) -> bytes:
    """What find prints: path, type, size, names, file."""
    fields = [
        (path, kind, b"%d" % size, b"8", b"644", b"1", b"2", b"-1.5", b"7.5", b"%d" % names, file, b"")
        for path, kind, size, names, file in entries
    ]
    return b"".join(b"\0".join(entry) + b"\0" for entry in fields)


def test_folders_hold_what_is_in_them() -> None:
    made = tree((b".", DIR, 1), (b"a", DIR, 1), (b"a/b", DIR, 1), (b"a/b/file", FILE, 100), (b"other", FILE, 5))
    assert (made.root.total, made.root.count, len(made)) == (108, 4, 4)
    folder = made.find(b"a")
    assert folder is not None
    assert (folder.total, folder.count, folder.shown_path) == (102, 2, "/a")
    found = made.find(b"a/b/file")
    assert found is not None
    assert (found.path, found.parent and found.parent.path) == (b"a/b/file", b"a/b")
    assert made.find(b"a/none") is None


def test_folders_that_an_archive_does_not_list_are_there_and_deep_ones_too() -> None:
    deep = b"/".join([b"d"] * 5_000)
    made = tree((deep + b"/file", FILE, 7), (b"x/y", FILE, 1), (b"x", DIR, 0))
    assert made.root.total == 8
    assert made.root.count == 5_003
    assert made.nodes[5_001].path == deep + b"/file"


def test_a_file_of_several_names_counts_once() -> None:
    made = FileTree()
    data = listed(
        (b"", b"d", 4096, 3, b"1:1"),
        (b"one", b"f", 9, 2, b"1:5"),
        (b"two", b"f", 9, 2, b"1:5"),
        (b"s", b"s", 0, 1, b"1:6"),
    )
    read_files(Pieces(data), made, lambda: False)
    assert made.root.total == 3 * 4096
    assert [(node.name, node.kind, node.total) for node in made.root.children] == [
        (b"one", FILE, 4096), (b"two", LINK, 0), (b"s", "socket", 4096),
    ]  # fmt: skip
    assert made.root.children[0].mtime == -1
    with pytest.raises(Cancelled):
        read_files(Pieces(data), FileTree(), lambda: True)


def test_a_tree_takes_no_more_than_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voltui.jobs.look.MOST_ENTRIES", 10)
    made = FileTree()
    read_files(Pieces(listed(*((b"%d" % number, b"f", 1, 1, b"1:1") for number in range(99)))), made, lambda: False)
    assert made.cut
    assert len(made) < 20


def test_orders() -> None:
    made = tree((b"b", FILE, 5), (b"a", FILE, 5), (b"c", DIR, 1), (b"c/x", FILE, 1))
    assert [node.name for node in ordered(made.root.children, "size")] == [b"a", b"b", b"c"]
    assert [node.name for node in ordered(made.root.children, "name")] == [b"a", b"b", b"c"]
    assert [node.name for node in ordered(made.root.children, "entries")] == [b"c", b"a", b"b"]


def test_names_are_found_in_all_folders() -> None:
    made = tree((b"a/Photo-1.JPG", FILE, 1), (b"b/photo.png", FILE, 1), (b"c", FILE, 1))
    assert [node.path for node in made.matching("photo", 9)] == [b"a/Photo-1.JPG", b"b/photo.png"]
    assert [node.path for node in made.matching("photo jpg", 9)] == [b"a/Photo-1.JPG"]
    assert len(made.matching("photo", 1)) == 1


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_names_that_hurt_are_shown_safe_and_found_again(name: bytes) -> None:
    made = tree((name, DIR, 0), (name + b"/" + name, FILE, 1))
    folder = made.root.children[0]
    shown = "".join(plain(cell) for cell in (*cells(folder, 1), *found_cells(folder), *detail(folder.children[0])))
    assert shown.isprintable()
    assert made.find(folder.children[0].path) is folder.children[0]
    octal = tools.read_piece("/v", name, 5)[4]
    assert octal.isascii()
    assert bytes(int(code, 8) for code in octal.split("\\0")[1:]) == b"/v/" + name


def test_differences_are_told_by_path() -> None:
    before = tree((b"d", DIR, 9), (b"d/gone", FILE, 3), (b"same", FILE, 1), (b"grown", FILE, 1), (b"kind", FILE, 0))
    after = tree((b"d", DIR, 1), (b"new", FILE, 4), (b"same", FILE, 1), (b"grown", FILE, 6), (b"kind", SYMLINK, 0))
    before.read = 9.0
    found = list(differences(before, after))
    assert [(one.path, one.what, one.bytes) for one in found] == [
        (b"d/gone", "removed", -3), (b"grown", "changed", 5), (b"kind", "changed", 0), (b"new", "added", 4),
    ]  # fmt: skip
    assert isinstance(found[0], Difference)


def test_of_a_folder_and_what_is_in_it_the_folder_is_meant() -> None:
    tree = FileTree()
    for path, kind in ((b"a", DIR), (b"a/b", DIR), (b"a/b/c", FILE), (b"a.d", FILE), (b"z", FILE)):
        tree.add(path, kind, 0, 0, 0o644, 0, 0, 0)
    chosen = tree.find_all([b"a.d", b"a/b", b"a/b/c", b"z", b"a/nothing", b"nothing/a"])
    assert {node.path for node in outermost(chosen)} == {b"a/b", b"a.d", b"z"}
