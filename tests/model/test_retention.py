"""Retention: what a rule keeps, and that it never takes the last good backup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.store.test_local import make_backup
from voltui.model.backup import Backup
from voltui.model.errors import Usage
from voltui.model.retention import Retention, judge
from voltui.model.when import stamp

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def taken(when: datetime, volume: str = "data", *, verified: bool = True) -> Backup:
    backup = make_backup(f"{volume}@{stamp(when)}", moment=when)
    return replace(backup, verified=when if verified else None)


def kept(backups: list[Backup], rule: Retention) -> list[Backup]:
    return [verdict.backup for verdict in judge(backups, rule) if verdict.kept]


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
    verdicts = judge([taken(NOON), taken(NOON - timedelta(days=1))], Retention(last=1, daily=2))
    assert [verdict.reasons for verdict in verdicts] == [("last", "daily"), ("daily",)]


def test_the_newest_verified_backup_stays_whatever_the_rule_says() -> None:
    unverified = taken(NOON, verified=False)
    verified = taken(NOON - timedelta(days=1))
    older = taken(NOON - timedelta(days=2))
    verdicts = judge([unverified, verified, older], Retention(last=1))
    assert [verdict.reasons for verdict in verdicts] == [("last",), ("only verified",), ()]


def test_each_volume_is_judged_by_itself() -> None:
    one, other = taken(NOON), taken(NOON - timedelta(days=9), "other")
    assert kept([one, other], Retention(last=1)) == [one, other]


@pytest.mark.parametrize("numbers", [(0, 0, 0, 0), (1, -1, 0, 0)])
def test_a_rule_that_keeps_nothing_is_refused(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(Usage):
        Retention(*numbers)
