"""Walking through the files of a volume or a backup: folders, names, orders, marks."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

from voltui.ui.handlers.table import moves
from voltui.ui.screens.menu import choose_order

if TYPE_CHECKING:
    from voltui.ui.screens.files import FilesScreen


class Tree:
    """Handlers of a tree that change nothing."""

    def __init__(self, screen: FilesScreen) -> None:
        self._screen = screen
        for identifier, move in moves(screen.table).items():
            setattr(self, f"do_{identifier}", move)

    def do_open(self) -> None:
        """Into a folder; of a file, its beginning."""
        self._screen.open_node()

    def do_right(self) -> None:
        """As Enter."""
        self._screen.open_node()

    def do_back(self) -> None:
        """Out of what was found, then the marks, then one folder up, then out."""
        screen = self._screen
        if screen.browsing.words or screen.looking_for:
            screen.find("")
        elif screen.browsing.marked:
            screen.unmark()
        else:
            screen.leave_folder()

    def do_left(self) -> None:
        """One folder up."""
        if self._screen.browsing.words or self._screen.looking_for:
            self._screen.find("")
        else:
            self._screen.leave_folder()

    def do_filter(self) -> None:
        """Ask for part of a name."""
        self._screen.ask()

    def do_next_match(self) -> None:
        """Next of what was found."""
        self._screen.table.move(1)

    def do_previous_match(self) -> None:
        """Previous of what was found."""
        self._screen.table.move(-1)

    def do_sort(self) -> None:
        """In the next order."""
        self._screen.browsing.orders.next()
        self._screen.show_list()

    def do_reverse(self) -> None:
        """The same order the other way round."""
        self._screen.browsing.orders.reverse()
        self._screen.show_list()

    def do_sort_menu(self) -> None:
        """Choose what to sort by."""
        choose_order(self._screen.app, self._screen.browsing.orders, self._screen.show_list)

    def do_mark(self) -> None:
        """Mark the entry and go down."""
        key = self._screen.table.cursor_key
        if key:
            self._toggle({key})
            self._screen.table.move(1)

    def do_invert(self) -> None:
        """Mark what is not marked among the visible entries."""
        self._toggle(self._screen.shown_keys)

    def _toggle(self, keys: Set[str]) -> None:
        self._screen.browsing.toggle(keys)
        self._screen.show_entries()

    def do_copy(self) -> None:
        """The path, by OSC 52."""
        screen, node = self._screen, self._screen.node
        if node is not None:
            name = f"{screen.files.root}{node.shown_path}"
            screen.app.copy_to_clipboard(name)
            screen.app.tell(f"Copied {name}")

    def do_refresh(self) -> None:
        """Read all anew."""
        self._screen.read()

    def do_quit(self) -> None:
        """Back to where it was opened."""
        self._screen.dismiss()
