"""What an unset variable of a script makes of an argument, nothing, is refused before anything is done."""

from __future__ import annotations

import sys

import pytest

from voltui.cli import main

NOWHERE = "unix:///nowhere.sock"
"""An engine that would be an error of its own, were it asked."""


def said(arguments: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> str:
    """What a command line that is wrong is told."""
    monkeypatch.setattr(sys, "argv", ["voltui", *arguments])
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    return capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["backup", ""], "SOURCE is empty."),
        (["backup", "data", ""], "SOURCE is empty."),
        (["backup", "--container", ""], "--container is empty."),
        (["backup", "data", "--passphrase-file", ""], "--passphrase-file is empty."),
        (["--store", "", "backups"], "--store is empty."),
        (["backups", "--store", ""], "--store is empty."),
        (["backups", ""], "VOLUME is empty."),
        (["--host", "", "volumes"], "--host is empty."),
        (["volumes", ""], "FILTER is empty."),
        (["restore", "data@latest", "--to", ""], "--to is empty."),
        (["restore", ""], "BACKUP|FILE is empty."),
        (["export", "data@latest", "--to", ""], "--to is empty."),
        (["import", "", "data"], "FILE|- is empty."),
        (["import", "data.tar", ""], "VOLUME is empty."),
        (["create", ""], "NAME is empty."),
        (["create", "data", "--driver", ""], "--driver is empty."),
        (["clone", "data", ""], "NEW is empty."),
        (["share", "", "--with", "app"], "VOLUME is empty."),
        (["share", "data", "--name", ""], "--name is empty."),
        (["share", "data", "--as-image", "x", "--to", ""], "--to is empty."),
        (["unshare", "data", "--from", ""], "--from is empty."),
        (["remove", ""], "VOLUME is empty."),
        (["remove", "data", "--force", ""], "--force is empty."),
        (["prune", "", "--keep-last", "1"], "VOLUME is empty."),
        (["prune", "--keep-last", "0"], "--keep-last"),
        (["prune", "--keep-daily", "-1"], "--keep-daily"),
        (["copy-out", "data", "file", ""], "DIR is empty."),
        (["put", "data", "", "--replace"], "SOURCE is empty."),
        (["delete-files", "data", ""], "PATH is empty."),
        (["jobs", ""], "ID is empty."),
        (["jobs", "--cancel", ""], "--cancel is empty."),
    ],
    ids=lambda value: " ".join(map(repr, value)) if isinstance(value, list) else "",
)
def test_an_empty_value_is_refused_before_anything_is_done(
    arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert words in said(arguments, monkeypatch, capfd)


@pytest.mark.parametrize("variable", ["VOLTUI_STORE", "VOLTUI_HOST", "VOLTUI_PASSPHRASE_FILE", "VOLTUI_CONFIG"])
def test_a_variable_that_is_set_to_nothing_is_refused(
    variable: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, "")
    assert f"{variable} is set, but empty." in said(["volumes"], monkeypatch, capfd)


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", ""])
def test_a_number_to_keep_is_one_from_1_upwards(
    number: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    words = said(["prune", f"--keep-last={number}"], monkeypatch, capfd)
    assert "no number from 1 upwards" in words if number else "--keep-last is empty" in words
