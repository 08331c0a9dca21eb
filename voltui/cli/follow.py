"""Following a job from the command line: a bar where a person reads, a line a step elsewhere, Ctrl-C to cancel."""

from __future__ import annotations

import asyncio
import shutil
import signal

import click

from voltui.cli.output import is_terminal
from voltui.format import rate, size
from voltui.jobs import watch
from voltui.jobs.directory import JobDirectory
from voltui.jobs.state import Outcome, Progress
from voltui.jobs.watch import JobView
from voltui.model.errors import Failed
from voltui.model.text import end_cut, short_age

_BAR = 20
_LEAST_WIDTH = 40


def follow(job: JobDirectory, *, cancel_on_interrupt: bool = True) -> Outcome:
    """Show the job's progress on standard error until it ends; its outcome.

    Ctrl-C asks the job to cancel, and its end is still waited for; with ``cancel_on_interrupt`` off it only stops the
    watching (`KeyboardInterrupt`).
    """
    return asyncio.run(_follow(job, cancel_on_interrupt=cancel_on_interrupt))


async def _follow(job: JobDirectory, *, cancel_on_interrupt: bool) -> Outcome:
    shown = _Bar() if is_terminal() else _Lines()
    if cancel_on_interrupt:
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: _cancel(job))
    view: JobView | None = None
    try:
        async for view in watch.follow(job):
            if view.progress is not None:
                shown.show(view.progress)
    finally:
        shown.end()
    if view is None or view.outcome is None:
        raise Failed(f"The job {job.id} died.", "The next voltui command cleans up after it.")
    for warning in view.outcome.warnings:
        click.echo(f"warning: {warning}", err=True)
    return view.outcome


def _cancel(job: JobDirectory) -> None:
    click.echo("\nCancelling…", err=True)
    job.ask_to_cancel()


class _Lines:
    """For logs: one line when a step begins."""

    def __init__(self) -> None:
        self._number = 0

    def show(self, progress: Progress) -> None:
        if progress.number != self._number:
            self._number = progress.number
            note = f" ({progress.note})" if progress.note else ""
            which = f"{progress.which}: " if progress.which else ""
            click.echo(f"{which}{progress.step}{note}", err=True)

    def end(self) -> None:
        """Nothing to tidy up."""


class _Bar:
    """For people: one line that is written over."""

    def __init__(self) -> None:
        self._width = 0

    def show(self, progress: Progress) -> None:
        line = end_cut(bar_line(progress), max(shutil.get_terminal_size().columns - 1, _LEAST_WIDTH))
        click.echo("\r" + line.ljust(self._width), nl=False, err=True)
        self._width = len(line)

    def end(self) -> None:
        if self._width:
            click.echo("\r" + " " * self._width + "\r", nl=False, err=True)


def bar_line(progress: Progress) -> str:
    """``Reading shop_media  ██████░░░░  62 %  412 MB/s  3 s left  (paused: web)``."""
    parts = [progress.step, progress.which] if progress.which else [progress.step]
    fraction = progress.fraction
    if fraction is not None:
        filled = round(fraction * _BAR)
        parts += ["█" * filled + "·" * (_BAR - filled), f"{fraction:3.0%}"]
    elif progress.done:
        parts.append(size(progress.done))
    if progress.rate:
        parts.append(rate(progress.rate))
    if progress.seconds_left is not None:
        parts.append(f"{short_age(max(progress.seconds_left, 1))} left")
    if progress.note:
        parts.append(f"({progress.note})")
    return "  ".join(parts)
