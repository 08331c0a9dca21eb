"""Where backups can be exported to is told before anything is begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from voltui.jobs.export_backup import check_place
from voltui.model.errors import NotFound, Refused, Usage, VoltuiError


@pytest.mark.parametrize(
    ("place", "error", "words"),
    [
        ("there.tar", Refused, r"there.tar exists already"),
        ("missing/new.tar", NotFound, "no directory .*missing"),
        ("new.tar.gz", Usage, "new.tar.gz ends as no file that a backup can be exported to"),
        ("new.TAR", Usage, "new.TAR ends as no file"),
        ("new.zip", Usage, "new.zip ends as no file"),
        ("there.tar/below", Refused, "there.tar is no directory"),
        ("file", Refused, "file is no directory"),
    ],
)
def test_a_place_that_will_not_do_is_told(tmp_path: Path, place: str, error: type[VoltuiError], words: str) -> None:
    for name in ("there.tar", "file"):
        (tmp_path / name).touch()
    with pytest.raises(error, match=words):
        check_place(str(tmp_path / place), 1)


@pytest.mark.parametrize("place", ["new", "new/below", "2026.11", "directory.gz", "new.tar", "new.tar.zst"])
def test_a_place_that_will_do_is_taken(tmp_path: Path, place: str) -> None:
    (tmp_path / "directory.gz").mkdir()
    check_place(str(tmp_path / place), 1)
