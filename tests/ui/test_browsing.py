"""Where one is in a tree of files, and what is marked in it."""

from __future__ import annotations

from voltui.model.files import FileTree
from voltui.ui.browsing import Browsing


def tree(*paths: str) -> FileTree:
    made = FileTree()
    for number, path in enumerate(paths):
        kind = "dir" if path.endswith("/") else "file"
        made.add(path.rstrip("/").encode(), kind, number, number, 0o644, 0, 0, 0)
    made.sum_up()
    return made


def browsing(*paths: str) -> Browsing:
    made = Browsing()
    made.orders.take("name")
    made.take(tree(*paths))
    return made


def go(one: Browsing, path: str) -> None:
    folder = one.tree.find(path.encode())
    assert folder is not None
    one.go(folder)


def test_entries_are_known_by_their_paths_from_the_root() -> None:
    one = browsing("conf/", "conf/b", "conf/a", "top")
    assert one.keys == ["conf", "top"]
    go(one, "conf")
    assert one.keys == ["conf/a", "conf/b"]
    assert one.rows["conf/a"].name == b"a"


def test_a_list_is_made_again_only_when_it_is_another() -> None:
    one = browsing("conf/", "conf/b", "conf/a", "top")
    before = one.keys
    one.toggle(["top"])
    assert one.keys is before
    one.orders.next()
    assert one.keys is not before
    one.show_found("a", one.look_for("a"))
    assert one.keys == ["conf/a"]
    go(one, "conf")
    assert one.keys == ["conf/a", "conf/b"]


def test_marks_are_of_all_folders_and_of_a_marked_folder_what_is_in_it_counts_once() -> None:
    one = browsing("conf/", "conf/b", "conf/a", "top")
    go(one, "conf")
    one.toggle(["conf/a", "conf/b"])
    one.toggle(["conf/b"])
    go(one, "")
    one.toggle(["top"])
    assert set(one.marked) == {"conf/a", "top"}
    one.toggle(["conf"])
    assert {node.path for node in one.marked_nodes} == {b"conf", b"top"}


def test_what_is_still_there_stays_marked_when_the_tree_is_read_anew() -> None:
    one = browsing("conf/", "conf/b", "conf/a", "top")
    go(one, "conf")
    one.toggle(["conf/a", "conf/b"])
    one.take(tree("conf/", "conf/a", "new"))
    assert set(one.marked) == {"conf/a"}
    assert one.marked_nodes == [one.rows["conf/a"]]
    one.take(tree("new"))
    assert not one.marked
    assert one.keys == ["new"]


def test_the_folders_of_what_was_put_aside_are_one_row_that_opens_to_them() -> None:
    aside = [f".voltui-kept-2026010{number}T000000Z-abcd" for number in range(1, 4)]
    one = browsing("top", *(name + "/" for name in aside), *(f"{name}/top" for name in aside))
    assert one.keys == [".voltui-kept-*", "top"]
    row = one.rows[".voltui-kept-*"]
    assert row.count == 6
    one.toggle([".voltui-kept-*", "top"])
    assert set(one.marked) == {*aside, "top", ".voltui-kept-*"}
    assert [node.path.decode() for node in one.marked_nodes] == [*aside, "top"]
    one.toggle([".voltui-kept-*"])
    assert set(one.marked) == {"top"}
    one.go(row)
    assert one.keys == aside
    one.take(tree("top", *(name + "/" for name in aside[1:])))
    assert one.keys == aside[1:]
    assert [node.path for node in one.look_for("top")] == [b"top"]
    one.take(tree("top", aside[0] + "/"))
    assert one.keys == [aside[0], "top"]
