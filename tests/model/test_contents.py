"""What a file's bytes are to a reader, and what differs between two texts."""

from __future__ import annotations

import gzip
import random

import pytest

from voltui.model.contents import contents, hexadecimal, text_of
from voltui.model.differences import What, differences
from voltui.model.files import FileTree, content_hash
from voltui.model.kinds import FILE
from voltui.model.textdiff import unified
from voltui.ui.highlighting import coloured
from voltui.ui.screens.preview import preview_lines
from voltui.ui.screens.textdiff import diff_lines
from voltui.ui.spans import plain


def shown(name: str, head: bytes, *, whole: bool = True) -> list[str]:
    return [plain(one) for one in preview_lines(contents(name, head, whole=whole, most=1 << 16))]


def test_text_is_shown_as_text_and_the_rest_in_hexadecimal() -> None:
    assert shown("x", "a\tb\nü\r\n\x1b[31m".encode()) == ["a       b", "ü", "\\x1b[31m"]
    assert shown("x", "wide 宽".encode()[:-1], whole=False) == ["wide "]
    elf = shown("x", b"\x7fELF\0" + bytes(range(48, 60)))
    assert elf[0].startswith("00000000  7f 45 4c 46 00 30 ")
    assert elf[0].endswith(".ELF.0123456789:")
    assert len(list(hexadecimal(b"\xff" * 33))) == 3
    assert shown("x", b"") == ["It is empty."]
    assert text_of(b"\xff") is None


def test_gzip_is_unpacked_and_json_of_one_line_laid_out() -> None:
    found = contents("log.txt.gz", gzip.compress(b"a line\n" * 9), whole=True, most=20)
    assert (found.name, found.text, found.note) == ("log.txt", "a line\na line\na line", "unpacked")
    assert contents("x.gz", b"\x1f\x8bnone", whole=True, most=20).text is None
    wide = b'{"k": [' + b",".join(b"%d" % number for number in range(99)) + b"]}"
    assert contents("x.json", wide, whole=True, most=1 << 16).note == "laid out"
    assert contents("x.json", wide, whole=False, most=1 << 16).text == wide.decode()


