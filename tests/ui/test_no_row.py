"""Where a list has no row, keys that need one say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.frozen import freeze
from voltui.ui.app import VoltuiApp


def _told(app: VoltuiApp) -> list[str]:
    said = [notification.message for notification in app._notifications]
    app.clear_notifications()
    return said


async def test_a_key_that_needs_a_row_says_that_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = freeze(monkeypatch, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        for pane, keys in {"1": "bRfDmy", "2": "bVfm", "4": "RvfDey", "5": "Ky"}.items():
            await pilot.press(pane, "slash", *"zzzz", "enter")
            app.clear_notifications()
            for key in (*keys, "plus"):
                await pilot.press(key)
                said = _told(app)
                assert len(said) == 1, (pane, key, said)
                assert said[0].endswith("there is no row here."), (pane, key)
                assert not app.screen.has_class("-zoomed")
