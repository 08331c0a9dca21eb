"""``voltui jobs``."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import click

from voltui.cli import complete
from voltui.cli.command import Command
from voltui.cli.context import CliContext, with_options
from voltui.cli.follow import bar_line, follow
from voltui.cli.output import is_terminal, print_json, print_table
from voltui.jobs import watch
from voltui.jobs.directory import JobDirectory
from voltui.jobs.watch import JobView
from voltui.model.errors import Cancelled, Refused, Usage
from voltui.model.safe import safe
from voltui.model.text import age
from voltui.model.when import parse_time

_SHOWN = 20


@click.command(
    cls=Command,
    examples=(
        ("jobs", "The last ones."),
        ("jobs d07b", "Follow one, or read how it ended."),
        ("jobs --cancel d07b", "Stop it; what it began is undone."),
    ),
)
@click.argument("job", required=False, metavar="[ID]", shell_complete=complete.job_ids)
@click.option(
    "--cancel",
    metavar="ID",
    shell_complete=complete.job_ids,
    help="Stop this job, undo what it began, and wait for it.",
)
@with_options
def jobs(cli: CliContext, job: str | None, cancel: str | None) -> None:
    """List jobs, running and past, or follow the job ID.

    The beginning or the end of an ID is enough where it is one job's. Ctrl-C stops the following, not the job. Exits as
    the job ended.
    """
    asyncio.run(cli.clean_up())
    if cancel is not None:
        if job is not None:
            raise Usage("Both a job to follow and one to cancel are given.", "Cancelling follows it to its end, too.")
        _cancel(cli, cli.jobs.find(cancel))
    elif job is not None:
        _follow(cli, cli.jobs.find(job))
    else:
        _list(cli)


def _list(cli: CliContext) -> None:
    views = watch.views(cli.jobs)
    if cli.as_json:
        print_json(views)
        return
    rows = [[view.id, view.kind, view.subject, view.state, _started(view), _words(view)] for view in views[:_SHOWN]]
    print_table(("ID", "JOB", "OF", "STATE", "AGE", "NOTE"), rows, nothing="There are no jobs yet.")
    if rows and is_terminal():
        more = f"{len(views) - _SHOWN:,} more are in --json. " if len(views) > _SHOWN else ""
        click.echo(
            f"{more}`voltui jobs ID` follows one, or tells its end; `voltui jobs --cancel ID` stops it.", err=True
        )


def _cancel(cli: CliContext, job: JobDirectory) -> None:
    """Done where it was cancelled. Raises `Refused` where it was over before."""
    cli.refuse_read_only("no job is cancelled")
    if job.outcome() is not None:
        raise Refused(f"Job {job.id} has ended already.", f"`voltui jobs {job.id}` tells how.")
    job.ask_to_cancel()
    with suppress(Cancelled):
        _follow(cli, job)


def _follow(cli: CliContext, job: JobDirectory) -> None:
    outcome = follow(job, cancel_on_interrupt=False)
    if cli.as_json:
        print_json(watch.look(job))
    else:
        click.echo(outcome.sentence)
    outcome.raise_error()


def _started(view: JobView) -> str:
    when = parse_time(view.asked)
    return age(when) if when else "-"


def _words(view: JobView) -> str:
    if view.outcome is not None:
        return safe(view.outcome.sentence) if view.state != "done" else ""
    return bar_line(view.progress) if view.progress else ""
