"""What the screens say of backups that are damaged, and of a store that can't be read."""

from __future__ import annotations

from msgspec.structs import replace

from tests.store.test_local import make_backup
from voltui.jobs.preview import RestorePreview
from voltui.model.errors import Failed
from voltui.store.local import STORE, Problem
from voltui.ui.screens.restore import plan_lines
from voltui.ui.spans import plain
from voltui.ui.state import State
from voltui.ui.views.backups import BackupsView


def test_the_plan_of_a_restore_refuses_a_damaged_backup() -> None:
    whole = make_backup("data@20261124T031502Z")
    damaged = replace(make_backup("data@20261125T031502Z"), damaged="Its archive x is missing.")
    preview = RestorePreview(None, whole.source, exists=True, stops=(), losses=())
    said = [plain(line) for line in plan_lines(preview, (damaged, whole), 0)]
    assert said[-1] == " refused   It is damaged. Its archive x is missing."
    assert not any("refused" in plain(line) for line in plan_lines(preview, (damaged, whole), 1))


def test_where_the_store_can_not_be_read_the_pane_says_so() -> None:
    problem = Problem(STORE, Failed("The store /srv/backups is a file.", "Name a directory with --store."))
    state = State("here", problems=(problem,))
    assert BackupsView().nothing(state) == "The store /srv/backups is a file. Name a directory with --store."
    assert "no backups yet" in BackupsView().nothing(State("here"))
