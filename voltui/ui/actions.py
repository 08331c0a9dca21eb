"""Every action of the interface, once: its keys, its words, where it is there.

Bindings, the line of keys, the help, the palette and the menu of actions are all made from this list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace
from textual.binding import Binding, BindingType

from voltui.ui.glyphs import glyphs

VOLUMES, CONTAINERS, GRAPH, BACKUPS, JOBS = "volumes", "containers", "graph", "backups", "jobs"
GROUPS = "groups"
"""The list of groups in the pane of the graph, where one does not walk."""
VOLUME_FILES, BACKUP_FILES, DIFFERENCES, TEXT = "files", "files of a backup", "differences", "a text"
LISTS = frozenset((VOLUMES, CONTAINERS, GRAPH, GROUPS, BACKUPS, JOBS))
"""The panes of the main screen."""
TREES = frozenset((VOLUME_FILES, BACKUP_FILES))
"""What is open where one looks into a volume or a backup."""
ALL = LISTS | TREES


class Group(StrEnum):
    """The headings of the help."""

    ACT = "Act"
    FIND = "Find"
    MOVE = "Move"
    PANES = "Panes"
    OTHER = "Other"


class Action(Struct, frozen=True):
    """Something a key does. Its handler is the method ``do_<id>``, see `handlers`."""

    id: str
    keys: tuple[str, ...]
    """As Textual names them."""
    label: str
    help: str
    group: Group
    panes: frozenset[str] = ALL
    one_row: bool = False
    """Whether it is of one row only: on the heading of a project there is none."""
    footer: int = 0
    """Its place in the line of keys; 0 is not in it."""
    changes: bool = False
    """Whether it changes something: a read-only interface does not have it."""
    of_no_row: bool = False
    """Whether it can be done where there is no row."""
    also: tuple[str, ...] = ()
    """Other words that the palette finds it by."""

    @property
    def shown_key(self) -> str:
        """Its first key, as it is printed on a keyboard."""
        return shown(self.keys[0])

    @property
    def shown_keys(self) -> str:
        """All its keys."""
        return " ".join(map(shown, self.keys))


SHOWN = {
    "slash": "/", "colon": ":", "question_mark": "?", "asterisk": "*", "plus": "+", "space": "space",
    "exclamation_mark": "!", "quotation_mark": '"', "number_sign": "#", "dollar_sign": "$", "percent_sign": "%",
    "ampersand": "&", "apostrophe": "'", "left_parenthesis": "(", "right_parenthesis": ")", "comma": ",",
    "minus": "-", "full_stop": ".", "semicolon": ";", "less_than_sign": "<", "equals_sign": "=",
    "greater_than_sign": ">", "at": "@", "left_square_bracket": "[", "backslash": "\\", "right_square_bracket": "]",
    "circumflex_accent": "^", "underscore": "_", "grave_accent": "`", "left_curly_bracket": "{",
    "vertical_line": "|", "right_curly_bracket": "}", "tilde": "~",
    "enter": "Enter", "escape": "Esc", "tab": "Tab", "shift+tab": "Shift-Tab", "pagedown": "PgDn", "pageup": "PgUp",
    "home": "Home", "end": "End",
}  # fmt: skip
"""Keys whose names are not what is printed on them."""

_ARROWS = ("down", "up", "left", "right")


def shown(key: str) -> str:
    """A key as it is printed on a keyboard, or as this terminal can show it."""
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+').upper()}"
    return glyphs().arrows[_ARROWS.index(key)] if key in _ARROWS else SHOWN.get(key, key)


ACTIONS: tuple[Action, ...] = (
    Action("backup", ("b",), "Backup", "Back up the row, or what is marked, at once", Group.ACT,
           frozenset((VOLUMES, CONTAINERS, GRAPH, GROUPS)), footer=1, changes=True, also=("bak", "save")),
    Action("restore", ("R",), "Restore", "Show what a restore would do; Enter does it", Group.ACT,
           frozenset((VOLUMES, GRAPH, BACKUPS, BACKUP_FILES)), one_row=True, footer=2, changes=True,
           also=("rollback",)),
    Action("undo", ("U",), "Undo", "Put back what was replaced or deleted last", Group.ACT,
           frozenset((VOLUMES, GRAPH, VOLUME_FILES)), one_row=True, changes=True, also=("revert",)),
    Action("verify", ("v",), "Verify", "Read the backup back, every byte", Group.ACT, frozenset((BACKUPS,)), footer=3,
           also=("check",)),
    Action("remove", ("d",), "Remove", "Remove it, or all marked, after showing it", Group.ACT,
           frozenset((VOLUMES, GRAPH, BACKUPS, VOLUME_FILES)), footer=7, changes=True, also=("rm", "delete")),
    Action("cancel", ("K",), "Cancel job", "Stop the job; it undoes what it began", Group.ACT, frozenset((JOBS,)),
           footer=1, changes=True, also=("kill", "stop")),
    Action("share", ("V",), "Share", "Give containers the volume, or take it back", Group.ACT,
           frozenset((VOLUMES, CONTAINERS, GRAPH)), footer=3, changes=True, also=("mount",)),
    Action("clone", ("c",), "Clone", "Copy the volume into a new one", Group.ACT,
           frozenset((VOLUMES, GRAPH)), one_row=True, changes=True, also=("cp",)),
    Action("create", ("C",), "Create", "A new volume: local, path, NFS, CIFS, memory", Group.ACT,
           frozenset((VOLUMES, GRAPH, GROUPS)), changes=True, of_no_row=True, also=("new", "mk")),
    Action("clean_up", ("X",), "Clean up", "Remove unused volumes, after showing them", Group.ACT,
           frozenset((VOLUMES, GRAPH, GROUPS)), changes=True, of_no_row=True, also=("prune",)),
    Action("graph_of", ("m",), "Graph of this", "What is connected with it", Group.ACT,
           frozenset((VOLUMES, CONTAINERS)), footer=5, also=("map",)),
    Action("impact", ("I",), "Impact", "What stopping, restoring, removing it touches", Group.ACT,
           frozenset((GRAPH,)), footer=3),
    Action("export", ("e",), "Export", "Write it to a file or directory of yours", Group.ACT,
           frozenset((GRAPH, GROUPS, BACKUPS)) | TREES, footer=6, also=("write", "download")),
    Action("files", ("f",), "Files", "Look into it; of a container, what it mounts", Group.ACT,
           frozenset((VOLUMES, CONTAINERS, GRAPH, BACKUPS)), one_row=True, footer=6, also=("ls", "browse", "cd")),
    Action("add", ("a",), "Add", "Put a file or directory of yours in here", Group.ACT,
           frozenset((VOLUME_FILES,)), footer=1, changes=True, of_no_row=True, also=("upload", "put")),
    Action("edit", ("o",), "Edit", "Open the file in $EDITOR, write it back", Group.ACT,
           frozenset((VOLUME_FILES,)), footer=2, changes=True, also=("vi", "vim", "nano")),
    Action("diff", ("D",), "Differences", "What differs from the last backup", Group.ACT,
           frozenset((VOLUMES, BACKUPS)), one_row=True, also=("compare", "changes")),
    Action("shell", ("exclamation_mark",), "Shell", "A shell on it: read-only, or read-write", Group.ACT,
           frozenset((VOLUMES, GRAPH, VOLUME_FILES)), one_row=True, also=("sh", "bash", "exec")),
    Action("swap", ("W",), "Swap sides", "The differences the other way round", Group.ACT, frozenset((DIFFERENCES,))),
    Action("hexadecimal", ("H",), "Hexadecimal", "The file's bytes, or its text again", Group.ACT, frozenset((TEXT,))),
    Action("copy", ("y",), "Copy name", "Copy the name to your clipboard", Group.ACT, also=("yank", "clipboard")),
    Action("filter", ("slash",), "Filter", "Show only rows that match; terms below", Group.FIND, footer=4,
           also=("find", "search", "grep")),
    Action("next_match", ("n",), "Next", "Next row that the filter left", Group.FIND),
    Action("previous_match", ("N",), "Previous", "Previous row that the filter left", Group.FIND),
    Action("sort", ("s",), "Sort", "Sort in the next order", Group.FIND, footer=8),
    Action("reverse", ("O",), "Reverse", "The same order the other way round", Group.FIND),
    Action("sort_menu", ("S",), "Sort by", "Choose what to sort by, and which way", Group.FIND, also=("order",)),
    Action("around", ("z",), "Around", "What is 1, 2, 3 steps from it; then all again", Group.FIND,
           frozenset((GRAPH,)), footer=4),
    Action("tree", ("t",), "Tree", "An indented tree, or the drawing again", Group.FIND,
           frozenset((GRAPH, GROUPS)), footer=5),
    Action("groups", ("p",), "Groups", "By project or not; of a drawing back to groups", Group.FIND,
           frozenset((VOLUMES, CONTAINERS, GRAPH, GROUPS)), footer=9, also=("projects", "compose", "stacks")),
    Action("mark", ("space",), "Mark", "Mark it for the next action, go down", Group.FIND,
           frozenset((VOLUMES, CONTAINERS, BACKUPS)) | TREES, footer=6),
    Action("invert", ("asterisk",), "Invert marks", "Mark all; where some are, those that are not", Group.FIND,
           frozenset((VOLUMES, CONTAINERS, BACKUPS)) | TREES),
    Action("down", ("j", "down"), "Down", "Next row", Group.MOVE),
    Action("up", ("k", "up"), "Up", "Previous row", Group.MOVE),
    Action("top", ("g", "home"), "Top", "First row", Group.MOVE),
    Action("bottom", ("G", "end"), "Bottom", "Last row", Group.MOVE),
    Action("page_down", ("pagedown",), "Page down", "One page down", Group.MOVE),
    Action("page_up", ("pageup",), "Page up", "One page up", Group.MOVE),
    Action("half_down", ("ctrl+d",), "Half page down", "Half a page down", Group.MOVE),
    Action("half_up", ("ctrl+u",), "Half page up", "Half a page up", Group.MOVE),
    Action("open", ("enter", "i"), "Open", "All that is known; open a folder, project, graph", Group.MOVE,
           also=("inspect", "describe", "detail")),
    Action("back", ("escape",), "Back", "Close it; clear the filter, then the marks", Group.MOVE),
    Action("right", ("l", "right"), "In", "As Open; in a graph along a line to the right", Group.MOVE),
    Action("left", ("h", "left"), "Out", "Fold a project, as Back; in a graph to the left", Group.MOVE),
    Action("volumes", ("1",), "Volumes", "The volumes", Group.PANES, LISTS, also=("vol", "vols")),
    Action("containers", ("2",), "Containers", "The containers", Group.PANES, LISTS, also=("ctr", "ct", "ps")),
    Action("graph", ("3",), "Graph", "Who touches which data, in groups", Group.PANES, LISTS, also=("gr",)),
    Action("backups", ("4",), "Backups", "The backups", Group.PANES, LISTS, also=("bk", "snapshots")),
    Action("jobs", ("5", "w"), "Jobs", "The jobs, running and past", Group.PANES, LISTS, also=("job", "tasks")),
    Action("next_pane", ("tab",), "Next pane", "The next pane", Group.PANES, LISTS),
    Action("previous_pane", ("shift+tab",), "Previous pane", "The pane before", Group.PANES, LISTS),
    Action("zoom", ("plus",), "Zoom", "The detail alone, or the list again", Group.PANES, LISTS),
    Action("refresh", ("r",), "Refresh", "Ask everything again, measure sizes", Group.OTHER, also=("reload",)),
    Action("engines", ("E",), "Engines", "Go to another engine: contexts, ssh hosts", Group.OTHER, LISTS,
           also=("ctx", "context", "contexts", "host")),
    Action("menu", ("x",), "Actions", "What can be done here", Group.OTHER, footer=8, also=("actions",)),
    Action("palette", ("colon",), "Palette", "Find any action by its name", Group.OTHER),
    Action("help", ("question_mark",), "Help", "This help", Group.OTHER, footer=10, also=("h", "keys", "man")),
    Action("quit", ("q", "ctrl+c"), "Quit", "Leave; jobs go on", Group.OTHER, also=("q", "q!", "exit", "x")),
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}
_IN_TREES: Mapping[str, str] = {
    "restore": "Put it, or all marked, back into the live volume",
    "undo": "Put back what a change of files replaced",
    "remove": "Delete it, or all marked, after showing it",
    "export": "Copy it, or all marked, to this machine",
    "copy": "Copy the path to your clipboard",
    "filter": "Find names with these words in all folders",
    "next_match": "The next row",
    "previous_match": "The row before",
    "open": "Into the folder; the beginning of a file",
    "right": "As Open",
    "back": "What was found, the marks, the folder: leave it",
    "left": "Out of the folder",
    "refresh": "Read all names again",
    "quit": "Close it",
}
"""What actions do in a tree of files, where that is not what they do in a list."""


def bindings(actions: Sequence[Action] = ACTIONS) -> list[BindingType]:
    """A binding for each key of each action. The ids make keys configurable (``set_keymap``)."""
    return [
        Binding(",".join(action.keys), f"act({action.id!r})", action.label, show=False, id=action.id, priority=False)
        for action in actions
    ]


Keymap = Mapping[str, tuple[str, ...]]
"""The keys, as Textual names them, of the actions that have others than here."""
_OWN: Keymap = {}


def key_of(identifier: str, keys: Keymap = _OWN) -> str:
    """The first key of an action, the user's own if there is one, as it is printed on a keyboard."""
    return shown(keys.get(identifier, BY_ID[identifier].keys)[0])


