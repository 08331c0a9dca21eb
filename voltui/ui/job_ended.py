"""What a screen is told of jobs."""

from __future__ import annotations

from textual.message import Message

from voltui.jobs.watch import JobView


class JobEnded(Message, bubble=False):
    """A job has ended; what it worked on may be another now."""

    def __init__(self, job: JobView) -> None:
        super().__init__()
        self.job = job
