"""Every action of the interface, once: its keys, its words, where it is there.

Bindings, the line of keys, the help, the palette and the menu of actions are all made from this list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType

from voltui.ui.glyphs import glyphs

VOLUMES, CONTAINERS, GRAPH, BACKUPS, JOBS = "volumes", "containers", "graph", "backups", "jobs"
ALL = frozenset((VOLUMES, CONTAINERS, GRAPH, BACKUPS, JOBS))


class Group(StrEnum):
    """The headings of the help."""

    ACT = "Act"
    FIND = "Find"
    MOVE = "Move"
    PANES = "Panes"
    OTHER = "Other"


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does. Its handler is the method ``do_<id>``, see `handlers`."""

    id: str
    keys: tuple[str, ...]
    """As Textual names them."""
    label: str
    help: str
    group: Group
    panes: frozenset[str] = ALL
    footer: int = 0
    """Its place in the line of keys; 0 is not in it."""
    changes: bool = False
    """Whether it changes something: a read-only interface does not have it."""

    @property
    def shown_key(self) -> str:
        """Its first key, as it is printed on a keyboard."""
        return _shown(self.keys[0])

    @property
    def shown_keys(self) -> str:
        """All its keys."""
        return " ".join(map(_shown, self.keys))


_SHOWN = {
    "slash": "/", "colon": ":", "question_mark": "?", "asterisk": "*", "plus": "+", "space": "space",
    "enter": "Enter", "escape": "Esc", "tab": "Tab", "shift+tab": "Shift-Tab", "pagedown": "PgDn", "pageup": "PgUp",
    "home": "Home", "end": "End",
    "ctrl+d": "^D", "ctrl+u": "^U", "ctrl+c": "^C",
}  # fmt: skip

_ARROWS = ("down", "up", "left", "right")


def _shown(key: str) -> str:
    """A key as it is printed on a keyboard, or as this terminal can show it."""
    return glyphs().arrows[_ARROWS.index(key)] if key in _ARROWS else _SHOWN.get(key, key)


