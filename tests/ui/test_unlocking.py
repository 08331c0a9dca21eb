"""Encrypted backups in the explorer: what opens them is asked for once, and is nowhere but in memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import json
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.frozen import BACKUPS, HOST, freeze
from voltui.archive import manifest
from voltui.archive.seal import Seal
from voltui.config import load
from voltui.jobs.common import Common
from voltui.jobs.keys import Keyring
from voltui.jobs.plan import Plan, VerifyPlan
from voltui.jobs.unlocking import GivenKeys
from voltui.model.backup import Backup
from voltui.model.errors import Refused
from voltui.ui.app import VoltuiApp
from voltui.ui.screens.ask import AskScreen
from voltui.ui.widgets.lines import Lines

_PHRASE = "correct horse battery staple"


def _sealed(seal: Seal, wrapped: str = "") -> Backup:
    sealed = manifest.sealed(replace(BACKUPS[0], verified=None), seal)
    return replace(sealed, wrapped_key=wrapped)


@pytest.fixture
def by_passphrase(monkeypatch: pytest.MonkeyPatch) -> Backup:
    """A backup that the passphrase opens, without the seconds that age takes for it."""
    seal = Seal.new([])

    def unwrap(wrapped: str, phrase: str, name: str) -> object:
        if (wrapped, phrase) != ("wrapped", _PHRASE):
            raise Refused("It is another.")
        return seal.secret

    monkeypatch.setattr("voltui.archive.seal.unwrap", unwrap)
    return _sealed(seal, "wrapped")


async def _until(pilot: Pilot[str], condition: Callable[[], object]) -> None:
    for _ in range(600):
        await pilot.pause(0.05)
        if condition():
            return
    raise AssertionError(pilot.app.screen)


async def _type(pilot: Pilot[str], text: str) -> None:
    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")


async def _asked_to_verify(app: VoltuiApp, pilot: Pilot[str], backup: Backup) -> None:
    await _until(pilot, lambda: app.main.table.cursor_key)
    app.store.update(backups=(backup,))
    await pilot.press("4", "v")


async def test_a_passphrase_is_typed_unseen_and_only_the_jobs_of_this_explorer_can_use_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, by_passphrase: Backup
) -> None:
    backup, plans = by_passphrase, list[Plan]()
    app = freeze(monkeypatch, tmp_path)
    monkeypatch.setattr(app, "start_job", plans.append)
    async with app.run_test(size=(80, 24)) as pilot:
        await _asked_to_verify(app, pilot, backup)
        await _until(pilot, lambda: "MenuScreen" in str(app.screen))
        await pilot.press("enter")
        await _until(pilot, lambda: isinstance(app.screen, AskScreen))
        await _type(pilot, "wrong")
        hint = app.screen.query_one("#ask-hint", Lines)
        await _until(pilot, lambda: "does not open" in hint.render_line(0).text)
        assert _PHRASE[:5] not in "".join(app.screen.query_one(Input).render_line(0).text)
        await _type(pilot, _PHRASE)
        await _until(pilot, lambda: plans)
        await pilot.press("v")
        await _until(pilot, lambda: len(plans) == 2)
    plan = plans[0]
    assert isinstance(plan, VerifyPlan)
    assert plan.backups == (backup.id,)
    assert _PHRASE.encode() not in json.encode(plan)
    assert b"SECRET" not in json.encode(plan)
    ring = Keyring.of(plan.common, tmp_path)
    ring.hold()
    for path in plan.common.identities:
        os.close(int(Path(path).name))  # as if the explorer had ended
    assert ring.opened(backup)[0].id == backup.id
    with pytest.raises(Exception, match="can't be read"):
        Keyring.of(plan.common, tmp_path).opened(backup)


async def test_an_identity_file_is_asked_for_where_there_is_no_passphrase(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seal, plans = Seal.new([]), list[Plan]()
    for name, secret in (("mine", seal.secret), ("other", Seal.new([]).secret)):
        (tmp_path / name).write_text(f"{secret}\n")
    app = freeze(monkeypatch, tmp_path)
    monkeypatch.setattr(app, "start_job", plans.append)
    async with app.run_test(size=(240, 24)) as pilot:
        await _asked_to_verify(app, pilot, _sealed(seal))
        await _until(pilot, lambda: isinstance(app.screen, AskScreen))
        await _type(pilot, str(tmp_path / "other"))
        hint = app.screen.query_one("#ask-hint", Lines)
        await _until(pilot, lambda: "does not open" in hint.render_line(0).text)
        app.screen.query_one(Input).value = str(tmp_path / "mi")
        await pilot.press("tab")
        await _until(pilot, lambda: app.screen.query_one(Input).value == str(tmp_path / "mine"))
        await pilot.press("enter")
        await _until(pilot, lambda: plans)
    assert plans[0].common.identities == (str(tmp_path / "mine"),)


def test_what_was_given_is_for_encrypted_backups_alone_and_not_for_other_secrets(
    tmp_path: Path, by_passphrase: Backup
) -> None:
    keys, backup = GivenKeys(), by_passphrase
    with pytest.raises(Refused, match="does not open"):
        keys.give_passphrase("wrong", backup)
    keys.give_passphrase(_PHRASE, backup)
    assert _PHRASE not in repr(keys)
    common = Common.of(load(host=HOST, store=str(tmp_path)))
    assert keys.common(common, [BACKUPS[0]]) == common
    assert keys.locked([backup], common, tmp_path) == []
    assert keys.locked([_sealed(Seal.new([]))], common, tmp_path) != []
