"""The lines around the list: header, tabs, the detail's title, the line of keys. Pure functions of the state."""

from __future__ import annotations

from collections.abc import Sequence

from voltui.format import size
from voltui.model.errors import VoltuiError
from voltui.model.safe import safe
from voltui.model.text import cell_width, plural
from voltui.ui.actions import Action
from voltui.ui.glyphs import glyphs
from voltui.ui.pane import Pane
from voltui.ui.spans import Line, Span, line, spread, width_of, wrapped
from voltui.ui.state import State

PANES = (("1", "volumes"), ("2", "containers"), ("3", "graph"), ("4", "backups"), ("5", "jobs"))
"""The panes and their keys."""
_FACTS_MARGIN = 5
"""Cells of rule and blanks around facts in a title."""


def header(state: State, width: int, facts: str = "") -> Line:
    """``VolTUI  prod-1 · Docker 28.5 · 12 volumes 6.1 GB · 9 containers, 7 up``, and at its end what is wrong.

    ``facts`` are those of the open pane, for wide terminals.
    """
    parts: list[Span | str] = [Span(" VolTUI", "bold"), "  "]
    if state.read_only:
        parts += [Span("read-only", "warn"), "  "]
    inventory = state.inventory
    if inventory is None:
        parts.append(Span(state.endpoint, "dim"))
    else:
        engine = inventory.engine
        up = sum(container.running for container in inventory.containers.values())
        told = [
            safe(engine.name),
            f"{engine.product} {safe(engine.version).partition('+')[0]}",
            plural(len(inventory.volumes), "volume") + _held(state, len(inventory.volumes)),
            f"{plural(len(inventory.containers), 'container')}, {up} up",
        ]
        parts.append(f" {glyphs().dot} ".join(told))
    if facts and inventory is not None:
        parts.append(f" {glyphs().dot} {facts}")
    return spread(line(*parts), _warning(state), width)


def _held(state: State, count: int) -> str:
    """What all volumes hold together; ``>`` where some are not known."""
    if state.sizes is None or not state.sizes.volumes:
        return ""
    return f" {'>' if len(state.sizes.volumes) < count else ''}{size(state.sizes.total)}"


def _warning(state: State) -> Line:
    if state.lost and state.inventory:
        return line(Span("engine lost, retrying ", "bad"))
    if state.problems:
        return line(Span(f"store: {plural(len(state.problems), 'problem')}, see `voltui doctor` ", "bad"))
    return ()


def tabs(pane: Pane, width: int) -> Line:
    """The panes, the one that is open standing out; at the end the order, the filter and the marks."""
    parts: list[Span | str] = [" "]
    for key, name in PANES:
        title = f"{key} {name.capitalize()}"
        parts += [Span(f" {title} ", "tab") if name == pane.view.id else f" {title} "]
    facts: list[Span | str] = []
    if pane.marked:
        facts.append(Span(f"{len(pane.marked)} marked  ", "mark"))
    if pane.filter:
        facts.append(Span(f"/{safe(pane.filter)}  ", "accent"))
    arrow = glyphs().falling if pane.sort.reverse else glyphs().rising
    order = Span(f"sort {pane.sort.label} {arrow} ", "dim")
    if width_of(line(*parts, *facts, order)) <= width:
        facts.append(order)
    return spread(line(*parts), line(*facts), width)


def detail_title(name: str, position: str, width: int, facts: str = "") -> Line:
    """``─ shop_pgdata ───── 61 GB free ─ 3/12 ─``; ``facts`` stand where there is room."""
    rule = glyphs().rule
    left = line(Span(f"{rule} ", "dim"), Span(name, "bold"), " ") if name else ()
    right = line(Span(f" {position} {rule}" if position else rule, "dim"))
    room = width - width_of(left) - width_of(right)
    if facts and cell_width(facts) + _FACTS_MARGIN <= room:
        right = line(Span(f" {facts} {rule}", "dim"), *right)
    filling = max(width - width_of(left) - width_of(right), 0)
    return spread(line(*left, Span(rule * filling, "dim")), right, width)


def keys(actions: Sequence[Action], width: int) -> Line:
    """``b Backup  R Restore  / Filter  ? Help``: as many as there is room for, the last one, the help, always."""
    words = [line(Span(action.shown_key, "key"), f" {action.label}  ") for action in actions]
    *others, last = words
    left = width - 1 - width_of(last)
    shown: list[Span] = []
    for one in others:
        left -= width_of(one)
        if left < 0:
            break
        shown += one
    return line(" ", *shown, *last)


def no_engine(state: State, width: int) -> tuple[Line, ...]:
    """What stands in place of the list while the engine has not answered yet."""
    if state.lost is None:
        return ((), line("   Connecting to ", Span(state.endpoint, "bold"), glyphs().ellipsis))
    return (
        (),
        line(Span("   No engine", "bad")),
        (),
        *_told(state.lost, width),
        (),
        line(Span("   It is tried again by itself. r tries now, q quits.", "dim")),
    )


def _told(error: VoltuiError, width: int) -> list[Line]:
    sentence = [line(f"   {piece}") for piece in wrapped(error.sentence, width - 4)]
    return sentence + [line(Span(f"   {piece}", "dim")) for piece in wrapped(error.hint, width - 4)]
