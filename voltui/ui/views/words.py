"""Pieces that several panes show alike: a container with its state, a backup's age and standing."""

from __future__ import annotations

from voltui.format import since
from voltui.model.backup import Backup, Reason
from voltui.model.container import Container
from voltui.model.inventory import Use
from voltui.model.safe import safe
from voltui.ui.glyphs import glyphs
from voltui.ui.spans import Line, Span, line


def state_glyph(container: Container) -> Span:
    """The state as a sign: the words stand elsewhere in the same line or pane."""
    if container.state == "paused":
        return Span(glyphs().paused, "warn")
    if container.running:
        return Span(glyphs().running, "good")
    return Span(glyphs().stopped, "dim")


def users(uses: tuple[Use, ...]) -> Line:
    """``● db  ● web ro``; ``unused`` where there are none."""
    if not uses:
        return line(Span("unused", "dim"))
    parts: list[Span | str] = []
    for use in uses:
        name = safe(use.container.short_name)
        access = " ro" if use.mount.read_only else ""
        style = "" if use.container.running else "dim"
        parts += [state_glyph(use.container), Span(f" {name}{access}  ", style)]
    return line(*parts)


def backup_standing(backups: tuple[Backup, ...]) -> Line:
    """``2 h  ok`` of the newest: how old, and whether it was read back whole. A word for what is wrong."""
    if not backups:
        return line(Span("never", "warn"))
    newest = backups[0]
    if newest.verified is None:
        return line(since(newest.started).ljust(7), Span("unproved", "warn"))
    return line(since(newest.started).ljust(7), Span("ok", "good"))


def backup_kind(backup: Backup) -> str:
    """``paused``, with a word for backups that were made by a restore."""
    return f"{backup.consistency} (undo)" if backup.reason is Reason.BEFORE_RESTORE else backup.consistency.value
