"""The keys that a user has chosen: checked against the registry, so that no key does two things."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from voltui.config import KeyChoice
from voltui.model.errors import Usage
from voltui.model.safe import safe
from voltui.ui.actions import ACTIONS, BY_ID, SHOWN, Keymap, shown

_ALIASES = {"esc": "escape", "pgdn": "pagedown", "pgup": "pageup", "return": "enter", "del": "delete"}
_SIGNS = {shown: key for key, shown in SHOWN.items() if len(shown) == 1}
_NAMED = (
    "enter", "escape", "tab", "shift+tab", "space", "up", "down", "left", "right", "pageup", "pagedown", "home", "end",
    "insert", "delete", "backspace",
)  # fmt: skip


_SAME = {"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+j": "Enter", "ctrl+h": "Backspace"}
"""Keys that terminals send as others."""
_TAKEN = {"ctrl+l": "paints the screen anew", "ctrl+z": "goes back to the shell"}
"""What some keys do in every program of a terminal, see `control_keys`."""


def keymap(choices: Sequence[KeyChoice]) -> Keymap:
    """The chosen keys. Raises `Usage`, naming file and line, for an unknown action or key, or a key of two actions."""
    chosen = {choice.action: _keys(choice) for choice in choices}
    owners: dict[str, str] = {}
    for action in ACTIONS:
        for key in chosen.get(action.id, action.keys):
            other = BY_ID[owners.setdefault(key, action.id)]
            if other is not action:
                place = next(choice.place for choice in reversed(choices) if key in chosen[choice.action])
                raise Usage(
                    f"{place}: {shown(key)} would be both {other.label} and {action.label}.",
                    f"A key does one thing; give {other.id} or {action.id} another.",
                )
    return chosen


def _keys(choice: KeyChoice) -> tuple[str, ...]:
    if choice.action not in BY_ID:
        near = difflib.get_close_matches(choice.action, BY_ID, 1)
        hint = f"Did you mean {near[0]}?" if near else f"The actions are {', '.join(BY_ID)}."
        raise Usage(f"{choice.place}: there is no action {safe(choice.action)}.", hint)
    if not choice.keys:
        raise Usage(f"{choice.place}: {choice.action} has no key.", 'Name one, like "B", or leave the line out.')
    return tuple(_key(text, choice.place) for text in choice.keys)


def _key(text: str, place: str) -> str:
    """A key as Textual names it: a sign of its own, a name like ``Enter``, or ``ctrl+e``."""
    if len(text) == 1 and text.isalnum() and text.isascii():
        return text
    if sign := _SIGNS.get(text):
        return sign
    name = _ALIASES.get(text.lower(), text.lower())
    if name in _SAME:
        raise Usage(f"{place}: terminals send {_SAME[name]} for {shown(name)}.", "Take another key.")
    if name in _TAKEN:
        raise Usage(f"{place}: {shown(name)} {_TAKEN[name]}, always.", "Take another key.")
    if name in _NAMED or re.fullmatch(r"ctrl\+[a-z]", name):
        return name
    hint = (
        'A key is a letter, digit or sign, "Enter", "space", "ctrl+e"; SSH clients and tmux eat Alt and function keys.'
    )
    raise Usage(f"{place}: {safe(text)} is no key.", hint)
