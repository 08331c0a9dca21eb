"""A supervisor and worker that meet a fault right after the n-th record of the job's journal is on disk.

python -m tests.faults.worker <fault> <n> <arguments of voltui.jobs.supervisor>
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import docker

from voltui.engine.connection import Connection
from voltui.jobs import recreate, supervisor
from voltui.jobs.journal import Journal
from voltui.model.container import HELPER_LABEL

_IMPATIENCE = 2.0
"""Seconds the "impatient" give each call."""
_STEADY = 0.3
"""Seconds a new container must run to count as well: the tests' containers need no more."""


def kill_worker() -> None:
    """The worker dies; its supervisor lives."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_both() -> None:
    """Both die, the supervisor first: nobody is left who cleans up."""
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def kill_helpers() -> None:
    """The job's helpers die, whatever runs in them."""
    plan = json.loads((Path(sys.argv[3]) / "job.json").read_text())["plan"]
    api = docker.APIClient(plan["common"]["endpoint"]["host"], version="1.41")
    for row in api.containers(filters={"label": HELPER_LABEL}):
        with suppress(docker.errors.APIError):
            api.kill(row["Id"])
    api.close()


def set_clock_back() -> None:
    """The clock is an hour behind from here on."""
    real, real_time = datetime, time.time

    class Behind(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return real.now(tz) - timedelta(hours=1)

    for module in list(sys.modules.values()):
        if module.__name__.startswith("voltui") and getattr(module, "datetime", None) is datetime:
            module.datetime = Behind  # type: ignore[attr-defined]
    time.time = lambda: real_time() - 3600


def kill_supervisor() -> None:
    """Nobody watches any more; the worker goes on."""
    os.kill(os.getppid(), signal.SIGKILL)


def cancel() -> None:
    """Somebody cancels the job."""
    os.kill(os.getpid(), signal.SIGTERM)


FAULTS: dict[str, Callable[[], None]] = {
    "worker killed": kill_worker,
    "worker and supervisor killed": kill_both,
    "supervisor killed": kill_supervisor,
    "cancelled": cancel,
    "helpers killed": kill_helpers,
    "clock set back an hour": set_clock_back,
}


def main(arguments: list[str]) -> int:
    """Run the job with its fault."""
    fault, number, *rest = arguments
    if fault == "impatient":
        for function in (Connection.call, Connection.change):
            function.__kwdefaults__ = {"deadline": _IMPATIENCE}
    recreate._STEADY = _STEADY
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
