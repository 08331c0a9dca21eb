"""Paths while they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from voltui.store.typed_paths import completed


def test_a_path_is_completed_as_far_as_there_is_one_way_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "data"))
    (tmp_path / "data" / "deep").mkdir(parents=True)
    for name in ("data/deep/a file", "dates", ".hidden", "odd\x1bname"):
        (tmp_path / name).touch()
    assert completed("d") == ("dat", ["data/", "dates"])
    assert completed("data") == ("data/", ["data/"])
    assert completed("data/") == ("data/deep/", ["deep/"])
    assert completed(f"{tmp_path}/data/deep/a") == (f"{tmp_path}/data/deep/a file", ["a file"])
    assert completed("./.h") == ("./.hidden", [".hidden"])
    assert completed("~/d") == ("~/deep/", ["deep/"])
    assert completed("").names == ["data/", "dates"]
    assert completed("~") == ("~/", [])
    assert completed("..") == ("../", [])


def test_where_there_is_no_way_on_what_was_typed_stays(tmp_path: Path) -> None:
    for text in (f"{tmp_path}/none", f"{tmp_path}/no/such", "~nobody-of-that-name/x", "a\0b/"):
        assert completed(text) == (text, [])
