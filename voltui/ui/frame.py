"""The lines around the list: header, tabs, the detail's title, the line of keys. Pure functions of the state."""

from __future__ import annotations

from collections.abc import Sequence

from voltui.format import size
from voltui.model.errors import VoltuiError
from voltui.model.filter import hint
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.text import cell_width, end_cut, middle_cut, plural
from voltui.store.listing import STORE, Problem
from voltui.ui.actions import BACKUPS, Action
from voltui.ui.glyphs import glyphs
from voltui.ui.pane import Pane
from voltui.ui.spans import Line, Span, line, spread, width_of, wrapped
from voltui.ui.state import State

WIDE = 110
"""From so many cells on, the detail stands beside the list."""
PANES = (("1", "volumes"), ("2", "containers"), ("3", "graph"), ("4", "backups"), ("5", "jobs"))
"""The panes and their keys."""
PANE_IDS = [name for _, name in PANES]
_LEAST_PLACE = 12
"""Cells of an engine's address that are shown whatever else there is."""
_LEAST_FILTER = 8
"""Cells that a filter has before the order beside it is left out."""
_MOST_FILE = 34
"""Cells of the name of a file in the header."""
_SUMMARY_MARGIN = 5
"""Cells of rule and blanks around a summary in a title."""


def header(state: State, width: int, summary: str = "") -> Line:
    """``VolTUI  prod-1 local · Docker 28.5 · 12 volumes 6.1 GB · 9 containers, 7 up``, and at its end what is wrong.

    ``summary`` is of the open pane; it stands there where it has room.
    """
    parts: list[Span | str] = [Span(" VolTUI", "bold"), "  "]
    if state.read_only:
        parts += [Span("read-only", "warn"), "  "]
    inventory = state.inventory
    if inventory is None:
        parts.append(Span(state.endpoint, "dim"))
    else:
        room = width - width_of(_warning(state))
        parts.append(_engine(state, inventory, room - width_of(line(*parts))))
        added = f" {glyphs().dot} {summary}"
        if summary and width_of(line(*parts, added)) < room:
            parts.append(added)
    return spread(line(*parts), _warning(state), width)


def _engine(state: State, inventory: Inventory, room: int) -> str:
    """The engine, where it is, and what it has. Where room is short the version goes, then the middle of the place,
    then of what it has what comes last, then the middle of the name."""
    engine = inventory.engine
    dot = f" {glyphs().dot} "
    volumes = plural(len(inventory.volumes), "volume") + _held(state, len(inventory.volumes))
    containers = plural(len(inventory.containers), "container")
    counts = f"{dot}{volumes}{dot}{containers}, {inventory.up} up"
    name = f"{safe(engine.name)} "
    whole = f"{name}{state.place}{dot}{engine.product} {safe(engine.version).partition('+')[0]}{counts}"
    if cell_width(whole) <= room:
        return whole
    least = min(cell_width(state.place), _LEAST_PLACE)
    for rest in (counts, f"{dot}{volumes}{dot}{containers}", dot + volumes):
        left = room - cell_width(name + rest)
        if left >= least:
            return f"{name}{middle_cut(state.place, left, glyphs().ellipsis)}{rest}"
    shortened = middle_cut(safe(engine.name), max(room - cell_width(rest) - least - 1, _LEAST_PLACE), glyphs().ellipsis)
    return f"{shortened} {middle_cut(state.place, least, glyphs().ellipsis)}{rest}"


def _held(state: State, count: int) -> str:
    """What all volumes hold together; ``>`` where some are not known."""
    if state.sizes is None or not state.sizes.volumes:
        return ""
    return f" {'>' if len(state.sizes.volumes) < count else ''}{size(state.sizes.total)}"


def _warning(state: State) -> Line:
    if state.lost and state.inventory:
        return line(Span(" engine lost, retrying ", "bad"))
    if state.problems:
        return line(Span(f" {_problem_words(state.problems)} ", "bad"))
    return ()


def _problem_words(problems: Sequence[Problem]) -> str:
    if problems[0].name == STORE:
        return f"store unreadable, see {BACKUPS.capitalize()}"
    if len(problems) == 1:
        return f"store: {middle_cut(problems[0].name, _MOST_FILE, glyphs().ellipsis)} DAMAGED"
    return f"store: {len(problems):,} files DAMAGED, see `voltui doctor`"


