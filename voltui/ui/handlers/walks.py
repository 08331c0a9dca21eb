"""Walking the mount graph: what of a drawing is shown, and what groups are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltui.ui.views.graph import GraphView

if TYPE_CHECKING:
    from voltui.ui.screens.main import MainScreen


class Walks:
    """Handlers of the pane of the mount graph."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def do_impact(self) -> None:
        """Mark what touching the node under the cursor touches."""
        self._screen.drawing.walk.toggle_impact()
        self._screen.show_state()

    def do_around(self) -> None:
        """Only the neighbourhood of the node under the cursor."""
        self._screen.drawing.walk.step_around()
        self._screen.show_state()

    def do_tree(self) -> None:
        """A tree in place of the drawing, or the drawing again."""
        view = self._screen.pane.view
        if isinstance(view, GraphView):
            view.as_tree = not view.as_tree
            self._screen.show_state()

    def do_groups(self) -> None:
        """Back to the groups; in their list, group otherwise; elsewhere by project or not."""
        screen, view = self._screen, self._screen.pane.view
        if screen.zoomed:
            screen.zoom(False)
        if screen.walking:
            screen.end_walk()
        elif isinstance(view, GraphView):
            view.group_otherwise()
            screen.show_state()
            means = "what is connected, or of one project" if view.by_project else "what is connected"
            screen.app.tell(f"A group is {means}.")
        else:
            screen.app.tell("By project: Enter opens one." if screen.group() else "Not by project any more.")
