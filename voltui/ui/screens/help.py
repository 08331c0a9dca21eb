"""The help: every action with its keys, made from the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding

from voltui.model.filter import Ask, examples
from voltui.ui.actions import ACTIONS, Action, Group
from voltui.ui.glyphs import glyphs
from voltui.ui.screens.overlay import LEAVING, MOVING, Overlay, leaving
from voltui.ui.spans import Line, Span, line
from voltui.ui.views.words import OLD
from voltui.ui.widgets.text import TextView

_KEYS_WIDTH, _LABEL_WIDTH, _TERM_WIDTH = 14, 16, 19


class HelpScreen(Overlay[None]):
    """The actions of the open pane, then what else there is to know of it, and last what only other panes have."""

    BINDINGS = [  # noqa: RUF012 - Textual's own form
        leaving(),
        Binding("down", "go('down')", show=False),
        Binding("up", "go('up')", show=False),
        Binding("pagedown,space", "go('page_down')", show=False),
        Binding("pageup", "go('page_up')", show=False),
    ]
    MEANS: ClassVar[Mapping[str, str]] = {**LEAVING, **MOVING, "help": "leave"}

    @property
    def moved(self) -> TextView:
        """The text."""
        return self.query_one(TextView)

    def __init__(self, where: str, here: Sequence[Action], asks: Set[Ask], others: Sequence[Action] = ()) -> None:
        super().__init__()
        self._where = where
        self._lines = help_lines(here, asks, others)

    def compose(self) -> ComposeResult:
        """The text, scrolled with the keys that move everywhere."""
        yield TextView(self._lines, title=f"Help: {self._where}", hint="PgDn for more, Esc closes", id="help")


def help_lines(here: Sequence[Action], asks: Set[Ask], others: Sequence[Action] = ()) -> list[Line]:
    """Actions as text, a heading a group; what a filter can ask, and the signs, in a list; what there is elsewhere."""
    lines: list[Line] = []
    for group in Group:
        described = [_described(action, "") for action in here if action.group is group]
        lines += [line(Span(f" {group}", "accent")), *described, ()] if described else []
    if asks:
        lines += [*_terms(asks), (), *_signs([*here, *others])]
    heading = line(Span(" Elsewhere", "accent"), "  a key means the same wherever it is; these are not here")
    return [*lines, (), heading, *(_described(action, "dim") for action in others)] if others else lines


def _terms(asks: Set[Ask]) -> list[Line]:
    """The language of the filter, as far as this pane has it."""
    described = [line(Span(f"  {term}".ljust(_TERM_WIDTH), "key"), found) for term, found in examples(asks)]
    return [
        line(Span(" Filter", "accent"), "  here; all of its words must hold"),
        *described,
        line("  Where nothing matches, values that begin so do too. Case does not count."),
    ]


def _signs(actions: Sequence[Action]) -> list[Line]:
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
    described = [line(Span(f"  {sign}".ljust(_KEYS_WIDTH + 2), "key"), meaning) for sign, meaning in meanings]
    return [line(Span(" Signs", "accent")), *described]


def _described(action: Action, style: str) -> Line:
    keys = Span(f"  {action.shown_keys}".ljust(_KEYS_WIDTH + 2), style or "key")
    return line(keys, Span(action.label.ljust(_LABEL_WIDTH), style), Span(action.help, style))
