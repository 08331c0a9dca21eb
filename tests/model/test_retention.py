"""Retention: what a rule keeps, and that it never takes the last good backup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.store.test_local import make_backup
from voltui.model.backup import Backup, Reason, counted
from voltui.model.errors import Usage
from voltui.model.retention import Retention, judge, last_verified
from voltui.model.when import stamp

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def taken(when: datetime, volume: str = "data", *, verified: bool = True) -> Backup:
    backup = make_backup(f"{volume}@{stamp(when)}", moment=when)
    return replace(backup, verified=when if verified else None)


def kept(backups: list[Backup], rule: Retention) -> list[Backup]:
    return [verdict.backup for verdict in judge(backups, rule, NOON) if verdict.kept]


def test_the_last_ones_are_kept() -> None:
    backups = [taken(NOON - timedelta(hours=hours)) for hours in range(5)]
    assert kept(backups, Retention(last=2)) == backups[:2]


def test_of_each_day_the_newest_is_kept_and_days_without_one_do_not_count() -> None:
    today, earlier = taken(NOON), taken(NOON - timedelta(hours=3))
    long_ago = taken(NOON - timedelta(days=40))
    older_still = taken(NOON - timedelta(days=41))
    assert kept([today, earlier, long_ago, older_still], Retention(daily=2)) == [today, long_ago]


def test_weeks_and_months_are_those_of_the_calendar() -> None:
    tuesday = taken(NOON)
    monday, sunday = taken(NOON - timedelta(days=1)), taken(NOON - timedelta(days=2))
    october = taken(datetime(2026, 10, 31, tzinfo=UTC))
    backups = [tuesday, monday, sunday, october]
    assert kept(backups, Retention(weekly=2)) == [tuesday, sunday]
    assert kept(backups, Retention(monthly=2)) == [tuesday, october]


def test_rules_add_up_and_say_why() -> None:
    verdicts = judge([taken(NOON), taken(NOON - timedelta(days=1))], Retention(last=1, daily=2), NOON)
    assert [verdict.reasons for verdict in verdicts] == [("last", "daily"), ("daily",)]


def test_the_newest_verified_backup_stays_whatever_the_rule_says() -> None:
    unverified = taken(NOON, verified=False)
    verified = taken(NOON - timedelta(days=1))
    older = taken(NOON - timedelta(days=2))
    verdicts = judge([unverified, verified, older], Retention(last=1), NOON)
    assert [verdict.reasons for verdict in verdicts] == [("last",), ("only verified",), ()]


def test_each_volume_is_judged_by_itself() -> None:
    one, other = taken(NOON), taken(NOON - timedelta(days=9), "other")
    assert kept([one, other], Retention(last=1)) == [one, other]


def copied(when: datetime, *, verified: bool = True) -> Backup:
    """What a restore replaced."""
    return replace(taken(when, verified=verified), reason=Reason.BEFORE_RESTORE)


def test_what_a_restore_replaced_is_kept_for_its_days_and_takes_no_place_of_a_backup() -> None:
    own, older = taken(NOON - timedelta(days=8)), taken(NOON - timedelta(days=20))
    fresh, last_day, late = (copied(NOON - timedelta(days=days)) for days in (1, 7, 9))
    verdicts = judge([own, older, fresh, last_day, late], Retention(last=1, daily=1), NOON)
    assert {verdict.backup.id: verdict.reasons for verdict in verdicts} == {
        fresh.id: ("undo until 2026-11-30",),
        last_day.id: ("undo until 2026-11-24",),
        own.id: ("last", "daily"),
        late.id: (),
        older.id: (),
    }


def test_a_copy_for_undo_is_no_stead_for_the_last_verified_backup() -> None:
    own, newer = taken(NOON - timedelta(days=9)), taken(NOON, verified=False)
    copy = copied(NOON - timedelta(days=1))
    assert kept([newer, own, copy], Retention(last=1)) == [newer, copy, own]
    assert last_verified([own, copy], {own.id}) == own
    assert last_verified([own, copy], {copy.id}) is None


def test_where_nothing_else_is_verified_the_copy_for_undo_stays_beyond_its_days() -> None:
    copy, older = copied(NOON - timedelta(days=30)), copied(NOON - timedelta(days=31))
    verdicts = judge([taken(NOON, verified=False), copy, older], Retention(last=1), NOON)
    assert [verdict.reasons for verdict in verdicts] == [("last",), ("only verified",), ()]
    assert last_verified([copy, older], {copy.id}) is None
    assert last_verified([copy, older], {copy.id, older.id}) == copy


def test_damaged_backups_take_no_place_and_stay_only_where_none_is_better() -> None:
    damaged = replace(taken(NOON, verified=False), damaged="It is cut.")
    good, older = taken(NOON - timedelta(days=1)), taken(NOON - timedelta(days=2))
    assert kept([damaged, good, older], Retention(last=2)) == [good, older]
    assert kept([damaged], Retention(last=2)) == [damaged]


def test_copies_for_undo_are_counted_apart() -> None:
    assert counted([taken(NOON), copied(NOON)]) == "1 backup and 1 undo copy"
    assert counted([copied(NOON), copied(NOON)]) == "2 undo copies"
    assert counted([]) == "0 backups"


@pytest.mark.parametrize("numbers", [(0, 0, 0, 0), (1, -1, 0, 0)])
def test_a_rule_that_keeps_nothing_is_refused(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(Usage):
        Retention(*numbers)
