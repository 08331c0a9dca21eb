"""The export job: a source as plain tar into a pipe or file that the job was given."""

from __future__ import annotations

import os
import select
from typing import Any

from voltui.archive.pump import pump
from voltui.jobs.access import opened
from voltui.jobs.context import JobContext
from voltui.jobs.holding import holding
from voltui.jobs.plan import ExportPlan
from voltui.jobs.sources import known
from voltui.jobs.users import still
from voltui.model.errors import Failed
from voltui.model.safe import safe


async def run(context: JobContext, plan: ExportPlan, output: int) -> dict[str, Any]:
    """Write the plan's source to the file descriptor ``output``, checked on the way as a backup is."""
    async with (
        holding(context, lambda inventory: [known(context, inventory, plan.source)]) as (inventory, (source,)),
        opened(context, source) as access,
        still(context, inventory, [source], plan.treatment) as stillness,
    ):
        context.begin(f"Exporting {safe(source.short)}", await access.expected_bytes(context))
        reading = await access.read()
        try:
            await context.in_thread(
                lambda: pump(
                    reading.source,
                    lambda data: write_all(output, data),
                    root=reading.root,
                    progress=context.count,
                )
            )
            losses = await reading.finish()
        finally:
            reading.close()
    for loss in losses:
        context.warn(loss.sentence)
    return {"consistency": stillness.consistency.value, "paused_seconds": round(stillness.seconds, 2)}


def write_all(output: int, data: memoryview) -> None:
    """Write to a pipe or file that a job was given, whatever waiting that takes. Raises `Failed`."""
    try:
        while data:
            try:
                data = data[os.write(output, data) :]
            except BlockingIOError:
                select.select([], [output], [])
    except OSError as error:
        raise Failed(f"The output can't be written: {(error.strerror or '').lower()}.") from error
