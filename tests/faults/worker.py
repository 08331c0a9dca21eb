"""A supervisor and worker that meet a fault right after the n-th record of the job's journal is on disk.

python -m tests.faults.worker <fault> <n> <arguments of voltui.jobs.supervisor>
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from voltui.jobs import supervisor
from voltui.jobs.journal import Journal


def kill_worker() -> None:
    """The worker dies; its supervisor lives."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_both() -> None:
    """Both die, the supervisor first: nobody is left who cleans up."""
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def cancel() -> None:
    """Somebody cancels the job."""
    os.kill(os.getpid(), signal.SIGTERM)


FAULTS: dict[str, Callable[[], None]] = {
    "worker killed": kill_worker,
    "worker and supervisor killed": kill_both,
    "cancelled": cancel,
}


def main(arguments: list[str]) -> int:
    """Run the job with its fault."""
    fault, number, *rest = arguments
    write = Journal._write
    written, supervisor_pid = 0, os.getpid()

    def write_and_fail(self: Journal, record: dict[str, Any]) -> None:
        nonlocal written
        write(self, record)
        written += 1
        if written == int(number) and os.getpid() != supervisor_pid:
            FAULTS[fault]()

    Journal._write = write_and_fail  # type: ignore[method-assign]
    return supervisor.main(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