def test_a_gzip_that_is_cut_or_damaged_shows_what_it_has_and_says_so() -> None:
    packed = gzip.compress(b"".join(b"line %d\n" % number for number in range(9_000)))
    cut = contents("x.gz", packed[: len(packed) // 2], whole=True, most=1 << 20)
    assert (cut.text or "").startswith("line 0\nline 1\n")
    assert (cut.note, cut.more) == ("unpacked, its end is missing", False)
    damaged = contents("x.gz", packed[:-8] + bytes(8), whole=True, most=1 << 20)
    assert (damaged.text or "").startswith("line 0\n")
    assert damaged.note == "unpacked as far as it is not damaged"
    assert contents("x.gz", packed, whole=True, most=100).more
    several = gzip.compress(b"one\n") + gzip.compress(b"two\n" * 999) + gzip.compress(b"end\n")
    found = contents("x.gz", several + b"\0" * 9, whole=True, most=1 << 20)
    assert (found.text, found.note) == ("one\n" + "two\n" * 999 + "end\n", "unpacked")
    assert contents("x.gz", packed[:9000], whole=False, most=1 << 20).note == "unpacked"


def test_utf_16_and_texts_with_some_odd_bytes_are_texts() -> None:
    for encoding in ("utf-16", "utf-16-be"):
        data = "Grüße\n".encode(encoding)
        found = contents("x.txt", data if encoding == "utf-16" else b"\xfe\xff" + data, whole=True, most=1 << 16)
        assert (found.text, found.note) == ("Grüße\n", "UTF-16")
        assert len(found.mark) == 2
    german = "ein größerer Text" + ", sonst nichts" * 9
    latin = contents("x.log", german.encode("latin-1") + b"\0", whole=True, most=1 << 16)
    assert (latin.text or "").startswith("ein gr\\xf6\\xdferer Text")
    assert latin.note == "not all of it is text"
    assert text_of(latin.data) is None, "differences are told of texts alone"
    assert contents("x", random.Random(1).randbytes(999), whole=True, most=1 << 16).text is None


@pytest.mark.parametrize(
    ("name", "text", "style", "word"),
    [
        ("a.py", "x = 'text'  # said\n", "dim", "# said"),
        ("run", "#!/usr/bin/env bash\nif true; then :; fi\n", "accent", "if"),
        ("c.json", '{"k": true}\n', "warn", "true"),
        ("a.log", "2026-01-01 10:00:00 ERROR it broke\n", "bad", " ERROR it broke"),
    ],
)
def test_text_has_colours_by_what_it_is(name: str, text: str, style: str, word: str) -> None:
    lines = coloured(text, name)
    assert "\n".join(map(plain, lines)) == text.rstrip("\n")
    assert any(span.style == style and span.text.strip() == word.strip() for one in lines for span in one)


def test_colours_let_no_sequence_through() -> None:
    for name in ("a.py", "a.log", "a.json", "Dockerfile"):
        assert all(plain(one).isprintable() for one in coloured("x = '\x1b[2J\u202e' \x07\n\x0b\x85y\n", name))


def differing(before: str, after: str) -> list[str]:
    return [one.printed for one in unified(before, after)]


def test_a_unified_diff_has_the_lines_with_their_neighbours() -> None:
    old = "\n".join(map(str, range(30))) + "\n"
    new = old.replace("\n3\n", "\nthree\n").replace("\n25\n", "\n")
    assert differing(old, new) == [
        "@@ -1,7 +1,7 @@", " 0", " 1", " 2", "-3", "+three", " 4", " 5", " 6",
        "@@ -23,7 +23,6 @@", " 22", " 23", " 24", "-25", " 26", " 27", " 28",
    ]  # fmt: skip
    assert differing(old, old) == []
    assert differing("", "a\n") == ["@@ -0,0 +1 @@", "+a"]
    assert differing("a", "a\n") == ["@@ -1 +1 @@", "-a", "\\ No newline at end of file", "+a"]


def applied(old: str, lines: list[str]) -> list[str]:
    """What a diff makes of the old lines."""
    rest, made, at = old.split("\n"), [], 0
    for one in lines:
        if one.startswith("@"):
            start = int(one.split("-")[1].split(" ")[0].split(",")[0])
            length = one.split("-")[1].split(" ")[0].partition(",")[2]
            begin = start if length == "0" else start - 1
            made += rest[at:begin]
            at = begin
        elif one[0] in " -":
            assert rest[at] == one[1:]
            made += [one[1:]] if one[0] == " " else []
            at += 1
        else:
            made.append(one[1:])
    return made + rest[at:]


def test_a_diff_makes_the_one_text_of_the_other() -> None:
    chance = random.Random(7)
    for kinds in (2, 5, 40) * 30:
        old = [str(chance.randrange(kinds)) for _ in range(chance.randrange(1, 60))]
        new = [text for text in old if chance.random() > 0.1]
        for _ in range(chance.randrange(5)):
            new.insert(chance.randrange(len(new) + 1), str(chance.randrange(2 * kinds)))
        texts = "\n".join([*old, ""]), "\n".join([*new, ""])
        assert applied(texts[0], differing(*texts)) == texts[1].split("\n")


def test_a_diff_of_long_texts_that_share_lines_takes_no_time() -> None:
    old = [str(number) for number in range(20_000)]
    new = [f"{text}!" if number % 7 == 0 else text for number, text in enumerate(old)]
    assert (
        sum(one.sign == "+" for one in unified("\n".join(old), "\n".join(new))) == 2_858
    )  # minutes, were all searched


def test_a_diff_lets_no_sequence_through() -> None:
    lines = diff_lines(list(unified("a\r\n", "\x1b[2Jb\n")))
    assert [plain(one) for one in lines] == ["@@ -1 +1 @@", "-a\\r", "+\\x1b[2Jb"]


def tree(*entries: tuple[bytes, int, int, int, str], read: float | None = None) -> FileTree:
    """Path, size, times of content and status, digest."""
    made = FileTree()
    made.read = read
    for path, size, mtime, ctime, digest in entries:
        made.add(path, FILE, size, size, 0o644, 0, 0, mtime, ctime=ctime,
                 hash=content_hash(digest, sparse=False) if digest else b"")  # fmt: skip
    return made


def test_contents_are_told_by_hash_where_lists_leave_a_doubt() -> None:
    before = tree(
        (b"same", 5, 100, 0, "aa"), (b"again", 5, 100, 0, "aa"), (b"back-dated", 5, 100, 0, "aa"),
        (b"longer", 5, 100, 0, "aa"), (b"copied", 5, 100, 0, "aa"), (b"rewritten", 5, 100, 0, "aa"),
        read=1_000,
    )  # fmt: skip
    after = tree(
        (b"same", 5, 100, 900, ""), (b"again", 5, 100, 2_000, ""), (b"back-dated", 5, 100, 2_000, ""),
        (b"longer", 6, 100, 2_000, ""), (b"copied", 5, 300, 2_000, ""), (b"rewritten", 5, 300, 2_000, ""),
    )  # fmt: skip
    found = {one.path: one.what for one in differences(before, after)}
    assert found == {
        b"again": What.UNSURE, b"back-dated": What.UNSURE, b"longer": What.CHANGED, b"copied": What.UNSURE,
        b"rewritten": What.UNSURE,
    }  # fmt: skip
    now = {b"again": "aa", b"back-dated": "bb", b"copied": "aa", b"rewritten": "bb"}
    after.learn({path: content_hash(digest, sparse=False) for path, digest in now.items()})
    assert {one.path: one.what for one in differences(before, after)} == {
        b"back-dated": What.CHANGED, b"longer": What.CHANGED, b"copied": What.TOUCHED, b"rewritten": What.CHANGED,
    }  # fmt: skip
    assert [one.swapped.before for one in differences(before, after)] == [
        one.after for one in differences(before, after)
    ]


def test_a_file_with_holes_is_compared_with_its_like_only() -> None:
    plain_, holes = tree((b"f", 5, 1, 0, "aa"), read=9.0), FileTree()
    holes.read = 9.0
    holes.add(b"f", FILE, 5, 5, 0o644, 0, 0, 1, hash=content_hash("bb", sparse=True))
    assert [one.what for one in differences(plain_, holes)] == [What.UNSURE]
    assert list(differences(holes, holes)) == []
