"""Deleting backups: the last verified one of a volume stays, unless that is gone and its name was typed."""

from __future__ import annotations

import pytest

from tests.conftest import Lab
from voltui.jobs.plan import BackupPlan, PrunePlan
from voltui.model.source import Source

pytestmark = pytest.mark.engine


async def test_the_last_verified_backup_goes_only_with_a_volume_that_is_gone_and_named(lab: Lab) -> None:
    await lab.volume("data")
    (await lab.run(BackupPlan(lab.common(), (Source("volume", "data"),)))).raise_error()
    only = lab.store.listing().backups[0].id

    assert "only verified backup" in (await lab.run(PrunePlan(lab.common(), (only,)))).sentence
    assert "only verified backup" in (await lab.run(PrunePlan(lab.common(), (only,), "data"))).sentence, "it is there"
    await lab.engine.remove_volume("data")
    assert "only verified backup" in (await lab.run(PrunePlan(lab.common(), (only,)))).sentence
    assert "only verified backup" in (await lab.run(PrunePlan(lab.common(), (only,), "other"))).sentence
    assert [backup.id for backup in lab.store.listing().backups] == [only]

    (await lab.run(PrunePlan(lab.common(), (only,), "data"))).raise_error()
    assert lab.store.listing().backups == ()
