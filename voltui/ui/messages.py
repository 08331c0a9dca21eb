"""What all open screens are told."""

from __future__ import annotations

from textual.message import Message

from voltui.jobs.watch import JobView


class JobEnded(Message, bubble=False):
    """A job has ended; what it worked on may be another now."""

    def __init__(self, job: JobView) -> None:
        super().__init__()
        self.job = job


class StateChanged(Message, bubble=False):
    """Something that the interface knows is another: what a screen shows may be gone."""
