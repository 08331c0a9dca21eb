"""Starting a job from the command line and telling its end: for the commands that say no more than the outcome."""

from __future__ import annotations

import click

from voltui.cli.context import CliContext
from voltui.cli.follow import follow
from voltui.cli.output import print_json
from voltui.jobs.plan import Plan
from voltui.jobs.state import Outcome
from voltui.jobs.submit import submit


def run(cli: CliContext, plan: Plan) -> Outcome:
    """Run a job to its end and print its sentence, or its result as JSON. Raises the error that it ended with."""
    job = submit(plan, cli.settings.state)
    outcome = follow(job)
    outcome.raise_error()
    if cli.as_json:
        print_json({"job": job.id, **outcome.result, "warnings": outcome.warnings})
    else:
        click.echo(outcome.sentence)
    return outcome
