"""How a file is shown: a row of the list, and what else is known of it."""

from __future__ import annotations

from collections.abc import Sequence

from voltui.format import since, size
from voltui.model.files import FileNode, Folded
from voltui.model.kinds import LINK
from voltui.model.retention import UNDO_DAYS
from voltui.model.safe import safe, safe_path
from voltui.model.text import clock_time, middle_cut, plural
from voltui.ui.glyphs import glyphs
from voltui.ui.orders import Order
from voltui.ui.spans import Line, Span, line, spread, width_of
from voltui.ui.views.base import Column
from voltui.ui.views.words import share_bar

_BAR = 5
_LEAST_PATH = 12
"""Cells of a path in a header, however much stands beside it."""

COLUMNS = (
    Column("NAME", share=1, least=30, middle=True),
    Column("SIZE", width=9, right=True),
    Column("SHARE", width=_BAR + 6),
    Column("ENTRIES", width=7, right=True),
    Column("MODE", width=10, spare=1),
    Column("OWNER", width=9, spare=3),
    Column("CHANGED", width=7, right=True, spare=2),
)


FOUND_COLUMNS = (Column("PATH", share=1, middle=True), COLUMNS[1])


def header(
    title: str,
    words: str,
    folder: FileNode | None,
    marked: Sequence[FileNode],
    order: Order,
    width: int,
    *,
    gone: bool = False,
) -> Line:
    """What is looked into, and whether it is gone, where in it; what the folder holds, or what is marked; the order."""
    left: list[Span | str] = [Span(f" {title}", "bold"), Span(" is gone", "bad") if gone else "", "  "]
    if folder is None:
        return spread(line(*left), (), width)
    held: Span | str = f"  {plural(folder.count, 'entry', 'entries')} {size(folder.total)}"
    if marked:
        held = Span(f"  {len(marked):,} marked, {size(sum(node.total for node in marked))}", "mark")
    right = line(held, Span(f"  sort {order.label} {order.arrow} ", "dim"))
    room = width - width_of(line(*left)) - width_of(right)
    where = f"/{safe(words)}" if words else folder.shown_path
    left.append(Span(middle_cut(where, max(room, _LEAST_PATH), glyphs().ellipsis), "accent" if words else ""))
    return spread(line(*left), right, width)


def found_cells(node: FileNode) -> tuple[Line, ...]:
    """Path and what it takes."""
    return line(_marked(node, node.shown_path)), line(size(node.total))


def cells(node: FileNode, whole: int) -> tuple[Line, ...]:
    """Name, what it takes, how much of ``whole`` that is, entries below it, mode, owner, age of its content."""
    return (
        line(_marked(node, node.shown_name), _target(node)),
        line(size(node.total)),
        share_bar(node.total, whole, _BAR),
        line(f"{node.count:,}" if node.folder else ""),
        line(node.rights),
        line(f"{node.uid}:{node.gid}"),
        line(since(node.changed)),
    )


def detail(node: FileNode) -> list[Line]:
    """The whole path; kind, exact size, rights, owner, time."""
    if isinstance(node, Folded):
        said = f" {plural(len(node.children), 'folder')} of what was replaced or deleted; {UNDO_DAYS} days each"
        return [line(f" {node.shown_path}"), line(Span(said, "dim"))]
    held = f"{plural(node.size, 'byte')}, " if not node.folder else ""
    facts = f" {node.kind}  {held}{node.rights} {node.uid}:{node.gid}, changed {clock_time(node.changed)}"
    return [line(f" {node.shown_path}", _target(node)), line(Span(facts, "dim"))]


def _marked(node: FileNode, name: str) -> str:
    return f"{name}/" if node.folder else name


def _target(node: FileNode) -> Span | str:
    if not node.link:
        return ""
    return Span(f" {'same as' if node.kind == LINK else '->'} {safe_path(node.link)}", "dim")
