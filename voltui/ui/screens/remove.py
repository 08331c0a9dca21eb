"""What is to be removed: by name, age, last backup; backed up first unless that is declined. No is the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container as Box

from voltui.format import since, size
from voltui.jobs.remove import why_it_stays
from voltui.jobs.volume_plans import RemovePlan
from voltui.model.backup import last_whole
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.text import listed, plural
from voltui.ui.frame import detail_title
from voltui.ui.screens.ask import AskScreen, only
from voltui.ui.screens.confirm import ConfirmScreen
from voltui.ui.screens.overlay import LEAVING, MOVING, Overlay, leaving
from voltui.ui.spans import Line, Span, line
from voltui.ui.state import State
from voltui.ui.views.base import Column, labelled, paragraph
from voltui.ui.views.words import backup_standing, size_cell
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.table import Rows, Table

_COLUMNS = (
    Column("VOLUME", share=1, middle=True),
    Column("SIZE", width=9, right=True),
    Column("MADE", width=7, right=True, spare=1),
    Column("BACKUP", width=16),
)
_REMARK, _REASON = Column("", width=9), Column("", share=1)
_AROUND = 7
"""Lines around the list: title, header, a blank one, what comes of it (at most four)."""
_MOST = 20


class RemoveScreen(Overlay[RemovePlan]):
    """Returns the plan, consented to.

    What may go is marked at first, but for anonymous volumes in a ``clean_up``: nobody has named one of these.
    """

    BINDINGS = [  # noqa: RUF012 - Textual's own form
        leaving(),
        Binding("down", "go('down')", show=False),
        Binding("up", "go('up')", show=False),
        Binding("a", "anonymous", show=False),
        Binding("enter", "take", show=False, priority=True),
    ]
    MEANS: ClassVar[Mapping[str, str]] = {
        **LEAVING,
        **MOVING,
        **{identifier: identifier for identifier in ("mark", "invert", "backup")},
    }

    def __init__(self, plan: RemovePlan, state: State, inventory: Inventory, *, clean_up: bool = False) -> None:
        super().__init__()
        self._plan = plan
        self._state = state
        self._inventory = inventory
        self._volumes = {name: inventory.volumes[name] for name in plan.volumes}
        self._stays = {name: why_it_stays(inventory, name) for name in plan.volumes}
        self._clean_up = clean_up
        self._may_go = frozenset(name for name, reason in self._stays.items() if not reason)
        self._anonymous = frozenset(name for name in self._may_go if self._volumes[name].anonymous)
        self._marked = self._may_go - self._anonymous if clean_up else self._may_go
        self._backup = plan.backup

    def compose(self) -> ComposeResult:
        """The volumes, and what is done with them."""
        with Box(id="remove"):
            yield Lines(id="remove-title")
            yield Table(id="remove-table")
            yield Lines(id="remove-told")

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
        columns = (*_COLUMNS, _REASON if any(self._stays.values()) else _REMARK)
        self.query_one(Table).show(Rows(columns, list(self._volumes), self._cells, self._marked))
        self._show_told()

    @on(Table.Moved)
    def _show_told(self) -> None:
        told = self.query_one("#remove-told", Lines)
        lines = [(), *self._told(told.size.width)]
        told.styles.height = len(lines)
        told.show(lines)

    def _told(self, width: int) -> list[Line]:
        """What comes of it."""
        key = self.app.store.state.key("backup")
        freed = f"{self._freed()}   "
        lines = [labelled("frees", freed, *self._anonymous_key())]
        if stays := self._staying():
            lines += paragraph("stays", stays, width)
        word = "each is backed up and verified first" if self._backup else "WITHOUT a backup: there is no way back"
        other = " without" if self._backup else " with"
        said = Span(word, "good" if self._backup else "bad")
        lines.append(labelled("backup", said, "   ", Span(key, "key"), Span(other, "dim")))
        if not self._backup and (lost := self._without_backup()):
            lines += paragraph("lost", f"There is no whole backup of {lost}.", width, "bad")
        return lines

    def _freed(self) -> str:
        sizes = self._state.sizes
        known = [one.size for name in self._marked if sizes and (one := sizes.of(self._volumes[name]))]
        unknown = len(self._marked) - len(known)
        more = f" and {unknown} of unknown size" if unknown else ""
        return f"{size(sum(known))}{more}"

    def _anonymous_key(self) -> tuple[Span, ...]:
        if not self._anonymous or not self._clean_up:
            return ()
        some = "without" if self._anonymous <= self._marked else "with"
        return Span("a", "key"), Span(f" {some} {len(self._anonymous)} anonymous", "dim")

    def _staying(self) -> str:
        """The volume under the cursor with its reason, else all that stay; a clean-up does not list what is in use."""
        cursor = self.query_one(Table).cursor_key
        if cursor and (reason := self._stays.get(cursor)):
            return f"{safe(cursor)} is {reason}"
        kept = [safe(name) for name, reason in self._stays.items() if reason]
        if not self._clean_up:
            return listed(kept, most=4)
        used = len(self._inventory.volumes) - len(self._inventory.unused_names)
        parts = [f"{plural(used, 'volume')} in use"] if used else []
        return listed([*parts, *([f"{listed(kept, most=3)} (protected)"] if kept else [])])

    def _without_backup(self) -> str:
        lost = [name for name in self._volumes if name in self._marked and not last_whole(self._state.backups_of(name))]
        return listed([safe(self._inventory.display_name(self._volumes[name])) for name in lost], most=3)

    def _cells(self, key: str) -> tuple[Line, ...]:
        volume = self._volumes[key]
        known = self._state.sizes.of(volume) if self._state.sizes else None
        stays = self._stays[key]
        return (
            line(safe(self._inventory.display_name(volume))),
            size_cell(known, old=False),
            line(since(volume.created, "-")),
            backup_standing(self._state, key),
            line(Span(stays, "warn") if stays else Span("anonymous" if volume.anonymous else "", "dim")),
        )

    def action_mark(self) -> None:
        """Remove it, or not."""
        key = self.query_one(Table).cursor_key
        if key and (reason := self._stays[key]):
            self.app.tell(f"{safe(key)} stays: it is {reason}.", warning=True)
        elif key:
            self._marked ^= {key}
            self._show()
            self.query_one(Table).move(1)

    def action_invert(self) -> None:
        """The others."""
        self._marked = self._may_go - self._marked
        self._show()

    def action_anonymous(self) -> None:
        """With or without what nobody has named."""
        self._marked = (
            self._marked - self._anonymous if self._anonymous <= self._marked else self._marked | self._anonymous
        )
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
        facts.append(f"It frees {self._freed()}.")
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
