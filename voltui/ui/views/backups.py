"""The pane of backups."""

from __future__ import annotations

from collections.abc import Sequence

from voltui.format import since, size
from voltui.model.backup import Backup
from voltui.model.safe import safe
from voltui.model.text import clock_time, plural
from voltui.ui.spans import Line, Span, line
from voltui.ui.state import State
from voltui.ui.views.base import Column, Sort, View, labelled, under
from voltui.ui.views.words import backup_kind

_MOST_LOSSES = 2


def find(state: State, key: str) -> Backup:
    """The backup of a row's key, its id."""
    return state.backup_by_id[key]


class BackupsView(View):
    """Every backup of the store, of this engine and of others."""

    id = "backups"
    title = "Backups"
    columns = (
        Column("OF", share=3, middle=True),
        Column("AGE", width=7, right=True),
        Column("SIZE", width=9, right=True),
        Column("ENTRIES", width=9, right=True),
        Column("WRITERS", width=14),
        Column("VERIFIED", width=9),
    )
    sorts = (
        Sort("newest", lambda state, key: find(state, key).started, reverse=True),
        Sort("name", lambda state, key: key),
        Sort("size", lambda state, key: find(state, key).archive.size, reverse=True),
    )
    empty = "The store has no backups yet. b on a volume makes one."

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
            line(safe(backup.source.name)),
            line(since(backup.started)),
            line(size(backup.archive.size)),
            line(f"{backup.content.count:,}"),
            line(backup_kind(backup)),
            line(Span("ok", "good") if backup.verified else Span("no", "warn")),
        )

    def detail(self, state: State, key: str, width: int) -> list[Line]:
        """When, from where, of whom, and what it does not hold."""
        backup = find(state, key)
        content = backup.content
        verified = (
            Span(f"verified {clock_time(backup.verified)}", "good") if backup.verified else Span("not verified", "warn")
        )
        paused = f", writers held for {backup.paused_seconds:.1f} s" if backup.paused_seconds else ""
        lines = [
            labelled("made", clock_time(backup.started), f", {backup.consistency}{paused}"),
            labelled("content", f"{size(content.size)} in {plural(content.count, 'entry', 'entries')}, ", verified),
            labelled("from", f"{safe(backup.engine.name)}  ", Span(f"{_kind(backup)}  by {backup.transport}", "dim")),
            labelled("users", ", ".join(safe(user.name) for user in backup.users) or Span("none", "dim")),
        ]
        lines += _losses(backup)
        lines.append(labelled("id", Span(safe(backup.id), "dim")))
        return lines


def _kind(backup: Backup) -> str:
    return safe(backup.driver or backup.source.kind)


def _losses(backup: Backup) -> list[Line]:
    if not backup.losses:
        return [labelled("losses", Span("none", "good"))]
    lines = [labelled("losses", Span(backup.losses[0].sentence, "warn"))]
    lines += [under(Span(loss.sentence, "warn")) for loss in backup.losses[1:_MOST_LOSSES]]
    if len(backup.losses) > _MOST_LOSSES:
        lines.append(under(Span(f"and {len(backup.losses) - _MOST_LOSSES} more", "dim")))
    return lines
