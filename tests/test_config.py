"""Settings: flags, environment and file in their order; mistakes are told with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from voltui.config import load
from voltui.engine.endpoint import DEFAULT_HOST
from voltui.model.errors import Usage


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "voltui" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


def test_without_a_file_everything_has_a_default() -> None:
    settings = load(environ={"HOME": "/nowhere"})
    assert settings.endpoint.host == DEFAULT_HOST
    assert settings.transport == "auto"
    assert settings.store.name == "store"


def test_the_file_is_read(config: Path) -> None:
    config.write_text('host = "ssh://me@prod"\nstore = "/srv/backups"\nlevel = 9\nidle_timeout = 60\n')
    settings = load(environ={})
    assert settings.endpoint.host == "ssh://me@prod"
    assert (str(settings.store), settings.level, settings.idle_timeout) == ("/srv/backups", 9, 60.0)


def test_flags_win_over_variables_and_these_over_the_file(config: Path) -> None:
    config.write_text('host = "ssh://file"\nstore = "/file"\n')
    environ = {"VOLTUI_HOST": "ssh://variable", "VOLTUI_STORE": "/variable", "VOLTUI_LEVEL": "5"}
    assert load(environ=environ).endpoint.host == "ssh://variable"
    assert load(environ=environ).level == 5
    settings = load(host="ssh://flag", store="/flag", environ=environ)
    assert (settings.endpoint.host, str(settings.store)) == ("ssh://flag", "/flag")


def test_docker_host_wins_over_the_file(config: Path) -> None:
    config.write_text('host = "ssh://file"\n')
    assert load(environ={"DOCKER_HOST": "tcp://docker:2375"}).endpoint.host == "tcp://docker:2375"


def test_an_unknown_key_is_told_with_file_and_line(config: Path) -> None:
    config.write_text('# mine\nhost = "ssh://x"\nstroe = "/srv"\n')
    with pytest.raises(Usage, match=r"config\.toml, line 3: there is no setting stroe") as told:
        load(environ={})
    assert told.value.hint == "Did you mean store?"


def test_a_value_of_the_wrong_kind_is_told_with_file_and_line(config: Path) -> None:
    config.write_text('\nlevel = "high"\n')
    with pytest.raises(Usage, match=r"config\.toml, line 2: level is wrong"):
        load(environ={})


@pytest.mark.parametrize("line", ['store = ""', 'host = ""', 'recipients = [""]', 'identities = ["~/key.txt", ""]'])
def test_an_empty_value_is_told_with_file_and_line(config: Path, line: str) -> None:
    config.write_text(f"level = 3\n{line}\n")
    with pytest.raises(Usage, match=r"config\.toml, line 2: \w+ is empty"):
        load(environ={})


@pytest.mark.parametrize(("key", "value"), [("TRANSPORT", "pigeon"), ("LEVEL", "99"), ("IDLE_TIMEOUT", "0")])
def test_values_out_of_range_are_refused(key: str, value: str) -> None:
    with pytest.raises(Usage):
        load(environ={f"VOLTUI_{key}": value})


def test_a_file_that_is_no_toml_is_told(config: Path) -> None:
    config.write_text("= broken")
    with pytest.raises(Usage, match="can't be read"):
        load(environ={})


def test_every_setting_tells_where_it_comes_from(config: Path) -> None:
    config.write_text('level = 5\ntheme = "dark"\n\n[keys]\nbackup = "B"\n')
    settings = load(store="/flag", environ={"VOLTUI_LEVEL": "7", "VOLTUI_RECIPIENTS": "age1x"})
    place = f"{config}, line"
    assert settings.level == 7
    assert settings.origins == {
        "engine": "default",
        "store": "--store",
        "transport": "default",
        "level": "VOLTUI_LEVEL",
        "idle_timeout": "default",
        "read_only": "default",
        "recipients": "VOLTUI_RECIPIENTS",
        "identities": "default",
        "passphrase_file": "default",
        "theme": f"{place} 2",
        "keys": f"{place} 4",
    }
    assert [(choice.action, choice.keys, choice.place) for choice in settings.keys] == [
        ("backup", ("B",), f"{place} 5")
    ]


@pytest.mark.parametrize(
    ("text", "flags", "environ", "origin"),
    [
        ("", {}, {"DOCKER_HOST": "tcp://x:1"}, "DOCKER_HOST"),
        ('\nhost = "tcp://x:1"', {}, {}, "line 2"),
        ('\nhost = "tcp://x:1"', {}, {"VOLTUI_HOST": "tcp://y:1"}, "VOLTUI_HOST"),
        ("", {"host": "tcp://x:1"}, {"DOCKER_HOST": "tcp://y:1"}, "--host"),
    ],
)
def test_the_engine_tells_which_layer_named_it(
    config: Path, text: str, flags: dict[str, str], environ: dict[str, str], origin: str
) -> None:
    config.write_text(text)
    assert load(**flags, environ=environ).origins["engine"].endswith(origin)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('level = 3\ntheme = "pink"', "line 2: there is no theme pink"),
        ("[keys]\n\nbackup = 3", "line 3: keys is wrong"),
        ("keys = 3", "line 1: keys is wrong"),
    ],
)
def test_a_wrong_theme_or_key_is_told_with_file_and_line(config: Path, text: str, told: str) -> None:
    config.write_text(text)
    with pytest.raises(Usage, match=rf"config\.toml, {told}"):
        load(environ={})
