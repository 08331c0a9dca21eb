"""What the screens say of backups that are damaged, and of a store that can't be read."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from tests.store.test_local import make_backup
from voltui.jobs.preview import RestorePreview
from voltui.model.backup import Loss, moment
from voltui.model.errors import Failed
from voltui.store.listing import STORE, Problem
from voltui.ui import frame
from voltui.ui.screens.restore import plan_lines
from voltui.ui.spans import plain
from voltui.ui.state import State
from voltui.ui.views.backups import BackupsView
from voltui.ui.views.words import backup_standing


def test_the_plan_of_a_restore_refuses_a_damaged_backup() -> None:
    whole = make_backup("data@20261124T031502Z")
    damaged = replace(make_backup("data@20261125T031502Z"), damaged="Its archive x is missing.")
    preview = RestorePreview(None, whole.source, exists=True, stops=(), losses=())
    said = [plain(line) for line in plan_lines(preview, (damaged, whole), 0, 80)]
    assert said[-1] == " refused   It is damaged. Its archive x is missing."
    assert not any("refused" in plain(line) for line in plan_lines(preview, (damaged, whole), 1, 80))


def test_the_header_names_a_file_that_can_not_be_read() -> None:
    damaged = Failed("It is no manifest.")
    one = State("here", problems=(Problem("data@20261124T031502Z.json", damaged, "data"),))
    assert "store: data@20261124T031502Z.json DAMAGED" in plain(frame.header(one, 80))
    two = State("here", problems=one.problems * 2)
    assert "store: 2 files DAMAGED, see `voltui doctor`" in plain(frame.header(two, 80))


def test_backups_of_one_minute_are_told_apart_by_seconds() -> None:
    one, other = (make_backup(f"data@2026112{day}T031502Z") for day in "45")
    later = replace(other, started=one.started + timedelta(seconds=57))
    assert moment(one, [later, one]) == "2026-11-24 03:15:02 UTC"
    assert moment(one, [replace(later, started=one.started + timedelta(seconds=58)), one]) == "2026-11-24 03:15 UTC"


def test_long_lines_of_a_detail_are_broken_rather_than_cut() -> None:
    backup = replace(
        make_backup("data@20261124T031502Z"),
        paused_seconds=1.44,
        losses=(Loss("sockets", "2 socket files can't be archived: run/one.socket and run/two.socket."),),
    )
    state = State("here", backups=(backup,))
    for width in (48, 80):
        lines = [plain(line) for line in BackupsView().detail(state, backup.id, width)]
        assert max(map(len, lines)) <= width
        told = " ".join(" ".join(lines).split())
        assert "paused, writers held for 1.4 s" in told
        assert "run/one.socket and run/two.socket." in told


def test_where_the_store_can_not_be_read_the_pane_says_so() -> None:
    problem = Problem(STORE, Failed("The store /srv/backups is a file.", "Name a directory with --store."))
    state = State("here", problems=(problem,))
    assert BackupsView().nothing(state) == "The store /srv/backups is a file. Name a directory with --store."
    assert plain(backup_standing(state, "data")) == "unknown"
    assert plain(backup_standing(State("here"), "data")) == "never"
    assert "no backups yet" in BackupsView().nothing(State("here"))
