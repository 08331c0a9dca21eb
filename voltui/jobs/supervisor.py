"""The process between whoever asked for a job and the job's worker.

It stays small: it forks the worker before anything else is loaded and waits for its end. Where the worker dies without
an outcome, killed or crashed, it undoes at once what the journal says was begun. It is the leader of a session of its
own, so that neither a closed terminal nor Ctrl-C reaches the job.

    python -m voltui.jobs.supervisor <job directory> <state directory> <lock descriptor> [<descriptor for the job>]
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run the job; the exit status is of no use to anybody: the outcome file tells."""
    job, state, lock, *given = arguments
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    worker = os.fork()
    if worker == 0:
        from voltui.jobs.worker import run_job

        run_job(Path(job), Path(state), int(given[0]) if given else -1)
        os._exit(0)
    os.close(int(lock))
    for descriptor in given:
        os.close(int(descriptor))
    signal.signal(signal.SIGTERM, lambda number, frame: os.kill(worker, signal.SIGTERM))
    os.waitpid(worker, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if not (Path(job) / "outcome.json").exists():
        from voltui.jobs.recover import recover_one

        recover_one(Path(job))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
