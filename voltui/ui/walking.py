"""Walking the drawing of a group: what of it is shown, where the cursor stands, what is marked. No widget."""

from __future__ import annotations

from collections.abc import Callable, Set

from voltui.model import drawing, walk
from voltui.model.graph import MountGraph, NodeKey
from voltui.model.picture import Picture, Spot
from voltui.model.safe import safe
from voltui.model.text import listed, plural
from voltui.ui.glyphs import glyphs, plain_lines
from voltui.ui.spans import Line, Span, line

_MOST_STEPS = 3
_MOST_TOUCHED = 12
"""How many names the sentence of an impact says."""
GUTTER = 3
"""Cells before each row: mark, cursor, space."""


class Walking:
    """The state of a walk. It begins with `begin`, follows the data with `follow`, and is over with `end`."""

    def __init__(self) -> None:
        self.end()

    def end(self) -> None:
        """Nowhere."""
        self.group: MountGraph | None = None
        self.filter = ""
        self.impact_of: NodeKey | None = None
        self._wanted: NodeKey | None = None
        self._centre: NodeKey | None = None
        self._steps = 0
        self._cursor: walk.Cursor | None = None
        self._picture: Picture | None = None
        self._made_from: tuple[object, ...] = ()
        self._touched: Set[NodeKey] = frozenset()

    def begin(self, group: MountGraph, key: NodeKey | None = None) -> None:
        """Go into a group, to a node or the first one."""
        self.end()
        self.group, self._wanted = group, key

    @property
    def node(self) -> NodeKey | None:
        """The node under the cursor."""
        return self._cursor.key if self._cursor is not None else self._wanted

    @property
    def picture(self) -> Picture | None:
        """What is shown; `None` before it was followed for the first time, and while a filter leaves nothing."""
        return self._picture

    @property
    def shown(self) -> MountGraph | None:
        """The part of the group that is shown."""
        return self._part() if self.group is not None else None

    def follow(self, group: MountGraph, width: int, *, as_tree: bool) -> None:
        """Bring it in line with the data, and with what was asked for. The cursor stays on its node."""
        made_from = (group, width, as_tree, self.filter, self._centre, self._steps)
        if self._is_made_from(made_from):
            return
        self.group = group
        if self._centre not in group.nodes:
            self._centre, self._steps = None, 0
        if self.impact_of not in group.nodes:
            self.impact_of = None
        self._touch()
        part = self._part()
        self._picture = drawing.picture(part, width - GUTTER, as_tree=as_tree) if part.nodes else None
        self._settle()
        self._made_from = made_from

    def _is_made_from(self, made_from: tuple[object, ...]) -> bool:
        """Whether nothing changed; graphs are the same where they are one, comparing them would take long."""
        old = self._made_from
        return bool(old) and old[0] is made_from[0] and old[1:] == made_from[1:]

    def _settle(self) -> None:
        if self._picture is None:
            return
        if self._cursor is None:
            self._cursor = walk.enter(self._picture, self._wanted)
        else:
            self._cursor = walk.settle(self._picture, self._cursor)

    def _part(self) -> MountGraph:
        """What the neighbourhood and the filter leave."""
        assert self.group is not None
        part = self.group
        if self._steps and self._centre is not None:
            part = part.part(part.around(self._centre, self._steps))
        if self.filter:
            part = part.part({near for key in part.nodes if self._matches(key) for near in part.around(key, 1)})
        return part

    def _matches(self, key: NodeKey) -> bool:
        assert self.group is not None
        node = self.group.nodes[key]
        words = f"{key.kind} {node.name} {key.name} {node.state} {node.project}".lower()
        return all(needle in words for needle in self.filter.lower().split())

    # Moves. Each says whether the cursor moved.

    def up_down(self, by: int) -> bool:
        """By a step, or by so many rows."""
        return self._move(lambda picture, cursor: walk.up_down(picture, cursor, by))

    def to_end(self, *, last: bool) -> bool:
        """To the first or last node of the column."""
        return self._move(lambda picture, cursor: walk.to_end(picture, cursor, last=last))

    def left_right(self, *, right: bool) -> bool:
        """Along an edge."""
        return self._move(lambda picture, cursor: walk.left_right(picture, cursor, right=right))

    def next_match(self, by: int) -> bool:
        """To the next node that the filter finds, or just the next."""
        if self._picture is None or self._cursor is None:
            return False
        spots = [spot for spot in self._picture.spots if self._matches(spot.key)]
        here = (self._cursor.spot.row, self._cursor.spot.column)
        after = [spot for spot in spots if (spot.row, spot.column) > here]
        before = [spot for spot in spots if (spot.row, spot.column) < here]
        found = after[:1] if by > 0 else before[-1:]
        if found:
            self._cursor = walk.Cursor(found[0])
        return bool(found)

    def _move(self, step: Callable[[Picture, walk.Cursor], walk.Cursor]) -> bool:
        if self._picture is None or self._cursor is None:
            return False
        before, self._cursor = self._cursor, step(self._picture, self._cursor)
        return self._cursor != before

    # What is shown of the group.

    def toggle_impact(self) -> None:
        """Mark what touching the node under the cursor touches, or mark nothing."""
        self.impact_of = None if self.impact_of == self.node else self.node
        self._touch()

    def _touch(self) -> None:
        touched = self.group.impact(self.impact_of) if self.group is not None and self.impact_of is not None else ()
        self._touched = frozenset(node.key for node in touched)

    def step_around(self) -> None:
        """Show only what is one step from the node under the cursor, then two, three, then all again."""
        if self.node != self._centre:
            self._centre, self._steps = self.node, 1
        else:
            self._steps = (self._steps + 1) % (_MOST_STEPS + 1)
            if not self._steps:
                self._centre = None

    def less(self) -> bool:
        """Take back the last thing asked for: the impact, the filter, the neighbourhood; whether there was one."""
        if self.impact_of is not None:
            self.impact_of = None
            self._touch()
        elif self.filter:
            self.filter = ""
        elif self._steps:
            self._centre, self._steps = None, 0
        else:
            return False
        return True

    # As text.

    def facts(self) -> list[str]:
        """What the title says besides the group's name."""
        if self.group is None:
            return []
        found = []
        if self._picture is not None and self._cursor is not None and self._cursor.origin is not None:
            choices = walk.choices(self._picture, self._cursor)
            if len(choices) > 1:
                at = choices.index(self._cursor.spot) + 1
                found.append(f"{at} of {len(choices)} connected with {self._name(self._cursor.origin)}")
        if self._steps and self._centre is not None:
            found.append(f"{plural(self._steps, 'step')} around {self._name(self._centre)}")
        if self.filter:
            found.append(f"/{safe(self.filter)}")
        return found

    @property
    def position(self) -> str:
        """``3/12``: which of the nodes that up and down go through."""
        if self._picture is None or self._cursor is None:
            return "0/0"
        column = self._picture.column(self._cursor.spot.column)
        return f"{column.index(self._cursor.spot) + 1}/{len(column)}"

    def impact_words(self) -> str:
        """A sentence; empty where no impact is shown."""
        if self.group is None or self.impact_of is None:
            return ""
        names = [safe(node.name) for node in self.group.impact(self.impact_of)]
        touched = listed(names, most=_MOST_TOUCHED) if names else "nothing else"
        return f"! Stopping, restoring or removing {self._name(self.impact_of)} touches: {touched}"

    def _name(self, key: NodeKey) -> str:
        assert self.group is not None
        return safe(self.group.nodes[key].name)

    @property
    def block(self) -> tuple[int, int, int]:
        """The cursor's row, and the first and last row of the container that stands there."""
        if self._picture is None or self._cursor is None or self._picture.linear:
            row = self._cursor.spot.row if self._cursor is not None else 0
            return row, row, row
        rows, row = self._picture.rows, self._cursor.spot.row
        first = last = row
        while first and rows[first].container is None and rows[first].edge is not None:
            first -= 1
        while last + 1 < len(rows) and rows[last + 1].container is None and rows[last + 1].edge is not None:
            last += 1
        return row, first, last

    def row(self, number: int) -> Line:
        """A row with its marks: ``>`` before the cursor's node, ``!`` before what is touched."""
        assert self._picture is not None
        row, linear = self._picture.rows[number], self._picture.linear
        left, wires, right = plain_lines((row.left, row.wires, row.right))
        source, container = Spot(number, 0, row.source) if row.source else None, None
        if row.container is not None:
            container = Spot(number, 1, row.container)
        if linear:
            spot = source or container
            return line(*self._marks(spot), " ", self._text(left, source), wires, self._text(right, container))
        if container is not None:
            wires = wires[:-GUTTER]
            before = (*self._marks(source), Span(" "), self._text(left, source), Span(wires, "dim"))
            return line(*before, *self._marks(container), " ", self._text(right, container))
        return line(*self._marks(source), " ", self._text(left, source), Span(wires, "dim"), right)

    def _marks(self, spot: Spot | None) -> tuple[Span, Span]:
        touched = spot is not None and spot.key in self._touched
        here = spot is not None and self._cursor is not None and spot == self._cursor.spot
        return Span("!", "mark") if touched else Span(" "), Span(glyphs().cursor, "key") if here else Span(" ")

    def _text(self, text: str, spot: Spot | None) -> Span:
        if spot is None:
            return Span(text)
        if self._cursor is not None and spot == self._cursor.spot:
            return Span(text, "cursor")
        return Span(text, "mark" if spot.key in self._touched else "")
