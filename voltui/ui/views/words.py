"""Pieces that several panes show alike: a container with its state, a backup's age and standing."""

from __future__ import annotations

from voltui.format import since, size
from voltui.model.backup import Backup, latest
from voltui.model.container import Container
from voltui.model.inventory import Use
from voltui.model.safe import safe
from voltui.model.sizes import VolumeSize
from voltui.ui.glyphs import bar, glyphs
from voltui.ui.spans import Line, Span, line
from voltui.ui.state import State


def state_glyph(container: Container) -> Span:
    """The state as a sign: the words stand elsewhere in the same line or pane."""
    if container.state == "paused":
        return Span(glyphs().paused, "warn")
    return state_sign(running=container.running)


def state_sign(*, running: bool) -> Span:
    """The sign of containers that run, or that do not."""
    return Span(glyphs().running, "good") if running else Span(glyphs().stopped, "dim")


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


OLD = "~"
"""Stands before a size that may no longer be true."""


def size_cell(known: VolumeSize | None, *, old: bool) -> Line:
    """``4.2 GB``; ``~4.2 GB`` where that may be past; ``-`` where it is not known."""
    if known is None:
        return line(Span("-", "dim"))
    text = size(known.size)
    return line(Span(f"{OLD}{text}", "dim")) if old else line(text)


def share_bar(part: int, whole: int, cells: int) -> Line:
    """``██     42 %``: a bar and a number, in ``cells`` and six more."""
    share = part / whole if whole else 0.0
    return line(Span(bar(share, cells).ljust(cells), "accent"), f"{share:5.0%}".replace("%", " %"))


def share_of(part: int, whole: int, cells: int) -> Line:
    """``███▌ 77 % of 5.4 GB``: for a line of text, where nothing stands below that it had to align with."""
    share = part / whole if whole else 0.0
    signs = bar(share, cells)
    return line(Span(f"{signs} ", "accent") if signs else "", f"{share:.0%}".replace("%", " %"), f" of {size(whole)}")


def backup_standing(state: State, name: str) -> Line:
    """``2 h  ok`` of a source's newest: how old, and whether it was read back whole. A word for what is wrong."""
    backups = state.backups_of(name)
    if not backups:
        return line(no_backup(state))
    newest = latest(backups)
    return line(since(newest.started).ljust(8), standing(newest))


def no_backup(state: State) -> Span:
    """Where no backup is known: ``never``, or ``unknown`` while the store can't be read."""
    return Span("unknown" if state.store_unread else "never", "warn")


def standing(backup: Backup) -> Span:
    """``ok``: read back whole. ``unproved``: not yet. ``DAMAGED``: it was found not to be whole."""
    if backup.damaged:
        return Span("DAMAGED", "bad")
    return Span("ok", "good") if backup.verified else Span("unproved", "warn")


def standing_words(backup: Backup) -> Span:
    """The same in a sentence."""
    return Span(backup.standing, {"verified": "good", "DAMAGED": "bad"}.get(backup.standing, "warn"))
