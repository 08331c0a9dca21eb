"""The job that undoes a change of files: what it put aside comes back, what it brought is put aside."""

from __future__ import annotations

from typing import Any

from voltui.engine import exchange as scripts
from voltui.engine.helper import TARGET
from voltui.engine.tools import KEPT_PREFIX
from voltui.jobs.context import JobContext
from voltui.jobs.exchange import FOLDER, THERE, Changing, changing
from voltui.jobs.file_plans import UndoFilesPlan
from voltui.jobs.kept_files import USED_FILES, gone
from voltui.jobs.undo import ADOPT_KEPT, target_data
from voltui.jobs.users import check_can_stop


async def run(context: JobContext, plan: UndoFilesPlan) -> dict[str, Any]:
    """Undo the plan's job. The result can be undone itself."""
    async with changing(context, plan.target, force=plan.force, trusted=True) as target:
        if plan.stops:
            await check_can_stop(context, target.inventory.running_users(target.target))
        async with target.staging():
            result = await _put_back(context, plan, target)
        await target.forget_expired()
        return result


async def _put_back(context: JobContext, plan: UndoFilesPlan, target: Changing) -> dict[str, Any]:
    facts = {USED_FILES: plan.job}
    aside = (KEPT_PREFIX + plan.job).encode()
    kinds = await target.kinds((*plan.new, aside))
    if kinds[aside] != FOLDER:
        raise gone(target.target)
    go = [path for path in plan.new if kinds[path] in THERE]
    data = {**target_data(context.directory.id, target.target), "kept": plan.job}
    async with context.tentative(ADOPT_KEPT, data):
        adopt = scripts.adopt(TARGET, context.directory.id, plan.job)
        await target.bridge.change(adopt, "Taking up what was put aside")
        places = await target.places(plan.replaced)
        return await target.exchange(places, go, facts, stops=plan.stops)
