"""What a running job shows: how far it is, of how many things, and that it was asked to stop."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.frozen import RUNNING
from voltui.jobs.meter import Meter
from voltui.ui.spans import Line
from voltui.ui.state import State
from voltui.ui.views.jobs import JobsView, job_line


def _text(line: Line) -> str:
    return "".join(span.text for span in line)


def test_between_two_steps_it_still_says_which_of_how_many_it_is_at() -> None:
    meter = Meter()
    meter.at(3, 300)
    for step, total in (("Reading data", 1000), ("Publishing", None)):
        meter.begin(step, total)
        assert " 3 of 300  " in _text(job_line((replace(RUNNING, progress=meter.look()),)))


def test_a_job_that_was_asked_to_stop_says_so_until_it_has() -> None:
    job = replace(RUNNING, cancelling=True)
    assert _text(job_line((job,))) == " backup shop_media  cancelling…"
    state = State("here", jobs=(job,))
    assert [_text(cell) for cell in JobsView().cells(state, job.id)][2] == "cancelling"
