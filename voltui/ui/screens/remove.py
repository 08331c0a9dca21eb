"""What is to be removed: by name, age, last backup; backed up first unless that is declined. No is the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container as Box

from voltui.format import since
from voltui.jobs.volume_plans import RemovePlan
from voltui.model.safe import safe
from voltui.model.text import listed, plural
from voltui.model.volume import Volume
from voltui.ui.frame import detail_title
from voltui.ui.screens.ask import AskScreen, only
from voltui.ui.screens.confirm import ConfirmScreen
from voltui.ui.screens.overlay import LEAVING, MOVING, Overlay, leaving
from voltui.ui.spans import Line, Span, line
from voltui.ui.state import State
from voltui.ui.views.base import Column
from voltui.ui.views.words import backup_standing, size_cell
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.table import Rows, Table

_COLUMNS = (
    Column("VOLUME", share=1, middle=True),
    Column("SIZE", width=9, right=True),
    Column("MADE", width=7, right=True),
    Column("BACKUP", width=18),
    Column("", width=9),
)
_AROUND = 5
"""Lines around the list: title, header, a blank one, what is done, the keys."""
_MOST = 20


class RemoveScreen(Overlay[RemovePlan]):
    """Returns the plan, consented to. The volumes are marked at first; space takes one out."""

    BINDINGS = [  # noqa: RUF012 - Textual's own form
        leaving(),
        Binding("down", "go('down')", show=False),
        Binding("up", "go('up')", show=False),
        Binding("enter", "take", show=False, priority=True),
    ]
    MEANS: ClassVar[Mapping[str, str]] = {
        **LEAVING,
        **MOVING,
        **{identifier: identifier for identifier in ("mark", "invert", "backup")},
    }

    def __init__(self, plan: RemovePlan, state: State) -> None:
        super().__init__()
        self._plan = plan
        self._state = state
        volumes = state.inventory.volumes if state.inventory else {}
        self._volumes: dict[str, Volume] = {name: volumes[name] for name in plan.volumes}
        self._marked = frozenset(plan.volumes)
        self._backup = plan.backup

    def compose(self) -> ComposeResult:
        """The volumes, and what is done with them."""
        with Box(id="remove"):
            yield Lines(id="remove-title")
            yield Table(id="remove-table")
            yield Lines(id="remove-keys")

    def on_mount(self) -> None:
        """As high as the list."""
        self.query_one("#remove", Box).styles.height = min(len(self._volumes) + _AROUND, _MOST)
        self.query_one(Table).focus()
        self.call_after_refresh(self._show)

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        title = self.query_one("#remove-title", Lines)
        heading = f"Remove {plural(len(self._marked), 'volume')}"
        key = self.app.store.state.key
        title.show([detail_title(heading, f"{key('mark')} marks, Enter removes, Esc closes", title.size.width)])
        self.query_one(Table).show(Rows(_COLUMNS, list(self._volumes), self._cells, self._marked))
        word = "each is backed up and verified first" if self._backup else "WITHOUT a backup: there is no way back"
        done = line("   ", Span(key("backup"), "key"), "  ", Span(word, "good" if self._backup else "bad"))
        self.query_one("#remove-keys", Lines).show([(), done])

    def _cells(self, key: str) -> tuple[Line, ...]:
        volume, inventory = self._volumes[key], self._state.inventory
        name = inventory.display_name(volume) if inventory else volume.name
        known = self._state.sizes.of(volume) if self._state.sizes else None
        return (
            line(safe(name)),
            size_cell(known, old=False),
            line(since(volume.created, "-")),
            backup_standing(self._state.backups_of(key)),
            line(Span("anonymous" if volume.anonymous else "named", "dim")),
        )

    def action_mark(self) -> None:
        """Remove it, or not."""
        key = self.query_one(Table).cursor_key
        if key:
            self._marked ^= {key}
            self._show()
            self.query_one(Table).move(1)

    def action_invert(self) -> None:
        """The others."""
        self._marked = frozenset(self._volumes) - self._marked
        self._show()

    def action_backup(self) -> None:
        """With or without a backup."""
        self._backup = not self._backup
        self._show()

    def action_take(self) -> None:
        """Ask once more, by name where nothing is kept."""
        names = tuple(name for name in self._volumes if name in self._marked)
        if not names:
            self.app.tell("Nothing is marked.", warning=True)
            return
        plan = RemovePlan(self._plan.common, names, self._backup)
        if not self._backup:
            self._ask_for_name(plan)
            return

        def decided(yes: bool | None) -> None:
            if yes:
                self.dismiss(plan)

        shown = [safe(name) for name in names]
        facts = [f"Removed: {listed(shown, most=4)}.", "A backup of each is made and verified before any goes."]
        self.app.push_screen(ConfirmScreen(f"Remove {plural(len(names), 'volume')}?", facts, "Remove"), decided)

    def _ask_for_name(self, plan: RemovePlan) -> None:
        wanted = plan.volumes[0] if len(plan.volumes) == 1 else str(len(plan.volumes))
        what = "the volume's name" if len(plan.volumes) == 1 else "how many volumes go"

        def typed(text: str | None) -> None:
            if text:
                self.dismiss(plan)

        names = listed([safe(name) for name in plan.volumes])
        title, hint = f"Type {what}: {names} will be gone for good", f"It is {safe(wanted)}."
        self.app.push_screen(AskScreen(title, hint, check=only(wanted, what)), typed)
