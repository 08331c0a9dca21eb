"""``voltui diff``: what it prints, and the exit status that scripts go by."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.conftest import Lab, Ran

pytestmark = pytest.mark.engine


async def test_a_volume_is_compared_with_its_backups(lab: Lab, voltui: Callable[..., Ran]) -> None:
    files = await lab.volume("data")
    (files / "letter").write_text("dear\nreader\n")
    (files / "gone").write_text("x")
    voltui("backup", "data", check=True)
    same = voltui("diff", "data")
    assert (same.code, same.out) == (0, "")

    (files / "letter").write_text("dear\nwriter\n")
    (files / "gone").unlink()
    differs = voltui("diff", "data")
    assert differs.code == 1
    assert [one.split() for one in differs.out.splitlines()] == [
        ["WHAT", "BEFORE", "AFTER", "PATH"],
        ["removed", "1", "B", "/gone"],
        ["changed", "12", "B", "12", "B", "/letter"],
    ]  # fmt: skip
    lines = voltui("diff", "data", "--path", "/letter")
    assert (lines.code, lines.out) == (1, "--- a/letter\n+++ b/letter\n@@ -1,2 +1,2 @@\n dear\n-reader\n+writer\n")
    voltui("backup", "data", check=True)
    first, second = (one["id"] for one in json.loads(voltui("backups", "--json", check=True).out)[::-1])
    document = voltui("diff", second, first, "--json")
    assert document.code == 1
    assert [(one["path"], one["what"]) for one in json.loads(document.out)] == [
        ("gone", "added"),
        ("letter", "changed"),
    ]
    assert voltui("diff", second, "data").code == 0
    assert voltui("diff", second, str(files)).code == 0

    unknown = voltui("diff", "data", "--path", "none")
    assert (unknown.code, unknown.out) == (4, "")
    assert voltui("diff", "nothing").code == 4
    assert voltui("diff", "data", "--identity", "/none").code in (0, 1)
    assert voltui("--read-only", "diff", "data").code == 2  # trouble: it makes no helper
