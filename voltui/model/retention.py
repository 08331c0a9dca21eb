"""Which backups to keep: the last few, and the last of each of the past days, weeks and months.

What restores replaced has a rule of its own: it is there for undo for some days, and takes no place of a backup that
somebody made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from datetime import datetime, timedelta

from msgspec import Struct

from voltui.model.backup import Backup, order
from voltui.model.errors import Usage

UNDO_DAYS = 7
"""For so many days what a restore or a change of files replaced is kept for undo."""
ONLY_VERIFIED = "only verified"
"""The reason of a backup that stays in spite of the rule."""


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


def judge(backups: Iterable[Backup], rule: Retention, moment: datetime) -> list[Verdict]:
    """What the rule says of all these backups at a moment, newest first; each source of each engine by itself.

    The rule is for backups that somebody made. Damaged ones take no place, and stay only where there is none better.
    What a restore replaced stays for `UNDO_DAYS`, whatever the rule says, and goes then. The last good backup of a
    source always stays (`last_good`).
    """
    verdicts = [verdict for group in _groups(backups) for verdict in _judge_group(group, rule, moment)]
    return sorted(verdicts, key=lambda verdict: order(verdict.backup), reverse=True)


def last_good(backups: Iterable[Backup]) -> Backup | None:
    """The newest verified one of a source's backups, ``None`` where none is. It must stay: the others may turn out to
    be damaged. What a restore replaced counts where there is nothing else."""
    verified = [backup for backup in backups if backup.verified is not None]
    return max(verified, key=lambda backup: (not backup.undo, order(backup)), default=None)


def last_verified(backups: Iterable[Backup], doomed: Set[str]) -> Backup | None:
    """The first of these doomed ids without which its source would have no verified backup left, or ``None``.

    What a restore replaced is no stead for a backup that somebody made.
    """
    for group in _groups(backups):
        last = last_good(group)
        if last is None or last.id not in doomed:
            continue
        left = last_good(backup for backup in group if backup.id not in doomed)
        if left is None or left.undo > last.undo:
            return last
    return None


def _groups(backups: Iterable[Backup]) -> Iterable[list[Backup]]:
    """The backups by source of an engine."""
    groups: dict[tuple[str, str], list[Backup]] = {}
    for backup in backups:
        groups.setdefault((backup.engine.id, backup.source.name), []).append(backup)
    return groups.values()


def _judge_group(backups: Sequence[Backup], rule: Retention, moment: datetime) -> list[Verdict]:
    newest_first = sorted(backups, key=order, reverse=True)
    own = [backup for backup in newest_first if not backup.undo and not backup.damaged]
    reasons: dict[str, list[str]] = {backup.id: [] for backup in newest_first}
    for backup in own[: rule.last]:
        reasons[backup.id].append("last")
    periods: tuple[tuple[str, int, Callable[[datetime], object]], ...] = (
        ("daily", rule.daily, lambda when: when.date()),
        ("weekly", rule.weekly, lambda when: when.isocalendar()[:2]),
        ("monthly", rule.monthly, lambda when: (when.year, when.month)),
    )
    for name, count, period in periods:
        for backup in _last_of_each(own, count, period):
            reasons[backup.id].append(name)
    for backup in newest_first:
        until = backup.started + timedelta(days=UNDO_DAYS)
        if backup.undo and moment <= until:
            reasons[backup.id].append(f"undo until {until.date()}")
        if backup.damaged and last_good(newest_first) is None:
            reasons[backup.id].append("none is better")
    doomed = {backup_id for backup_id, why in reasons.items() if not why}
    last = last_verified(newest_first, doomed)
    if last is not None:
        reasons[last.id].append(ONLY_VERIFIED)
    return [Verdict(backup, tuple(reasons[backup.id])) for backup in newest_first]


def _last_of_each(newest_first: Iterable[Backup], count: int, period: Callable[[datetime], object]) -> list[Backup]:
    """The newest backup of each of the last ``count`` periods that have one."""
    found: dict[object, Backup] = {}
    for backup in newest_first:
        found.setdefault(period(backup.started), backup)
    return list(found.values())[:count]
