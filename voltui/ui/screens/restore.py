"""The plan of a restore: from, into, stops, keeps, losses. Enter does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container

from voltui.format import ago, size
from voltui.jobs.preview import RestorePreview
from voltui.model.backup import Backup, moment
from voltui.model.safe import safe
from voltui.model.text import listed, plural
from voltui.ui.frame import detail_title
from voltui.ui.glyphs import glyphs
from voltui.ui.screens.confirm import buttons
from voltui.ui.screens.overlay import LEAVING, Overlay
from voltui.ui.spans import Line, Span, line
from voltui.ui.views.base import in_one_or_two, labelled, paragraph
from voltui.ui.views.words import standing_words
from voltui.ui.widgets.lines import Lines

_AROUND = 3
"""Lines around the plan: the title, a blank one, the answers."""


class RestoreScreen(Overlay[str]):
    """Returns the id of the backup to restore, or nothing. Up and down choose among the source's backups."""

    BINDINGS = [  # noqa: RUF012 - Textual's own form
        Binding("escape,n", "leave", show=False),
        Binding("enter", "take", show=False),
        Binding("tab,shift+tab,left,right", "switch", show=False),
        Binding("down", "older(1)", show=False),
        Binding("up", "older(-1)", show=False),
    ]
    MEANS: ClassVar[Mapping[str, str]] = {**LEAVING, "down": "older(1)", "up": "older(-1)"}

    def __init__(self, preview: RestorePreview, backups: tuple[Backup, ...], meant: Backup) -> None:
        super().__init__()
        self._preview = preview
        self._backups = backups
        self._number = backups.index(meant)
        self._go = True

    def compose(self) -> ComposeResult:
        """One box of lines."""
        with Container(id="plan"):
            yield Lines(id="plan-lines")

    def on_mount(self) -> None:
        """Show the plan of the backup that is meant."""
        self._fit()
        self.call_after_refresh(self._show)

    def on_resize(self) -> None:
        """All is made for a width."""
        self._fit()
        self.call_after_refresh(self._show)

    def action_older(self, by: int) -> None:
        """Another of the backups."""
        self._number = max(0, min(self._number + by, len(self._backups) - 1))
        self._fit()
        self._show()

    def action_switch(self) -> None:
        """The other button."""
        self._go = not self._going
        self._show()

    def action_take(self) -> None:
        """Return the choice."""
        self.dismiss(self._backups[self._number].id if self._going else None)

    @property
    def _going(self) -> bool:
        """Whether Enter restores: it is chosen, and possible."""
        refused = self._preview.refusal or self._preview.protected or self._backups[self._number].damaged
        return self._go and not refused

    def _fit(self) -> None:
        """As high as the plan is."""
        self.query_one("#plan", Container).styles.height = len(self._plan()) + _AROUND

    def _show(self) -> None:
        lines = self.query_one(Lines)
        name = safe(self._preview.target.short)
        title = detail_title(f"Restore {name}", "Enter takes it, Esc closes", lines.size.width)
        lines.show([title, *self._plan(), (), buttons("Restore", "Cancel", first=self._going)])

    def _plan(self) -> list[Line]:
        return plan_lines(self._preview, self._backups, self._number, self.size.width)


def plan_lines(preview: RestorePreview, backups: tuple[Backup, ...], number: int, width: int) -> list[Line]:
    """What restoring one of the backups does, made for ``width`` cells."""
    backup = backups[number]
    dot = glyphs().dot
    replaced = Span("  what a restore replaced", "accent") if backup.undo else ""
    down, up, *_ = glyphs().arrows
    content = f"{size(backup.content.size)}, {plural(backup.content.count, 'entry', 'entries')}"
    choice = Span(f"   {number + 1:,} of {len(backups):,}, {up} {down} choose" if len(backups) > 1 else "", "dim")
    lines = [
        labelled("from", f"{ago(backup.started)} {dot} {moment(backup, backups)} {dot} {backup.consistency}"),
        *in_one_or_two("", line(standing_words(backup), f" {dot} {content}", replaced), line(choice), width),
        labelled("into", preview.target.words, "" if preview.exists else Span("  (made anew)", "accent")),
        _stops(preview),
        labelled("keeps", _kept(preview)),
        *paragraph("losses", " ".join(loss.sentence for loss in backup.losses) or "none", width, _style(backup)),
    ]
    if backup.damaged:
        lines += paragraph("refused", f"It is damaged. {backup.damaged}", width, "bad")
    elif preview.refusal:
        lines += paragraph("refused", preview.refusal, width, "bad")
    elif preview.protected:
        lines += paragraph("refused", "It is protected: voltui restore --force NAME replaces it.", width, "bad")
    return lines


def _stops(preview: RestorePreview) -> Line:
    if not preview.stops:
        return labelled("stops", Span("nobody", "dim"))
    return labelled("stops", Span(listed(list(preview.stops)), "warn"), " for the exchange, then starts again")


def _kept(preview: RestorePreview) -> str:
    return "today's content, as a backup" if preview.exists else "nothing: there is no volume of that name now"


def _style(backup: Backup) -> str:
    return "warn" if backup.losses else "good"
