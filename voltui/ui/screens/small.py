"""What stands in place of everything on a terminal that is too small: a sentence, and no key does anything unseen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.geometry import Size
from textual.screen import Screen

from voltui.ui import frame
from voltui.ui.host import Host
from voltui.ui.widgets.lines import Lines

_LEAST_WIDTH, _LEAST_HEIGHT = 60, 16
"""Cells below which a list and its detail would be of no use."""


def follow_size(app: Host, size: Size) -> None:
    """Lie over everything on a terminal of a size where there is no room for anything, and go where there is."""
    if _too_small(size) and not any(isinstance(screen, SmallScreen) for screen in app.screen_stack):
        app.push_screen(SmallScreen())
    elif not _too_small(size) and isinstance(app.screen, SmallScreen):
        app.pop_screen()


def _too_small(size: Size) -> bool:
    return size.width < _LEAST_WIDTH or size.height < _LEAST_HEIGHT


class SmallScreen(Screen[None]):
    """Lies over whatever was open until there is room again."""

    BINDINGS = [Binding("q,ctrl+c", "leave", show=False, id="quit")]  # noqa: RUF012 - Textual's own form

    app: Host

    def compose(self) -> ComposeResult:
        """The sentence."""
        yield Lines(id="small")

    def on_resize(self) -> None:
        """The sentence is broken for a width."""
        words = frame.too_small(self.app.store.state, self.size.width, _LEAST_WIDTH, _LEAST_HEIGHT)
        self.query_one("#small", Lines).show(words)

    def on_screen_resume(self) -> None:
        """What lay over this is closed: there may be room meanwhile."""
        if not _too_small(self.app.size):
            self.dismiss()

    def action_leave(self) -> None:
        """Quit, as everywhere."""
        self.app.leave()
