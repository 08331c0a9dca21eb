"""Paths longer than the kernel takes at once are extracted in several runs."""

from __future__ import annotations

import pytest

from voltui.archive.deep import LONGEST, Bases, TarPart, base_of, steps
from voltui.archive.entry import ROOT, Entry
from voltui.model.errors import Refused
from voltui.model.kinds import DIR, FILE, LINK

FOLDER = b"/".join([b"d" * 99] * 40)
"""4,000 bytes with its slash: just not too long."""


def entry(path: bytes, kind: str = FILE, link: bytes = b"") -> Entry:
    return Entry(path, kind, 0, 0o644, 0, 0, 0, link)


def found(*entries: Entry) -> tuple[bytes, ...]:
    bases = Bases()
    for one in entries:
        bases.see(one)
    return bases.found()


def test_a_path_that_is_not_too_long_has_the_root_as_its_base() -> None:
    assert base_of(FOLDER) == b""
    assert found(entry(FOLDER, DIR), entry(b"a")) == ()


def test_each_run_begins_where_the_kernel_can_go_and_takes_what_it_reaches() -> None:
    file = FOLDER + b"/" + FOLDER + b"/file"
    assert steps(file) == [FOLDER, FOLDER, b"file"]
    assert found(entry(file), entry(FOLDER + b"/x")) == (FOLDER, FOLDER + b"/" + FOLDER)

    last = TarPart(FOLDER + b"/" + FOLDER)
    assert last.way == (FOLDER.decode(), FOLDER.decode())
    assert last.holds(file)
    assert not last.holds(FOLDER + b"/x")
    assert last.placed(entry(file)).path == b"file"


def test_the_base_is_in_its_run_as_the_root_so_that_it_keeps_its_time() -> None:
    run = TarPart(FOLDER)
    assert run.holds(FOLDER)
    assert run.placed(entry(FOLDER, DIR)).path == ROOT
    assert TarPart(b"").holds(FOLDER)


def test_a_hard_link_goes_with_its_other_name_or_is_refused() -> None:
    near = entry(FOLDER + b"/b", LINK, FOLDER + b"/a")
    assert found(near) == (FOLDER,)
    assert TarPart(FOLDER).placed(near).link == b"a"
    with pytest.raises(Refused, match="hard link"):
        found(entry(FOLDER + b"/b", LINK, b"a"))


def test_more_runs_than_would_end_are_refused() -> None:
    folders = [b"%03d/" % number + b"d" * (LONGEST - 4) for number in range(100)]
    with pytest.raises(Refused, match="More than 64"):
        found(*(entry(folder + b"/file") for folder in folders))


def test_a_base_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(Refused, match="not UTF-8"):
        found(entry(b"\xff" + FOLDER[1:] + b"/file"))
