"""Walking a drawing of the mount graph: up and down in a column, left and right along an edge.

A step along an edge goes to the node that the straightest line leads to. From there up and down first choose among the
other nodes that have an edge to where one came from; beyond the last of these they go on in the column.
"""

from __future__ import annotations

from msgspec import Struct

from voltui.model.graph import EdgeKind, MountGraph, NodeKey, NodeKind
from voltui.model.picture import CONTAINERS, SOURCES, Picture, Spot


class Cursor(Struct, frozen=True):
    """Where one stands, and the node that one came from along an edge, if that was the last step."""

    spot: Spot
    origin: NodeKey | None = None

    @property
    def key(self) -> NodeKey:
        """The node one stands on."""
        return self.spot.key


def enter(picture: Picture, key: NodeKey | None = None) -> Cursor | None:
    """The cursor on a node, or on the first source, or the first node; ``None`` where there is none."""
    spots = picture.spots_of.get(key, ()) if key is not None else ()
    spots = spots or picture.column(SOURCES) or picture.spots
    return Cursor(spots[0]) if spots else None


def settle(picture: Picture, cursor: Cursor) -> Cursor | None:
    """The cursor in another picture: on the same node; where that is gone, on what is nearest in its column."""
    same = picture.spots_of.get(cursor.key, ())
    near = same or picture.column(cursor.spot.column) or picture.spots
    if not near:
        return None
    spot = _nearest(near, cursor.spot.row)
    return Cursor(spot, cursor.origin if same and cursor.origin in picture.graph.nodes else None)


def choices(picture: Picture, cursor: Cursor) -> tuple[Spot, ...]:
    """The nodes among which up and down choose after a step along an edge, the cursor's too."""
    if cursor.origin is None or picture.linear:
        return ()
    ends = {key for right in (True, False) for key in neighbours(picture.graph, cursor.origin, right=right)}
    found = tuple(spot for spot in picture.column(cursor.spot.column) if spot.key in ends)
    return found if cursor.spot in found else ()


def up_down(picture: Picture, cursor: Cursor, by: int) -> Cursor:
    """A step (``by`` is 1 or -1), or so many rows; it stops at the ends."""
    if abs(by) == 1:
        chosen = _beside(choices(picture, cursor), cursor.spot, by)
        if chosen is not None:
            return Cursor(chosen, cursor.origin)
    column = picture.column(cursor.spot.column)
    step = _beside(column, cursor.spot, 1 if by > 0 else -1)
    if step is None:
        return cursor
    if abs(by) == 1:
        return Cursor(step)
    target = cursor.spot.row + by
    return Cursor(max(step, _nearest(column, target), key=lambda spot: spot.row * (1 if by > 0 else -1)))


def to_end(picture: Picture, cursor: Cursor, *, last: bool) -> Cursor:
    """The first or last node of the column."""
    return Cursor(picture.column(cursor.spot.column)[-1 if last else 0])


def left_right(picture: Picture, cursor: Cursor, *, right: bool) -> Cursor:
    """Along an edge: back to where one came from if it is on that side, else to the nearest node there."""
    if picture.linear:
        return _in_tree(picture, cursor, right=right)
    every = [end for kind in EdgeKind for end in _ends(picture.graph, cursor.key, kind, right=right)]
    ends = [cursor.origin] if cursor.origin in every else neighbours(picture.graph, cursor.key, right=right)
    spots = [spot for key in ends for spot in picture.spots_of.get(key, ())]
    if not spots:
        return cursor
    return Cursor(min(spots, key=lambda spot: (_length(picture, cursor.spot, spot), spot.row)), cursor.key)


def neighbours(graph: MountGraph, key: NodeKey, *, right: bool) -> list[NodeKey]:
    """The nodes at the other ends of a node's edges to one side.

    Right of a source are the containers that mount it, or where there are none the places in it; right of a container
    is who takes its mounts. Left of a container are its sources, or where there are none whose mounts it takes; left
    of a source is what it lies in.
    """
    second = EdgeKind.VOLUMES_FROM if key.kind is NodeKind.CONTAINER else EdgeKind.WITHIN
    mounts = _ends(graph, key, EdgeKind.MOUNT, right=right)
    return mounts or _ends(graph, key, second, right=right)


def _ends(graph: MountGraph, key: NodeKey, kind: EdgeKind, *, right: bool) -> list[NodeKey]:
    edges = graph.out_of(key, kind) if right else graph.into(key, kind)
    return [edge.target if right else edge.source for edge in edges]


def _length(picture: Picture, one: Spot, other: Spot) -> int:
    """How many rows the line between two nodes goes up or down: none where it is straight."""
    source, end = sorted((one, other), key=lambda spot: spot.column)
    rows = picture.mount_rows.get((source.key, end.key), (end.row,))
    return min(abs(row - source.row) for row in rows)


def _in_tree(picture: Picture, cursor: Cursor, *, right: bool) -> Cursor:
    """Into a branch, or back to what it hangs on."""
    at = picture.spots.index(cursor.spot)
    if right:
        below = picture.spots[at + 1 : at + 2]
        return Cursor(below[0]) if below and (cursor.spot.column, below[0].column) == (SOURCES, CONTAINERS) else cursor
    above = [spot for spot in picture.spots[:at] if spot.column == SOURCES]
    return Cursor(above[-1]) if above and cursor.spot.column == CONTAINERS else cursor


def _beside(spots: tuple[Spot, ...], spot: Spot, by: int) -> Spot | None:
    """The next spot below or above."""
    if spot not in spots:
        return None
    at = spots.index(spot) + by
    return spots[at] if 0 <= at < len(spots) else None


def _nearest(spots: tuple[Spot, ...] | list[Spot], row: int) -> Spot:
    """Of two that are equally near the upper."""
    return min(spots, key=lambda spot: (abs(spot.row - row), spot.row))
