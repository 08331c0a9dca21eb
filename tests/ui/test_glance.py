"""When a user who is there has sizes measured that may be past."""

from __future__ import annotations

import time
from unittest.mock import Mock

import pytest

from voltui.ui.sizing import Sizing


def test_a_user_who_moves_about_has_what_is_due_measured_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: moment)
    followed = Sizing(Mock(), Mock(), Mock(), Mock(), lambda: True)
    wanted = followed._wanted
    assert not wanted.is_set(), "by itself it asks for nothing"

    followed.glance()
    assert wanted.is_set()
    wanted.clear()
    moment += 30
    followed.glance()
    assert not wanted.is_set()
    moment += 40
    followed.glance()
    assert wanted.is_set()
    followed.close()
