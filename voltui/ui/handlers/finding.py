"""Finding: filter, order, marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.ui.screens.menu import choose_order

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen


class Finding:
    """Handlers that choose rows."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_filter(self) -> None:
        """Ask for the words that rows must have."""
        self._screen.ask_filter()

    def do_next_match(self) -> None:
        """Next of the rows that match."""
        self._next_match(1)

    def do_previous_match(self) -> None:
        """Previous of the rows that match."""
        self._next_match(-1)

    def _next_match(self, by: int) -> None:
        screen = self._screen
        screen.drawing.next_match(by) if screen.walking else screen.table.move(by)

    def do_sort(self) -> None:
        """Sort by the next column."""
        if self._drawn():
            return
        self._screen.pane.orders.next()
        self._screen.show_state()

    def do_reverse(self) -> None:
        """The same order the other way round."""
        if self._drawn():
            return
        self._screen.pane.orders.reverse()
        self._screen.show_state()

    def do_sort_menu(self) -> None:
        """Choose what to sort by."""
        if self._drawn():
            return

        def taken() -> None:
            self._screen.show_state()
            self._screen.app.remember()

        choose_order(self._screen.app, self._screen.pane.orders, taken)

    def _drawn(self) -> bool:
        """Whether there is no list to sort; it is said."""
        if self._screen.walking:
            key = self._screen.state.key("back")
            self._screen.app.tell(f"A drawing has an order of its own; {key} goes back to the groups.", warning=True)
        return self._screen.walking

    def do_mark(self) -> None:
        """Mark the row and go down."""
        key = self._screen.table.cursor_key
        if key:
            self._screen.pane.toggle(key)
            self._screen.show_state()
            self._screen.table.move(1)

    def do_invert(self) -> None:
        """Mark what is not marked among the visible rows."""
        self._screen.pane.invert(self._screen.pane.matching(self._screen.state))
        self._screen.show_state()
