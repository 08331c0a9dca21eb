"""Two jobs never work on the same data, whatever it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from voltui.jobs.locks import locked
from voltui.model.errors import Refused
from voltui.model.source import Source


def path(name: str) -> Source:
    return Source("path", name)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Source("volume", "data"), Source("volume", "data")),
        (path("/srv"), path("/srv/media")),
        (path("/srv/media"), path("/srv")),
        (Source("file", "/srv/media/list"), path("/srv/media")),
        (path("/srv/media"), Source("file", "/srv/media/list")),
    ],
)
def test_the_second_is_refused_with_the_name_of_the_first(tmp_path: Path, first: Source, second: Source) -> None:
    with (
        locked(tmp_path, "engine", [first], "job-1"),
        pytest.raises(Refused),
        locked(tmp_path, "engine", [second], "job-2"),
    ):
        raise AssertionError("both hold it")
    with locked(tmp_path, "engine", [second], "job-2"):
        pass


def test_what_has_nothing_in_common_goes_on_side_by_side(tmp_path: Path) -> None:
    with (
        locked(tmp_path, "engine", [path("/srv/a"), Source("volume", "data")], "job-1"),
        locked(tmp_path, "engine", [path("/srv/b"), Source("volume", "other")], "job-2"),
        locked(tmp_path, "other engine", [path("/srv/a")], "job-3"),
    ):
        pass
