"""The pane of jobs, and the line that tells of running ones everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from voltui.format import rate, size
from voltui.jobs.state import Progress
from voltui.jobs.watch import JobView
from voltui.model.safe import safe
from voltui.model.text import age, clock_time, short_age
from voltui.model.when import parse_time
from voltui.ui.glyphs import bar, glyphs
from voltui.ui.spans import Line, Span, line
from voltui.ui.state import State
from voltui.ui.views.base import Column, Sort, View, in_one_or_two, labelled, paragraph

_STYLES = {"running": "accent", "done": "good", "failed": "bad", "cancelled": "warn", "died": "bad"}
_BAR = 18


def find(state: State, key: str) -> JobView:
    """The job of a row's key, its id."""
    return state.job_by_id[key]


class JobsView(View):
    """Jobs, running and past."""

    id = "jobs"
    title = "Jobs"
    columns = (
        Column("JOB", width=8),
        Column("OF", share=3, middle=True),
        Column("STATE", width=10),
        Column("AGE", width=7, right=True),
        Column("TOOK", width=7, right=True, spare=2),
        Column("", share=2, spare=1),
    )
    sorts = (
        Sort("newest", lambda state, key: key, reverse=True),
        Sort("state", lambda state, key: (find(state, key).state != "running", find(state, key).state)),
        Sort("kind", lambda state, key: find(state, key).kind),
    )
    made_from = ("jobs",)
    empty = "No job was run yet."
    ways_on = "{backup} on a volume backs it up."

    def keys(self, state: State) -> Sequence[str]:
        """The jobs' ids."""
        return [job.id for job in state.jobs]

    def name(self, state: State, key: str) -> str:
        """What it is about."""
        job = find(state, key)
        return f"{job.kind} {job.subject}"

    def cells(self, state: State, key: str) -> tuple[Line, ...]:
        """Kind, subject, state, age, how long it took, and how far it is or why it failed."""
        job = find(state, key)
        asked = parse_time(job.asked)
        return (
            line(job.kind),
            line(job.subject),
            line(Span("cancelling", "warn") if job.cancelling else Span(job.state, _STYLES[job.state])),
            line(age(asked) if asked else "-"),
            line(_took(job)),
            _words(job),
        )

    def detail(self, state: State, key: str, width: int, *, full: bool = False) -> list[Line]:
        """The outcome's sentence, its hint and warnings; the progress while it runs."""
        job = find(state, key)
        asked, took = parse_time(job.asked), _took(job)
        when = f"{clock_time(asked)} by {safe(job.user)}" if asked else "not known"
        lines = in_one_or_two("asked", line(when), line(Span(f", took {took}" if took else "", "dim")), width)
        lines.append(labelled("id", Span(job.id, "dim")))
        if job.progress is not None:
            lines.append(labelled("now", safe(job.progress.step)))
            lines.append(labelled("", *_bar(job.progress)))
        if job.outcome is None:
            return lines
        lines += paragraph(job.outcome.ending, safe(job.outcome.sentence), width)
        hint = (job.outcome.error or {}).get("hint", "")
        if hint:
            lines += paragraph("", safe(hint), width, "dim")
        lines += [labelled("made", safe(backup)) for backup in job.outcome.result.get("backups", [])]
        if job.outcome.result.get("undo"):
            lines.append(labelled("kept", f"the old content as {safe(job.outcome.result['undo'])}"))
        for warning in job.outcome.warnings:
            lines += paragraph("warning", safe(warning), width, "warn")
        return lines


def job_line(jobs: tuple[JobView, ...]) -> Line:
    """``backup shop_media  ██████····  62 %  412 MB/s  3 s left  (paused: web)``, and how many more jobs there are."""
    if not jobs:
        return ()
    job = jobs[0]
    more = (Span(f"  and {len(jobs) - 1:,} more", "dim"),) if len(jobs) > 1 else ()
    subject = Span(f" {job.kind} {job.subject}  ", "bold")
    if job.cancelling:
        return line(subject, Span(f"cancelling{glyphs().ellipsis}", "warn"), *more)
    return line(subject, *_bar(job.progress or Progress("Starting")), *more)


def _took(job: JobView) -> str:
    """From its asking to its end, waiting included; empty while it runs."""
    asked, ended = parse_time(job.asked), parse_time(job.outcome.ended) if job.outcome else None
    return short_age(max((ended - asked).total_seconds(), 1)) if asked and ended else ""


def _words(job: JobView) -> Line:
    if job.progress is not None:
        return line(safe(job.progress.step))
    if job.outcome is not None and job.state != "done":
        return line(Span(safe(job.outcome.sentence), "dim"))
    return ()


def _bar(progress: Progress) -> Line:
    parts: list[Span | str] = []
    fraction = progress.fraction
    if progress.which:
        parts.append(f"{progress.which}  ")
    if fraction is None:
        parts.append(f"{safe(progress.step)}{glyphs().ellipsis}")
        if progress.done:
            parts.append(f"  {size(progress.done)}")
    else:
        filled = bar(fraction, _BAR)
        parts += [Span(filled, "accent"), Span(glyphs().bar_rest * (_BAR - len(filled)), "dim")]
        parts.append(f" {fraction:4.0%}")
    if progress.rate:
        parts.append(f"  {rate(progress.rate)}")
    if progress.seconds_left is not None:
        parts.append(f"  {short_age(max(progress.seconds_left, 1))} left")
    if progress.note:
        parts.append(Span(f"  ({safe(progress.note)})", "warn"))
    return line(*parts)
