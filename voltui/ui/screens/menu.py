"""A menu of choices, found by typing or by moving. It serves the palette, the actions and the orders."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.widgets import Input

from voltui.model.text import cell_width
from voltui.ui.actions import Action, Group
from voltui.ui.frame import detail_title
from voltui.ui.host import Host
from voltui.ui.orders import Orders
from voltui.ui.screens.overlay import LEAVING, MOVING, Overlay
from voltui.ui.spans import Line, Span, line
from voltui.ui.views.base import Column
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.table import Rows, Table

_LABEL = 18
"""Cells for the labels, at least."""


class Choice(Struct, frozen=True):
    """One line of a menu."""

    id: str
    label: str
    key: str = ""
    """As it is printed on a keyboard."""
    help: str = ""
    keys: tuple[str, ...] = ()
    """Those that choose it, as Textual names them."""
    also: tuple[str, ...] = ()
    """Other words that it is found by."""


class MenuScreen(Overlay[str]):
    """Answers with the id of what was chosen. A choice's own key chooses it too, unless one is ``searching``."""

    BINDINGS = [  # noqa: RUF012 - Textual's own form
        Binding("escape,ctrl+c", "leave", show=False, priority=True),
        Binding("enter", "choose", show=False, priority=True),
        Binding("down,ctrl+n", "go('down')", show=False, priority=True),
        Binding("up,ctrl+p", "go('up')", show=False, priority=True),
        Binding("pagedown", "go('page_down')", show=False, priority=True),
        Binding("pageup", "go('page_up')", show=False, priority=True),
    ]
    MEANS: ClassVar[Mapping[str, str]] = {**LEAVING, **MOVING, "open": "choose", "right": "choose"}

    def __init__(self, title: str, choices: Sequence[Choice], *, searching: bool = False, first: str = "") -> None:
        """The cursor begins on the choice ``first``."""
        super().__init__()
        self._first = first
        self._title = title
        self._choices = {choice.id: choice for choice in choices}
        self._searching = searching
        self._needle = ""
        self._label_width = max(_LABEL, *(cell_width(choice.label) for choice in choices))

    def compose(self) -> ComposeResult:
        """Title, the line to type into, the choices."""
        with Container(id="menu"):
            yield Lines(id="menu-title")
            yield Input(id="menu-filter", placeholder="type to find", compact=True)
            yield Table(id="menu-table")

    def on_mount(self) -> None:
        """Show all choices."""
        for choice in self._choices.values():
            self.take_keys(choice.keys, f"take({choice.id!r})")
        field = self.query_one("#menu-filter", Input)
        field.cursor_blink = False
        field.display = self._searching
        (field if self._searching else self.query_one(Table)).focus()
        self.query_one("#menu", Container).styles.height = min(len(self._choices) + (3 if self._searching else 2), 20)
        self.call_after_refresh(lambda: self._show(self._first))

    def on_resize(self) -> None:
        """The title is made for a width."""
        self.call_after_refresh(self._show)

    def _show(self, cursor_key: str | None = None, *, nearest: bool = False) -> None:
        table, title = self.query_one(Table), self.query_one("#menu-title", Lines)
        title.show([detail_title(self._title, "Esc closes", title.size.width)])
        keys = found(self._needle, self._choices.values())
        if nearest and keys:
            cursor_key = keys[0]
        columns = (Column("", width=self._label_width), Column("", width=7), Column("", share=1))
        table.show(Rows(columns, keys, self._cells, message=(line("   Nothing has these words."),)), cursor_key)

    def _cells(self, key: str) -> tuple[Line, ...]:
        choice = self._choices[key]
        return (line(choice.label), line(Span(choice.key, "key")), line(Span(choice.help, "dim")))

    @on(Input.Changed, "#menu-filter")
    def _typed(self, event: Input.Changed) -> None:
        """Begin on what comes nearest: Enter after ``vol`` is not to take what the cursor happened to be on."""
        self._needle = event.value
        self._show(nearest=True)

    def action_choose(self) -> None:
        """Answer with what the cursor is on."""
        self.dismiss(self.query_one(Table).cursor_key or None)

    def action_take(self, identifier: str) -> None:
        """Answer with what a key is of."""
        self.dismiss(identifier)


def found(words: str, choices: Collection[Choice]) -> list[str]:
    """The ids of the choices that have the words, or their letters: those first that are called so."""
    needle = " ".join(words.lower().split())
    nearness = {choice.id: _nearness(needle, choice) for choice in choices} if needle else {}
    matching = [choice.id for choice in choices if not needle or nearness[choice.id]]
    return sorted(matching, key=lambda identifier: -nearness[identifier]) if needle else matching


def _nearness(needle: str, choice: Choice) -> int:
    """How well a text names a choice; 0 is not at all."""
    label, also = choice.label.lower(), choice.also
    text = " ".join((label, *also, choice.help.lower()))
    nearest = (
        needle == label,
        needle in also,
        label.startswith(needle),
        any(word.startswith(needle) for word in also),
        needle in label,
        all(word in text for word in needle.split()),
        _has_letters(needle, label),
    )
    return next((len(nearest) - place for place, met in enumerate(nearest) if met), 0)


def _has_letters(needle: str, text: str) -> bool:
    """Whether a text has the letters in this order."""
    rest = iter(text)
    return all(char in rest for char in needle if char != " ")


def choose_order(app: Host, orders: Orders, taken: Callable[[], object]) -> None:
    """Ask what to sort by, take it and call ``taken``; the cursor begins on the order that there is now."""

    def chosen(label: str | None) -> None:
        if label is not None:
            orders.take(label)
            taken()

    now = orders.now
    choices = [
        Choice(order.label, order.label.capitalize(), now.arrow, f"as it is now; again for {now.reversed.arrow}")
        if order.label == now.label
        else Choice(order.label, order.label.capitalize(), order.arrow)
        for order in orders.known
    ]
    app.push_screen(MenuScreen("Sort by", choices, first=now.label), chosen)


_MENUS = ("menu", "palette")


def offers(
    app: Host, title: str, actions: Callable[[], Sequence[Action]], do: Callable[[str], object]
) -> Mapping[str, Callable[[], object]]:
    """What the keys of the menu and the palette do in a screen of few actions: these are to choose from."""

    def offer(*, searching: bool) -> None:
        def chosen(identifier: str | None) -> None:
            if identifier is not None:
                do(identifier)

        acting = (action for action in actions() if action.group is not Group.MOVE and action.id not in _MENUS)
        rows = [Choice(one.id, one.label, one.shown_key, one.help, one.keys) for one in acting]
        app.push_screen(MenuScreen(title, rows, searching=searching), chosen)

    return {"menu": lambda: offer(searching=False), "palette": lambda: offer(searching=True)}
