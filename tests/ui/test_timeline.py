"""The time line of a source's backups, and what of it may be removed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from tests.store.test_local import make_backup
from voltui.model.backup import Backup, Part
from voltui.model.retention import last_verified
from voltui.model.when import stamp
from voltui.ui.spans import Span, plain, width_of
from voltui.ui.views.timeline import levels, size_lines, time_line

NOW = datetime.now(UTC)


def made(days: int, size: int, volume: str = "data", *, verified: bool = True) -> Backup:
    when = NOW - timedelta(days=days)
    backup = make_backup(f"{volume}@{stamp(when)}", moment=when)
    return replace(
        backup, archive=Part(size, ""), index=Part(0, ""), verified=when if verified else None, sealed="x" * (days == 3)
    )


def test_sizes_are_levels_from_nothing_to_the_largest() -> None:
    assert levels([0, 50, 100]) == "▁▅█"
    assert levels([7, 7]) == "██"
    assert levels([0]) == "▁"
    assert levels([]) == ""


def test_the_line_of_sizes_has_the_oldest_first_and_the_current_one_reversed() -> None:
    backups = [made(0, 800), made(3, 400), made(30, 100)]
    (line,) = size_lines(backups, backups[1], 80)
    assert plain(line) == " sizes     ▂▅█  3 backups, 1.3 kB, oldest 30 d ago"
    assert [span.text for span in line if span.style == "cursor"] == ["▅"]


def test_where_room_is_short_the_newest_are_shown() -> None:
    backups = [made(days, 100 - days) for days in range(90)]
    (line,) = size_lines(backups, backups[0], 80)
    assert width_of(line) <= 80
    assert line[-2] == Span("█", "cursor")
    assert "90 backups, 5 kB, oldest 89 d ago" in plain(line)
    signs, words = size_lines(backups, backups[0], 49)
    assert width_of(signs) <= 49
    assert plain(words) == "           90 backups, 5 kB, oldest 89 d ago"


def test_in_full_each_backup_has_a_line_with_what_is_known_of_it() -> None:
    backups = [made(0, 800), made(3, 400, verified=False)]
    first, second = map(plain, time_line(backups, backups[0]))
    assert first.startswith(" all (UTC) > ")
    assert first.endswith("ok")
    assert second.split()[-5:] == ["400", "B", "paused", "unproved", "encrypted"]


def test_all_verified_backups_of_a_source_may_not_go() -> None:
    good, bad, other = made(1, 1), made(2, 1, verified=False), made(1, 1, "other")
    backups = [good, bad, other]
    assert last_verified(backups, {bad.id}) is None
    assert last_verified(backups, {good.id, bad.id}) == good
    older = made(9, 1)
    assert last_verified([*backups, older], {good.id, bad.id}) is None
