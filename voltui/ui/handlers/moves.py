"""Moving: the cursor, the panes, in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.ui.actions import GRAPH
from voltui.ui.frame import PANES

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen


class Moves:
    """Handlers that change nothing but what is looked at."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_down(self) -> None:
        """Next row."""
        self._screen.moving.move(1)

    def do_up(self) -> None:
        """Previous row."""
        self._screen.moving.move(-1)

    def do_top(self) -> None:
        """First row."""
        self._screen.moving.go_to(0)

    def do_bottom(self) -> None:
        """Last row."""
        self._screen.moving.go_to_end()

    def do_page_down(self) -> None:
        """A page down."""
        self._pages(1.0)

    def do_page_up(self) -> None:
        """A page up."""
        self._pages(-1.0)

    def do_half_down(self) -> None:
        """Half a page down."""
        self._pages(0.5)

    def do_half_up(self) -> None:
        """Half a page up."""
        self._pages(-0.5)

    def _pages(self, pages: float) -> None:
        """Through the list, or through a detail that stands alone."""
        screen = self._screen
        if screen.zoomed:
            screen.scroll_detail(int(pages * (screen.size.height - 6)))
        else:
            screen.moving.move(int(pages * screen.moving.page))

    def do_open(self) -> None:
        """Into the drawing of a group, or a project; of anything else the detail alone."""
        screen = self._screen
        if screen.pane.view.id == GRAPH and not screen.walking:
            screen.walk()
        elif not screen.unfold() and screen.subject:
            screen.zoom(True)

    def do_right(self) -> None:
        """Along a line to the right, or in."""
        screen = self._screen
        if screen.walking and not screen.zoomed:
            screen.drawing.step(right=True)
        else:
            self.do_open()

    def do_left(self) -> None:
        """Along a line to the left, or out: of a project by folding it."""
        screen = self._screen
        if screen.walking and not screen.zoomed:
            screen.drawing.step(right=False)
        elif not screen.fold():
            self.do_back()

    def do_zoom(self) -> None:
        """The detail alone, or the list again."""
        screen = self._screen
        if not screen.zoomed and not screen.subject:
            screen.app.tell(f"{screen.state.key('zoom')} Zoom: there is no row here.", warning=True)
            return
        screen.zoom(not screen.zoomed)

    def do_back(self) -> None:
        """One step out: the detail, then the filter, then the marks; of a walk what it shows, then the walk.

        A message that stands there goes in any case.
        """
        screen = self._screen
        screen.app.clear_notifications()
        if screen.zoomed:
            screen.zoom(False)
        elif screen.walking:
            self._back_from_walk()
        elif screen.pane.filter:
            screen.clear_filter()
        elif screen.pane.marked:
            screen.unmark()

    def _back_from_walk(self) -> None:
        """To all that the drawing can show, then to where one came from."""
        screen = self._screen
        if screen.drawing.walk.less():
            screen.show_state()
        elif screen.came_from:
            screen.drawing.leave()
            screen.open_pane(screen.came_from)
        else:
            screen.end_walk()

    def do_volumes(self) -> None:
        """The pane of volumes."""
        self._screen.open_pane("volumes")

    def do_containers(self) -> None:
        """The pane of containers."""
        self._screen.open_pane("containers")

    def do_graph(self) -> None:
        """The pane of the mount graph."""
        self._screen.open_pane(GRAPH)

    def do_graph_of(self) -> None:
        """The drawing of the group of what is under the cursor, and there on it."""
        node = self._screen.node_of_project or self._screen.node
        if node is not None:
            here = self._screen.pane_id
            self._screen.open_pane(GRAPH)
            self._screen.came_from = here
            self._screen.walk(node)

    def do_backups(self) -> None:
        """The pane of backups."""
        self._screen.open_pane("backups")

    def do_jobs(self) -> None:
        """The pane of jobs."""
        self._screen.open_pane("jobs")

    def do_next_pane(self) -> None:
        """The next pane."""
        self._step(1)

    def do_previous_pane(self) -> None:
        """The pane before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        names = [name for _, name in PANES]
        here = names.index(self._screen.pane.view.id)
        self._screen.open_pane(names[(here + by) % len(names)])
