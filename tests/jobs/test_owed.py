"""What was put back, and what still waits, is one plain sentence a job."""

from __future__ import annotations

from voltui.jobs import undo, undo_client, undo_containers, undo_users
from voltui.jobs.owed import UNDOING, Owed, owed_by, owed_sentence, since, undone_words

SILENT = "The engine does not answer."


def test_every_step_that_can_be_undone_has_words_for_it() -> None:
    elsewhere = undo_containers.UNDO.keys() | undo_users.UNDO.keys() | undo_client.UNDO.keys()
    assert UNDOING.keys() == undo._UNDO.keys() | elsewhere


def test_all_that_waits_for_one_reason_is_one_sentence_with_the_weightiest_first() -> None:
    owed = [Owed(undo.HELPER, SILENT), Owed(undo_users.PAUSE, SILENT), Owed(undo_users.PAUSE, SILENT)]
    assert owed_sentence(owed) == (
        "Still to be done: letting what it paused go on and removing its helper. The engine does not answer. "
        "The next `voltui` command tries again.",
    )
    assert owed_sentence([]) == ()


def test_what_was_done_since_takes_the_place_of_what_was_owed_and_of_nothing_else() -> None:
    before = ("The hook failed.", *owed_sentence([Owed(undo_users.STOP, SILENT)]))
    assert since(before, [undo_users.STOP], []) == ("The hook failed.", "Put in order since: starting what it stopped.")
    assert since(before, [], [Owed(undo_users.STOP, SILENT)]) == before


def test_what_several_jobs_owe_is_said_once() -> None:
    (paused,) = owed_sentence([Owed(undo_users.PAUSE, SILENT)])
    assert owed_by({"one": paused}) == f"job one: {paused}"
    jobs = [f"job{number}" for number in range(9)]
    assert owed_by(dict.fromkeys(jobs, paused)) == (
        f"9 jobs could not undo all that they began, job0, job1, job2 and 6 more. {paused}"
    )


def test_a_step_of_a_newer_version_is_passed_over() -> None:
    assert undone_words(["teleport", undo.SWAP]) == "putting the old content back"
