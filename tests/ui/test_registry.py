"""One registry of actions: every one has a handler, a help, and keys of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from voltui.model.filter import Ask
from voltui.ui.actions import ACTIONS, ALL, BY_ID, LISTS, TREES, bindings, footer, here, offered
from voltui.ui.frame import keys
from voltui.ui.handlers import FILE_MODULES, MODULES, load
from voltui.ui.handlers.table import MOVES
from voltui.ui.screens.help import help_lines
from voltui.ui.screens.menu import Choice, found
from voltui.ui.spans import plain, width_of


def handled(modules: Sequence[str]) -> Counter[str]:
    names = (name for owner in load(modules) for name in vars(owner))
    return Counter(name.removeprefix("do_") for name in names if name.startswith("do_"))


def test_every_action_of_the_lists_has_one_handler_and_every_handler_an_action() -> None:
    assert handled(MODULES) == Counter(action.id for action in ACTIONS if action.panes & LISTS)


def test_every_action_of_the_files_has_a_handler_and_every_handler_an_action() -> None:
    wanted = {action.id for action in ACTIONS if action.panes & TREES}
    assert set(handled(FILE_MODULES)) == wanted - set(MOVES)


def test_no_key_does_two_things() -> None:
    counted = Counter(key for action in ACTIONS for key in action.keys)
    assert [key for key, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_no_key_is_one_that_ssh_clients_and_tmux_eat(action: object) -> None:
    for key in BY_ID[getattr(action, "id")].keys:  # noqa: B009
        assert not key.startswith(("f1", "f2", "f3", "alt", "ctrl+b", "ctrl+at"))


def test_the_line_of_keys_fits_into_80_cells() -> None:
    for pane in ALL:
        assert width_of(keys(footer(pane), 80)) <= 80


def test_no_help_is_cut_at_80_cells() -> None:
    for pane in ALL:
        assert [plain(one) for one in help_lines(here(pane), frozenset(Ask), ACTIONS) if width_of(one) > 80] == []


def test_the_help_is_broken_and_not_cut_where_it_is_narrow() -> None:
    lines = help_lines(here("volumes"), frozenset(Ask), ACTIONS, width=60)
    assert [plain(one) for one in lines if width_of(one) > 60] == []
    told = " ".join(" ".join(map(plain, lines)).split())
    assert "C Create A new volume: local, path, NFS, CIFS, memory" in told


def test_the_help_of_files_tells_what_keys_do_there() -> None:
    told = {action.id: action.help for action in here("files of a backup")}
    assert told["restore"] == "Put it, or all marked, back into the live volume"
    assert told["filter"] != BY_ID["filter"].help
    assert told["mark"] == BY_ID["mark"].help


def test_the_help_tells_every_action() -> None:
    text = "\n".join(plain(line) for line in help_lines(here("volumes"), frozenset(Ask), ACTIONS))
    assert {action.id for action in offered()} == {action.id for action in ACTIONS if action.panes & ALL}
    for action in ACTIONS:
        assert action.help in text
        assert action.shown_keys in text


def test_the_palette_has_first_what_is_called_as_typed() -> None:
    choices = [Choice(action.id, action.label, action.shown_key, action.help, also=action.also) for action in offered()]
    typed = {
        "graph": "graph", "q": "quit", "q!": "quit", "restore": "restore", "VOL": "volumes", "sort": "sort",
        "backups": "backups", "ctr": "containers", "rm": "remove", "prune": "clean_up", "ctx": "engines",
        "sh": "shell", "clnup": "clean_up", "half up": "half_up", "every byte": "verify",
    }  # fmt: skip
    assert {words: found(words, choices)[0] for words in typed} == typed
    assert found("zzz", choices) == []
    assert found("", choices) == [action.id for action in offered()]


def test_no_two_actions_have_the_same_other_word() -> None:
    counted = Counter(word for action in ACTIONS for word in action.also)
    assert [word for word, count in counted.items() if count > 1] == []


def test_each_action_is_bound_by_its_id() -> None:
    assert {getattr(binding, "id") for binding in bindings()} == set(BY_ID)  # noqa: B009
    assert all(here(pane) for pane in ALL)
