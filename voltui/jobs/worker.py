"""The worker: one process that runs one job to its outcome."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import resource
import signal
import traceback
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from voltui.jobs import recover, sentences
from voltui.jobs.context import JobContext
from voltui.jobs.directory import JobDirectory, JobsDirectory
from voltui.jobs.owed import owed_sentence
from voltui.jobs.plan import BackupExportPlan, ExportPlan, Plan, RestorePlan, decode
from voltui.jobs.state import Outcome
from voltui.model.errors import Cancelled, Failed, VoltuiError
from voltui.model.when import format_time, now

_TICK = 0.2
"""Seconds between two looks at the counters: progress is written at most five times a second."""
_RUNNERS = {
    "backup": ("backup", "run"),
    "verify": ("verify", "run"),
    "prune": ("prune", "run"),
    "share": ("share", "run"),
    "unshare": ("share", "take_back"),
    "clone": ("clone", "run"),
    "create": ("create", "run"),
    "remove": ("remove", "run"),
    "image": ("image", "run"),
    "import-image": ("image", "take_out"),
    "copy-out": ("to_client", "run"),
    "restore-files": ("restore_files", "run"),
    "delete-files": ("delete_files", "run"),
    "undo-files": ("undo_files", "run"),
    "put": ("put", "run"),
    "edit": ("edit", "run"),
}
"""The module and function of each kind of job that is given no open file; loaded when it is to run."""


def run_job(path: Path, state: Path, descriptor: int = -1) -> None:
    """Run the job in ``path``. Everything that goes wrong is told in its outcome; nothing is raised.

    The caller holds the job's lock in a file descriptor that ends with this process. ``descriptor`` is the open file
    that the job was given, if any.
    """
    directory = JobDirectory(path)
    _into_log(path / "log")
    try:
        plan = decode(directory.description())
        outcome = asyncio.run(_run(directory, plan, state, descriptor))
    except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, the user must hear of it
        traceback.print_exc()
        outcome = _failed(Failed(f"VolTUI has a fault: {error!r}.", f"The log is {path / 'log'}."))
    directory.clear_io()
    directory.log(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    directory.write_outcome(replace(outcome, undo_owed=bool(directory.open_steps())))


async def _run(directory: JobDirectory, plan: Plan, state: Path, descriptor: int) -> Outcome:
    context = JobContext(directory, plan.common, state)
    context.keys.hold()
    work = asyncio.ensure_future(_work(context, plan, descriptor))
    loop = asyncio.get_running_loop()

    def cancel() -> None:
        if not context.cancelled.is_set():
            context.cancelled.set()
            work.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, cancel)
    ticker = asyncio.ensure_future(_tick(context, cancel))
    try:
        result = await work
        outcome = Outcome("done", sentences.done(plan, result), format_time(now()), result=result)
    except (asyncio.CancelledError, VoltuiError) as error:
        outcome = _ended_early(context, plan, error)
    except Exception as error:
        if context.committed is None:
            raise
        traceback.print_exc()
        outcome = _ended_early(context, plan, Failed(f"VolTUI has a fault: {error!r}."))
    finally:
        ticker.cancel()
        with contextlib.suppress(OSError):
            directory.write_progress(context.meter.look())
        context.engine.close()
    return replace(outcome, warnings=(*context.warnings, *owed_sentence(context.owed)))


def _ended_early(context: JobContext, plan: Plan, error: BaseException) -> Outcome:
    """The outcome of a job that was cancelled or failed; where all was done before that, it is done."""
    cancelled = not isinstance(error, VoltuiError) or isinstance(error, Cancelled)
    if context.committed is not None:
        why = "Somebody cancelled it" if cancelled else str(error)
        context.warn(f"The job was done when something came between: {why.rstrip('.')}.")
        return Outcome("done", sentences.done(plan, context.committed), format_time(now()), result=context.committed)
    if isinstance(error, VoltuiError) and not cancelled:
        context.warnings += context.left.values()
        return replace(_failed(error), result=context.partial)
    changed = " ".join(context.left.values()) or "Nothing was changed."
    told = Cancelled(f"{sentences.VERBS[plan.kind]} {plan.subject} was cancelled.", changed)
    return Outcome("cancelled", told.sentence, format_time(now()), error=told.to_json(), result=context.partial)


async def _work(context: JobContext, plan: Plan, descriptor: int) -> dict[str, Any]:
    """Clean up after jobs that died, so that this one finds what it works on in order, then run the plan."""
    jobs = JobsDirectory(context.directory.path.parent)
    await recover.recover_all(jobs, plan.common.endpoint)
    return await _dispatch(context, plan, descriptor)


async def _dispatch(context: JobContext, plan: Plan, descriptor: int) -> dict[str, Any]:
    """Run the plan. The modules are loaded here: each kind of job needs its own."""
    if isinstance(plan, RestorePlan):
        from voltui.jobs import restore

        return await restore.run(context, plan, descriptor)
    if isinstance(plan, ExportPlan):
        from voltui.jobs import export

        return await export.run(context, plan, descriptor)
    if isinstance(plan, BackupExportPlan):
        from voltui.jobs import export_backup

        return await export_backup.run(context, plan, descriptor)
    module, function = _RUNNERS[plan.kind]
    runner = getattr(importlib.import_module(f"voltui.jobs.{module}"), function)
    result: dict[str, Any] = await runner(context, plan)
    return result


async def _tick(context: JobContext, cancel: Any) -> None:
    """Write the progress while it changes, and look whether someone wants the job to stop."""
    last = None
    while True:
        progress = context.meter.look()
        if progress != last:
            with contextlib.suppress(OSError):  # a full disk must not end the job, nor this look at who cancels it
                context.directory.write_progress(progress)
                last = progress
        if context.directory.asked_to_cancel:
            cancel()
        await asyncio.sleep(_TICK)


def _into_log(path: Path) -> None:
    """Standard output and error of this process go to the job's log, whatever they were."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    for number in (nothing, descriptor):
        with contextlib.suppress(OSError):
            if number > 2:
                os.close(number)


def _failed(error: VoltuiError) -> Outcome:
    return Outcome("failed", error.sentence, format_time(now()), error=error.to_json())
