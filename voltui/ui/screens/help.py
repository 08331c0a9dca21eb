"""The help: every action with its keys, made from the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding

from voltui.model.filter import Ask, examples
from voltui.model.text import plural
from voltui.ui.actions import ACTIONS, Action, Group
from voltui.ui.glyphs import glyphs
from voltui.ui.screens.overlay import LEAVING, MOVING, Overlay, leaving
from voltui.ui.spans import Line, Span, line, width_of, wrapped
from voltui.ui.views.words import OLD
from voltui.ui.widgets.filter_line import FilterLine
from voltui.ui.widgets.text import TextView

_KEYS_WIDTH, _LABEL_WIDTH, _TERM_WIDTH = 14, 16, 19
_USUAL_WIDTH = 80


class HelpScreen(Overlay[None]):
    """The actions of the open pane, then what else there is to know of it, and last what only other panes have."""

    BINDINGS = [  # noqa: RUF012 - Textual's own form
        leaving(),
        Binding("down", "go('down')", show=False),
        Binding("up", "go('up')", show=False),
        Binding("pagedown,space", "go('page_down')", show=False),
        Binding("pageup", "go('page_up')", show=False),
    ]
    MEANS: ClassVar[Mapping[str, str]] = {
        **LEAVING,
        **MOVING,
        "help": "leave",
        "filter": "ask",
        "next_match": "find(1)",
        "previous_match": "find(-1)",
    }

    def __init__(self, where: str, here: Sequence[Action], asks: Set[Ask], others: Sequence[Action] = ()) -> None:
        super().__init__()
        self._where = where
        self._lines = partial(help_lines, here, asks, others)
        self._words = ""

    def compose(self) -> ComposeResult:
        """The text, scrolled with the keys that move everywhere, and the line that words are typed into."""
        hint = f"{self.app.store.state.key('filter')} finds, PgDn for more, Esc closes"
        yield TextView(self._lines, title=f"Help: {self._where}", hint=hint, id="help")
        yield FilterLine(id="filtering", placeholder="words of the help")

    @property
    def moved(self) -> TextView:
        """The text."""
        return self.query_one(TextView)

    def action_ask(self) -> None:
        """Open the line that words are typed into."""
        self.query_one(FilterLine).ask(self._words)

    @on(FilterLine.Typed)
    def _typed(self, event: FilterLine.Typed) -> None:
        self._words = event.text.strip().lower()
        found = self.moved.look_for(self._words)
        said = f"in {plural(found, 'line')}" if found else "No line has these words." if self._words else ""
        self.query_one(FilterLine).note(line(Span(said, "dim")))

    @on(FilterLine.Ended)
    def _ended(self) -> None:
        self.moved.focus()

    def action_find(self, step: int) -> None:
        """To the next line with the words, or the one before."""
        self.moved.find(step)


def help_lines(
    here: Sequence[Action], asks: Set[Ask], others: Sequence[Action] = (), width: int = _USUAL_WIDTH
) -> list[Line]:
    """Actions as text, a heading a group; what a filter can ask, and the signs, in a list; what there is elsewhere."""
    lines: list[Line] = []
    for group in Group:
        described = [one for action in here if action.group is group for one in _described(action, "", width)]
        lines += [line(Span(f" {group}", "accent")), *described, ()] if described else []
    if asks:
        lines += [*_terms(asks, width), (), *_signs([*here, *others], width)]
    if others:
        heading = line(Span(" Elsewhere", "accent"), "  ")
        lines += [(), *_broken(heading, Span("a key means the same wherever it is; these are not here"), width)]
    return [*lines, *(one for action in others for one in _described(action, "dim", width))]


def _broken(head: Line, text: Span, width: int) -> list[Line]:
    """A text behind what it is of, in as many lines as it needs."""
    indent = width_of(head)
    first, *rest = wrapped(text.text, width - indent)
    return [line(*head, Span(first, text.style)), *(line(" " * indent, Span(one, text.style)) for one in rest)]


def _terms(asks: Set[Ask], width: int) -> list[Line]:
    """The language of the filter, as far as this pane has it."""
    heads = ((line(Span(f"  {term}".ljust(_TERM_WIDTH), "key")), found) for term, found in examples(asks))
    described = [one for head, found in heads for one in _broken(head, Span(found), width)]
    near = "Where nothing matches, values that begin so do too. Case does not count."
    return [
        line(Span(" Filter", "accent"), "  here; all of its words must hold"),
        *described,
        *_broken(line("  "), Span(near), width),
    ]


def _signs(actions: Sequence[Action], width: int) -> list[Line]:
    """The glyphs and words of the lists."""
    signs, key = glyphs(), {action.id: action.shown_key for action in (*ACTIONS, *actions)}
    meanings = (
        (signs.running, "the container runs"),
        (signs.paused, "it is paused"),
        (signs.stopped, "it is stopped, or was never started"),
        (signs.mark, "the row is marked"),
        (signs.folded, f"a project whose rows are folded away: {key['open']} opens it"),
        (signs.opened, f"a project that is open: {key['left']} folds it"),
        (OLD, f"before a size: it was measured a while ago, {key['refresh']} measures anew"),
        ("ok", "the last backup was read back from disk, whole"),
        ("unproved", f"it was not read back yet: {key['verify']} in Backups does it"),
        ("DAMAGED", "it was read back and is not whole"),
        ("(undo)", f"what a restore replaced; {key['restore']} on it puts it back"),
    )
    heads = ((line(Span(f"  {sign}".ljust(_KEYS_WIDTH + 2), "key")), meaning) for sign, meaning in meanings)
    described = [one for head, meaning in heads for one in _broken(head, Span(meaning), width)]
    return [line(Span(" Signs", "accent")), *described]


def _described(action: Action, style: str, width: int) -> list[Line]:
    keys = Span(f"  {action.shown_keys}".ljust(_KEYS_WIDTH + 2), style or "key")
    return _broken(line(keys, Span(action.label.ljust(_LABEL_WIDTH), style)), Span(action.help, style), width)
