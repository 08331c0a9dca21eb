"""Keys of the user's own, and the themes."""

from __future__ import annotations

import re

import pytest
from rich.color import Color

from voltui.config import KeyChoice
from voltui.model.errors import NoEngine, Usage
from voltui.model.filter import Ask
from voltui.ui.actions import footer, offered
from voltui.ui.frame import keys, no_engine, too_small
from voltui.ui.keymap import keymap
from voltui.ui.palette import GROUNDS, THEMES
from voltui.ui.screens.help import help_lines
from voltui.ui.spans import plain
from voltui.ui.state import State
from voltui.ui.views.volumes import backup_lines


def choice(action: str, *keys: str, line: int = 1) -> KeyChoice:
    return KeyChoice(action, keys, f"config.toml, line {line}")


def test_chosen_keys_take_the_place_of_the_own_ones_and_are_shown() -> None:
    chosen = keymap([choice("backup", "B", "ctrl+e"), choice("filter", "-"), choice("back", "Esc")])
    assert chosen == {"backup": ("B", "ctrl+e"), "filter": ("minus",), "back": ("escape",)}
    line = plain(keys(footer("volumes", keys=chosen), 80))
    assert " B Backup" in line
    assert " - Filter" in line


def test_sentences_name_the_chosen_keys() -> None:
    chosen = keymap([choice("refresh", "Q"), choice("engines", "P"), choice("quit", "Z"), choice("backup", "B")])
    state = State("unix:///x", keys=chosen, lost=NoEngine("It does not answer.", ""))
    assert "Q tries now, P goes to another engine, Z quits." in "".join(map(plain, no_engine(state, 120)))
    assert "Z quits" in plain(too_small(state, 80, 60, 16)[0])
    assert "B makes one" in plain(backup_lines(state, "data", 80)[0])
    told = "\n".join(map(plain, help_lines(offered(keys=chosen), frozenset(Ask))))
    assert "Q measures anew" in told


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        ([choice("bakcup", "B", line=3)], "line 3: there is no action bakcup."),
        ([choice("backup", "F99", line=2)], "line 2: F99 is no key."),
        ([choice("backup", "alt+x")], "line 1: alt+x is no key."),
        ([choice("backup", "ctrl+space")], "line 1: ctrl+space is no key."),
        ([choice("backup", "ctrl+[")], "line 1: ctrl+[ is no key."),
        ([choice("backup", "shift+1")], "line 1: shift+1 is no key."),
        ([choice("backup", "Ctrl+I", line=4)], "line 4: terminals send Tab for ^I."),
        ([choice("backup", "B", "ctrl+m")], "line 1: terminals send Enter for ^M."),
        ([choice("backup", "ctrl+j")], "line 1: terminals send Enter for ^J."),
        ([choice("backup", "ctrl+h")], "line 1: terminals send Backspace for ^H."),
        ([choice("backup", "ctrl+z")], "line 1: ^Z goes back to the shell, always."),
        ([choice("backup", "ctrl+l")], "line 1: ^L paints the screen anew, always."),
        ([choice("backup")], "line 1: backup has no key."),
        ([choice("mark", "z", line=2), choice("backup", "m", line=3)], "line 3: m would be both Backup and Graph"),
        ([choice("mark", "Q", line=2), choice("backup", "Q", line=3)], "line 3: Q would be both Backup and Mark"),
    ],
)
def test_what_can_not_be_is_told_with_file_and_line(choices: list[KeyChoice], told: str) -> None:
    with pytest.raises(Usage, match=re.escape(told)):
        keymap(choices)


def test_a_key_that_is_free_again_can_be_taken() -> None:
    assert keymap([choice("mark", "b"), choice("backup", "B")])["mark"] == ("b",)


@pytest.mark.parametrize("theme", GROUNDS)
def test_all_text_of_a_painted_theme_can_be_read_on_its_ground(theme: str) -> None:
    """The contrast that WCAG asks for, 4.5 to 1."""
    for name, style in THEMES[theme].items():
        assert style.color is not None and style.bgcolor is not None
        ratio = sorted((_luminance(style.color), _luminance(style.bgcolor)))
        assert (ratio[1] + 0.05) / (ratio[0] + 0.05) >= 4.5, name


def test_every_theme_has_every_style() -> None:
    assert {frozenset(styles) for styles in THEMES.values()} == {frozenset(THEMES["ansi"])}


def _luminance(color: Color) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.get_truecolor().normalized
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