ACTIONS: tuple[Action, ...] = (
    Action("backup", ("b",), "Backup", "Back up the row, or what is marked, at once", Group.ACT,
           frozenset((VOLUMES, CONTAINERS)), footer=1, changes=True),
    Action("restore", ("R",), "Restore", "Show what a restore would do; Enter does it", Group.ACT,
           frozenset((VOLUMES, BACKUPS)), footer=2, changes=True),
    Action("undo", ("U",), "Undo restore", "Put back what the last restore replaced", Group.ACT,
           frozenset((VOLUMES,)), changes=True),
    Action("verify", ("v",), "Verify", "Read the backup back, every byte", Group.ACT, frozenset((BACKUPS,)), footer=3),
    Action("cancel", ("K",), "Cancel job", "Stop the job; it undoes what it began", Group.ACT, frozenset((JOBS,)),
           footer=1, changes=True),
    Action("graph_of", ("m",), "Graph of this", "What is connected with it", Group.ACT,
           frozenset((VOLUMES, CONTAINERS)), footer=4),
    Action("files", ("f",), "Files", "Look into the volume or the backup", Group.ACT,
           frozenset((VOLUMES, BACKUPS)), footer=4),
    Action("diff", ("D",), "Differences", "What differs from the last backup; of two marked ones", Group.ACT,
           frozenset((VOLUMES, BACKUPS))),
    Action("copy", ("y",), "Copy name", "Copy the name to your clipboard", Group.ACT),
    Action("filter", ("slash",), "Filter", "Show only rows with these words", Group.FIND, footer=6),
    Action("next_match", ("n",), "Next", "Next row that the filter left", Group.FIND),
    Action("previous_match", ("N",), "Previous", "Previous row that the filter left", Group.FIND),
    Action("sort", ("s",), "Sort", "Sort in the next order", Group.FIND, footer=7),
    Action("sort_menu", ("S",), "Sort by", "Choose what to sort by", Group.FIND),
    Action("mark", ("space",), "Mark", "Mark it for the next action, go down", Group.FIND,
           frozenset((VOLUMES, CONTAINERS, BACKUPS)), footer=5),
    Action("invert", ("asterisk",), "Invert marks", "Mark what is not marked", Group.FIND,
           frozenset((VOLUMES, CONTAINERS, BACKUPS))),
    Action("down", ("j", "down"), "Down", "Next row", Group.MOVE),
    Action("up", ("k", "up"), "Up", "Previous row", Group.MOVE),
    Action("top", ("g", "home"), "Top", "First row", Group.MOVE),
    Action("bottom", ("G", "end"), "Bottom", "Last row", Group.MOVE),
    Action("page_down", ("pagedown",), "Page down", "One page down", Group.MOVE),
    Action("page_up", ("pageup",), "Page up", "One page up", Group.MOVE),
    Action("half_down", ("ctrl+d",), "Half page down", "Half a page down", Group.MOVE),
    Action("half_up", ("ctrl+u",), "Half page up", "Half a page up", Group.MOVE),
    Action("open", ("enter", "l", "right"), "Open", "Show all that is known of it", Group.MOVE),
    Action("back", ("escape", "h", "left"), "Back", "Close it; clear the filter, then the marks",
           Group.MOVE),
    Action("volumes", ("1",), "Volumes", "The volumes", Group.PANES),
    Action("containers", ("2",), "Containers", "The containers", Group.PANES),
    Action("graph", ("3",), "Graph", "Who touches which data, in groups", Group.PANES),
    Action("backups", ("4",), "Backups", "The backups", Group.PANES),
    Action("jobs", ("5", "w"), "Jobs", "The jobs, running and past", Group.PANES),
    Action("next_pane", ("tab",), "Next pane", "The next pane", Group.PANES),
    Action("previous_pane", ("shift+tab",), "Previous pane", "The pane before", Group.PANES),
    Action("zoom", ("plus",), "Zoom", "The detail alone, or the list again", Group.PANES),
    Action("refresh", ("r",), "Refresh", "Ask the engine and the store again, measure sizes", Group.OTHER),
    Action("menu", ("x",), "Actions", "What can be done here", Group.OTHER, footer=8),
    Action("palette", ("colon",), "Palette", "Find any action by its name", Group.OTHER),
    Action("help", ("question_mark",), "Help", "This help", Group.OTHER, footer=9),
    Action("quit", ("q", "ctrl+c"), "Quit", "Leave; jobs go on", Group.OTHER),
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}


def bindings(actions: Sequence[Action] = ACTIONS) -> list[BindingType]:
    """A binding for each key of each action. The ids make keys configurable (``set_keymap``)."""
    return [
        Binding(",".join(action.keys), f"act({action.id!r})", action.label, show=False, id=action.id, priority=False)
        for action in actions
    ]


def handlers(*owners: object) -> dict[str, Callable[[], object]]:
    """The handler of each action: the method ``do_<id>`` of one of the owners. Raises `AttributeError` without one."""
    found = {}
    for action in ACTIONS:
        name = f"do_{action.id}"
        owner = next((owner for owner in owners if hasattr(owner, name)), owners[0])
        found[action.id] = getattr(owner, name)
    return found


def offered(*, read_only: bool = False) -> list[Action]:
    """The actions that there are, in the order of the help."""
    return [action for action in ACTIONS if not (read_only and action.changes)]


def here(pane: str, *, read_only: bool = False) -> list[Action]:
    """The actions that a pane has."""
    return [action for action in offered(read_only=read_only) if pane in action.panes]


def footer(pane: str, *, read_only: bool = False) -> list[Action]:
    """The actions for the line of keys, in its order."""
    shown = (action for action in here(pane, read_only=read_only) if action.footer)
    return sorted(shown, key=lambda action: action.footer)