def tabs(pane: Pane, width: int) -> Line:
    """The panes, the one that is open standing out; at the end the order, the filter and the marks."""
    parts: list[Span | str] = [" "]
    for key, name in PANES:
        title = f"{key} {name.capitalize()}"
        parts += [Span(f" {title} ", "tab") if name == pane.view.id else f" {title} "]
    facts: list[Span | str] = []
    if pane.marked:
        shown = len(pane.marked) if not pane.filter else len(pane.marked.intersection(pane.matched))
        of = "" if shown == len(pane.marked) else f"{shown:,} of "
        facts.append(Span(f"{of}{len(pane.marked):,} marked  ", "mark"))
    room = width - width_of(line(*parts, *facts))
    least = min(width_of(_filter(pane, room)), _LEAST_FILTER)
    order = _order(pane, room - least)
    filtered, counted = _filter(pane, room - width_of(order)), Span(f"{pane.counted}  ", "dim")
    if pane.filter.strip() and not pane.fault and width_of([*filtered, *order, counted]) <= room:
        filtered = (*filtered, counted)
    facts += [*filtered, *order]
    return spread(line(*parts), line(*facts), width)


def _filter(pane: Pane, room: int) -> Line:
    """The filter, if there is one, cut at its end where room is short."""
    if not pane.filter:
        return ()
    sign = f"{glyphs().near} " if pane.near else ""
    words = end_cut(f"/{safe(pane.filter)}", max(room - len(sign) - 2, 0), glyphs().ellipsis)
    return line(Span(f"{words} {sign} ", "accent"))


def _order(pane: Pane, room: int) -> Line:
    """The order, with whether projects come first where there is room; nothing where there is none."""
    short = f"sort {pane.orders.now.label} {pane.orders.now.arrow} "
    shown = [f"by project, {short}", short] if pane.grouped else [short]
    return next((line(Span(words, "dim")) for words in shown if cell_width(words) <= room), ())


def filter_note(pane: Pane) -> Line:
    """Beside the line that a filter is typed into: what is wrong with it, or how many it finds, and what it can be."""
    if pane.fault:
        return line(Span(pane.fault, "warn"))
    if pane.near:
        return line(Span(f"{pane.counted} by letters; nothing has just that", "warn"))
    found = f"{pane.counted}  " if pane.filter.strip() else ""
    return line(found, Span(hint(pane.view.asks), "dim"))


def nothing_found(state: State, pane: Pane, width: int) -> tuple[Line, ...]:
    """What stands in place of rows where the filter leaves none: why, and what to do."""
    why = f"{pane.fault}." if pane.fault else f"Nothing matches /{safe(pane.filter)}"
    ways = f"{state.key('filter')} changes the filter, {state.key('back')} clears it."
    return (
        (),
        *(line(f"   {piece}") for piece in wrapped(why.replace("?.", "?"), width - 4)),
        *(line(Span(f"   {piece}", "dim")) for piece in wrapped(ways, width - 4)),
    )


def nothing_here(words: str, width: int) -> tuple[Line, ...]:
    """What stands in place of rows where there are none."""
    return ((), *(line(f"   {piece}") for piece in wrapped(words, width - 4)))


def detail_title(name: str, position: str, width: int, summary: str = "") -> Line:
    """``─ shop_pgdata ───── 61 GB free ─ 3/12 ─``; ``summary`` stand where there is room."""
    rule = glyphs().rule
    left = line(Span(f"{rule} ", "dim"), Span(name, "bold"), " ") if name else ()
    right = line(Span(f" {position} {rule}" if position else rule, "dim"))
    room = width - width_of(left) - width_of(right)
    if summary and cell_width(summary) + _SUMMARY_MARGIN <= room:
        right = line(Span(f" {summary} {rule}", "dim"), *right)
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


def too_small(state: State, width: int, least_width: int, least_height: int) -> list[Line]:
    """What stands in place of everything on a terminal that is too small."""
    least = f"{least_width} columns and {least_height} lines"
    words = f"VolTUI needs {least}. Enlarge the terminal; {state.key('quit')} quits."
    return [line(f" {piece}") for piece in wrapped(words, width - 2)]


def first_hint(actions: Sequence[Action]) -> Line:
    """What somebody needs to know who is here for the first time."""
    key = {action.id: Span(action.shown_key, "key") for action in actions}
    words = {
        "backup": "backs the row up",
        "restore": "restores it",
        "menu": "more actions",
        "help": "all keys",
    }
    parts = [part for name, said in words.items() if name in key for part in (key[name], f" {said}   ")]
    return line(Span(" New here?  ", "accent"), *parts)


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
        *(line(Span(f"   {piece}", "dim")) for piece in wrapped(_ways_on(state), width - 4)),
    )


def _ways_on(state: State) -> str:
    tries, goes, quits = map(state.key, ("refresh", "engines", "quit"))
    return f"It is tried again by itself. {tries} tries now, {goes} goes to another engine, {quits} quits."


def _told(error: VoltuiError, width: int) -> list[Line]:
    sentence = [line(f"   {piece}") for piece in wrapped(error.sentence, width - 4)]
    return sentence + [line(Span(f"   {piece}", "dim")) for piece in wrapped(error.hint, width - 4)]
