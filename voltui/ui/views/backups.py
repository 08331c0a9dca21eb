"""The pane of backups."""

from __future__ import annotations

from collections.abc import Sequence

from voltui.format import since, size
from voltui.model import facts
from voltui.model.backup import Backup, moment
from voltui.model.filter import Facts
from voltui.model.safe import safe
from voltui.model.text import clock_time, plural
from voltui.ui.glyphs import glyphs
from voltui.ui.spans import Line, Span, line
from voltui.ui.state import State
from voltui.ui.views.base import Column, Sort, View, in_one_or_two, labelled, paragraph, under
from voltui.ui.views.timeline import disk_used, size_lines, time_line
from voltui.ui.views.words import standing, standing_words

_MOST_LOSSES = 2


def find(state: State, key: str) -> Backup:
    """The backup of a row's key, its id."""
    return state.backup_by_id[key]


def source_name(state: State, backup: Backup) -> str:
    """What the source is called in the other panes, if it is there: an anonymous volume by its user."""
    volume = state.inventory.volumes.get(backup.source.name) if state.inventory else None
    if state.inventory is not None and volume is not None and backup.engine.id == state.inventory.engine.id:
        return safe(state.inventory.display_name(volume))
    return safe(backup.source.short)


class BackupsView(View):
    """Every backup of the store, of this engine and of others."""

    id = "backups"
    title = "Backups"
    columns = (
        Column("OF", share=3, middle=True),
        Column("AGE", width=7, right=True),
        Column("SIZE", width=9, right=True),
        Column("ENTRIES", width=9, right=True, spare=3),
        Column("WRITERS", width=14, spare=2),
        Column("ENC", width=3, spare=1),
        Column("VERIFIED", width=8),
    )
    sorts = (
        Sort("newest", lambda state, key: find(state, key).started, reverse=True),
        Sort("name", lambda state, key: key),
        Sort("entries", lambda state, key: find(state, key).content.count, reverse=True),
        Sort("verified", lambda state, key: find(state, key).standing),
        Sort("size", lambda state, key: find(state, key).archive.size, reverse=True),
    )
    made_from = ("inventory", "backups")
    empty = "The store has no backups yet."
    ways_on = "{backup} on a volume makes one."
    asks = facts.BACKUP_ASKS

    def nothing(self, state: State) -> str:
        """That there is none yet, or why none can be read."""
        return " ".join(problem.error.words for problem in state.problems[:1]) or super().nothing(state)

    def keys(self, state: State) -> Sequence[str]:
        """The backups' ids."""
        return [backup.id for backup in state.backups]

    def name(self, state: State, key: str) -> str:
        """Its id."""
        return safe(key)

    def cells(self, state: State, key: str) -> tuple[Line, ...]:
        """Of what, how old, how large, what the writers did, whether it was read back."""
        backup = find(state, key)
        return (
            line(source_name(state, backup)),
            line(since(backup.started)),
            line(size(backup.archive.size)),
            line(f"{backup.content.count:,}"),
            line(backup.writers),
            line("yes" if backup.encrypted else ""),
            line(standing(backup)),
        )

    def words(self, state: State, key: str) -> str:
        """The row, and that it is encrypted."""
        return f"{super().words(state, key)}{' encrypted' if find(state, key).encrypted else ''}"

    def summary(self, state: State) -> str:
        """``4 backups 5.2 GB · 1 DAMAGED``: what they take, and how many are not whole."""
        if not state.backups and not state.problems:
            return ""
        damaged = sum(bool(backup.damaged) for backup in state.backups) + len(state.problems)
        total = f"{plural(len(state.backups), 'backup')} {size(disk_used(state.backups))}"
        return f"{total} {glyphs().dot} {damaged} DAMAGED" if damaged else total

    def facts(self, state: State, key: str) -> Facts:
        """Its source's labels, project and driver, its size and age."""
        backup = find(state, key)
        return facts.of_backup(backup, source_name(state, backup), self.words(state, key))

    def detail(self, state: State, key: str, width: int, *, full: bool = False) -> list[Line]:
        """When, from where, of whom, and what it does not hold."""
        backup = find(state, key)
        content = backup.content
        when = f" {clock_time(backup.verified)}" if backup.verified else ""
        verified = standing_words(backup)
        sealed = "encrypted, " if backup.encrypted else ""
        paused = f", writers held for {backup.paused_seconds:.1f} s" if backup.paused_seconds else ""
        siblings = state.siblings(backup)
        made, how = line(moment(backup, siblings)), line(f", {backup.consistency}{paused}")
        stored, proved = line(f"{size(backup.archive.size)}, ", sealed), line(verified, when)
        origin, kind = line(safe(backup.engine.name)), line(Span(f"  {_kind(backup)}  by {backup.transport}", "dim"))
        lines = [
            *in_one_or_two("made", made, how, width),
            labelled("content", f"{size(content.size)} in {plural(content.count, 'entry', 'entries')}"),
            *in_one_or_two("stored", stored, proved, width),
            *in_one_or_two("from", origin, kind, width),
            *_users(backup, width),
        ]
        lines += size_lines(siblings, backup, width)
        if backup.damaged:
            lines += paragraph("damage", safe(backup.damaged), width, "bad")
        lines += _losses(backup, width, None if full else _MOST_LOSSES)
        lines += paragraph("id", safe(backup.id), width, "dim")
        return [*lines, (), *time_line(siblings, backup)] if full else lines


def _users(backup: Backup, width: int) -> list[Line]:
    if not backup.users:
        return [labelled("users", Span("encrypted" if backup.encrypted else "none", "dim"))]
    return paragraph("users", ", ".join(safe(user.name) for user in backup.users), width)


def _kind(backup: Backup) -> str:
    return safe(backup.driver or backup.source.kind)


def _losses(backup: Backup, width: int, most: int | None) -> list[Line]:
    if not backup.losses:
        return [labelled("losses", Span("none", "good"))]
    lines: list[Line] = []
    for loss in backup.losses[:most]:
        lines += paragraph("" if lines else "losses", loss.sentence, width, "warn")
    if most is not None and len(backup.losses) > most:
        lines.append(under(Span(f"and {len(backup.losses) - most} more", "dim")))
    return lines
