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


@pytest.mark.parametrize(("key", "value"), [("TRANSPORT", "pigeon"), ("LEVEL", "99"), ("IDLE_TIMEOUT", "0")])
def test_values_out_of_range_are_refused(key: str, value: str) -> None:
    with pytest.raises(Usage):
        load(environ={f"VOLTUI_{key}": value})


def test_a_file_that_is_no_toml_is_told(config: Path) -> None:
    config.write_text("= broken")
    with pytest.raises(Usage, match="can't be read"):
        load(environ={})
