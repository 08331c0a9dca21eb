"""The drawing of a group of the mount graph, with a cursor that walks it."""

from __future__ import annotations

from textual.message import Message

from voltui.model.graph import NodeKey
from voltui.ui.frame import detail_title
from voltui.ui.spans import Line, Span, line, wrapped
from voltui.ui.state import State
from voltui.ui.views.graph import GraphView
from voltui.ui.walking import Walking
from voltui.ui.widgets.lines import Lines

_MOST_SENTENCE = 3
"""Lines that the sentence of an impact may take."""


class Drawing(Lines):
    """Shows the part of a walk that fits, so that the cursor is seen; moved in as a `Table` is."""

    class Moved(Message):
        """The cursor stands on another node."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.walk = Walking()
        self._view = GraphView()
        self._state: State | None = None
        self._key = ""
        """The group's key when it was last seen."""
        self._top = 0

    @property
    def active(self) -> bool:
        """Whether one walks."""
        return self.walk.group is not None

    @property
    def key(self) -> str:
        """The key of the group that one walks in."""
        return self._key

    def enter(self, view: GraphView, state: State, key: str, node: NodeKey | None = None) -> None:
        """Begin to walk in the group ``key``, at a node or the first one."""
        self._top, self._key = 0, key
        self.walk.begin(view.graph(state, key), node)
        self.follow(view, state)

    def leave(self) -> None:
        """Back to the groups."""
        self.walk.end()

    def follow(self, view: GraphView, state: State) -> None:
        """Bring it in line with the state. Where the node and its group are gone, the walk is over."""
        if self.walk.group is None:
            return
        self._view, self._state = view, state
        node, keys = self.walk.node, view.keys(state)
        found = view.group_of(state, node) if node is not None else ""
        self._key = found or self._key
        if self._key not in keys:
            self.leave()
        elif self.size.width:
            self.walk.follow(view.graph(state, self._key), self.size.width, as_tree=view.as_tree)
            self._paint()
            if self.walk.node != node:  # the first node is known only now that there is a width to draw in
                self.post_message(self.Moved())

    def on_resize(self) -> None:
        """It is made for a width."""
        if self._state is not None:
            self.follow(self._view, self._state)

    def move(self, by: int) -> None:
        """One node up or down, or so many rows."""
        self._moved(self.walk.up_down(by))

    def go_to(self, position: int) -> None:
        """To the first node of the column."""
        self._moved(self.walk.to_end(last=position > 0))

    def go_to_end(self) -> None:
        """To the last node of the column."""
        self._moved(self.walk.to_end(last=True))

    def step(self, *, right: bool) -> None:
        """Along an edge."""
        self._moved(self.walk.left_right(right=right))

    def next_match(self, by: int) -> None:
        """To the next node that the filter finds."""
        self._moved(self.walk.next_match(by))

    @property
    def page(self) -> int:
        """How many rows are visible."""
        return max(self.size.height - len(self._head()), 1)

    def _moved(self, moved: bool) -> None:
        if moved:
            self._paint()
            self.post_message(self.Moved())

    def _paint(self) -> None:
        picture, head = self.walk.picture, self._head()
        if picture is None:
            self.show([*head, (), line("   Nothing here matches ", Span("/" + self.walk.filter, "accent"))])
            return
        height = max(self.size.height - len(head), 1)
        self._keep_cursor_in_view(height, len(picture.rows))
        rows = range(self._top, min(self._top + height, len(picture.rows)))
        self.show([*head, *map(self.walk.row, rows)])

    def _keep_cursor_in_view(self, height: int, rows: int) -> None:
        """Scroll as far as needed, by no more; the cursor's container with all its mounts, where they fit."""
        row, first, last = self.walk.block
        if last - first >= height:
            first = last = row
        self._top = min(max(self._top, last - height + 1), first, max(rows - height, 0))

    def _head(self) -> list[Line]:
        """The title, and the sentence of an impact."""
        if self._state is None:
            return []
        width = self.size.width
        facts = "".join(f"  {fact}" for fact in self.walk.facts())
        title = detail_title(f"{self._view.name(self._state, self._key)}{facts}", self.walk.position, width)
        words = self.walk.impact_words()
        sentence = wrapped(words, width - 2)[:_MOST_SENTENCE] if words else []
        return [title, *(line(Span(f" {piece}", "warn")) for piece in sentence)]
