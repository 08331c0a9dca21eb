"""Which backups to keep: the last few, and the last of each of the past days, weeks and months."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from datetime import datetime

from msgspec import Struct

from voltui.model.backup import Backup
from voltui.model.errors import Usage


class Retention(Struct, frozen=True):
    """How many to keep of each kind. Days, weeks (ISO, from Monday) and months are those of UTC."""

    last: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0

    def __post_init__(self) -> None:
        numbers = (self.last, self.daily, self.weekly, self.monthly)
        if min(numbers) < 0:
            raise Usage("A number of backups to keep can't be negative.", "Give 0 or more.")
        if not any(numbers):
            raise Usage(
                "This rule would keep no backup at all.",
                "Say how many to keep: --keep-last, --keep-daily, --keep-weekly or --keep-monthly.",
            )


class Verdict(Struct, frozen=True):
    """What becomes of one backup, and why it is kept; without a reason it goes."""

    backup: Backup
    reasons: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether it stays."""
        return bool(self.reasons)


def judge(backups: Iterable[Backup], rule: Retention) -> list[Verdict]:
    """What the rule says of all these backups, newest first. Each source of each engine is judged by itself.

    The newest verified backup of a source always stays: the others may turn out to be damaged.
    """
    groups: dict[tuple[str, str], list[Backup]] = {}
    for backup in backups:
        groups.setdefault((backup.engine.id, backup.source.name), []).append(backup)
    verdicts = [verdict for group in groups.values() for verdict in _judge_group(group, rule)]
    return sorted(verdicts, key=lambda verdict: (verdict.backup.started, verdict.backup.id), reverse=True)


def last_verified(backups: Iterable[Backup], doomed: Set[str]) -> Backup | None:
    """The first of these doomed ids without which its source would have no verified backup left, or ``None``."""
    groups: dict[tuple[str, str], list[Backup]] = {}
    for backup in backups:
        if backup.verified is not None:
            groups.setdefault((backup.engine.id, backup.source.name), []).append(backup)
    return next((group[0] for group in groups.values() if all(backup.id in doomed for backup in group)), None)


def _judge_group(backups: Sequence[Backup], rule: Retention) -> list[Verdict]:
    newest_first = sorted(backups, key=lambda backup: backup.started, reverse=True)
    reasons: dict[str, list[str]] = {backup.id: [] for backup in newest_first}
    for backup in newest_first[: rule.last]:
        reasons[backup.id].append("last")
    periods: tuple[tuple[str, int, Callable[[datetime], object]], ...] = (
        ("daily", rule.daily, lambda when: when.date()),
        ("weekly", rule.weekly, lambda when: when.isocalendar()[:2]),
        ("monthly", rule.monthly, lambda when: (when.year, when.month)),
    )
    for name, count, period in periods:
        for backup in _last_of_each(newest_first, count, period):
            reasons[backup.id].append(name)
    verified = next((backup for backup in newest_first if backup.verified is not None), None)
    if verified is not None and not any(reasons[backup.id] for backup in newest_first if backup.verified is not None):
        reasons[verified.id].append("only verified")
    return [Verdict(backup, tuple(reasons[backup.id])) for backup in newest_first]


def _last_of_each(newest_first: Iterable[Backup], count: int, period: Callable[[datetime], object]) -> list[Backup]:
    """The newest backup of each of the last ``count`` periods that have one."""
    found: dict[object, Backup] = {}
    for backup in newest_first:
        found.setdefault(period(backup.started), backup)
    return list(found.values())[:count]