def offered(*, read_only: bool = False, keys: Keymap = _OWN) -> list[Action]:
    """The actions that there are, with the keys that the user has chosen, in the order of the help."""
    shown = (action for action in ACTIONS if action.panes & ALL and not (read_only and action.changes))
    return with_keys(shown, keys)


def with_keys(actions: Iterable[Action], keys: Keymap) -> list[Action]:
    """The actions with the keys that the user has chosen."""
    return [replace(action, keys=keys.get(action.id, action.keys)) for action in actions]


def among(told: Mapping[str, str], *, keys: Keymap = _OWN) -> list[Action]:
    """Actions of a screen by their ids, with the keys that the user has chosen, and what they do there where that is
    not what the registry says."""
    chosen = (replace(BY_ID[identifier], help=said or BY_ID[identifier].help) for identifier, said in told.items())
    return with_keys(chosen, keys)


def here(pane: str, *, read_only: bool = False, keys: Keymap = _OWN) -> list[Action]:
    """The actions that a pane has, and what they do there."""
    told = _IN_TREES if pane in TREES else {}
    found = (action for action in offered(read_only=read_only, keys=keys) if pane in action.panes)
    return [replace(action, help=told.get(action.id, action.help)) for action in found]


def footer(pane: str, *, read_only: bool = False, keys: Keymap = _OWN) -> list[Action]:
    """The actions for the line of keys, in its order."""
    shown = (action for action in here(pane, read_only=read_only, keys=keys) if action.footer)
    return sorted(shown, key=lambda action: action.footer)
