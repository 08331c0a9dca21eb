"""The job that deletes files of a volume: they are put aside in it, and go for good some days later.

Users go on meanwhile, as they do when somebody deletes a file on any machine.
"""

from __future__ import annotations

from typing import Any

from voltui.jobs.context import JobContext
from voltui.jobs.exchange import changing, refuse_own
from voltui.jobs.file_plans import DeleteFilesPlan
from voltui.jobs.kept_files import job_of_kept
from voltui.model.selection import Selection


async def run(context: JobContext, plan: DeleteFilesPlan) -> dict[str, Any]:
    """Delete the plan's entries; folders of what was put aside before go for good."""
    paths = Selection.of(plan.paths).paths
    aside = [path for path in paths if job_of_kept(path)]
    plain = [path for path in paths if path not in aside]
    refuse_own(plain)
    async with changing(context, plan.target, force=plan.force) as target:
        await target.check_there(paths)
        result: dict[str, Any] = {"target": target.target.name}
        if plain:
            result = await target.exchange((), plain, {})
        for path in aside:
            context.raise_if_cancelled()
            await target.forget(job_of_kept(path))
            context.left["aside"] = "What was put aside before is deleted already."
        await target.forget_expired()
        return context.commit({**result, "deleted_for_good": len(aside)})
