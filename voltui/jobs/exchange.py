"""What all jobs that change files have in common: staged entries come in, those in their places are put aside.

Nothing is changed before all that is to come is staged and has held. What was put aside stays in the volume, so that
it can be put back by renames alone, and is deleted some days later.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from voltui.engine import exchange as scripts
from voltui.engine import swap, tools
from voltui.engine.bridge import Bridge
from voltui.engine.helper import TARGET
from voltui.engine.tools import KEPT_PREFIX
from voltui.jobs.access import ArchiveAccess, BridgeAccess, opened
from voltui.jobs.context import JobContext
from voltui.jobs.directory import JobDirectory
from voltui.jobs.holding import holding
from voltui.jobs.hooks import hooked
from voltui.jobs.kept_files import ChangedFiles, expired_jobs, told
from voltui.jobs.protection import refuse_protected
from voltui.jobs.sources import known, take_inventory
from voltui.jobs.undo import DISCARD_KEPT, EXCHANGE, STAGE, target_data
from voltui.jobs.users import stopped
from voltui.model.errors import NotFound, Refused, VoltuiError
from voltui.model.inventory import Inventory
from voltui.model.safe import safe, safe_path
from voltui.model.selection import above
from voltui.model.source import Source

FOLDER, SOCKET, OTHER, NOTHING = "d", "s", "f", "-"
"""What `kinds` finds at a path; anything else where it is in no folder."""
THERE = (FOLDER, SOCKET, OTHER)


class Changing:
    """A volume or directory whose files a job changes."""

    def __init__(self, context: JobContext, bridge: Bridge, target: Source, inventory: Inventory) -> None:
        self.context = context
        self.bridge = bridge
        self.target = target
        self.inventory = inventory

    async def kinds(self, paths: Iterable[bytes]) -> dict[bytes, str]:
        """What is at the paths now."""
        return await kinds(self.bridge, paths)

    async def check_there(self, paths: Iterable[bytes]) -> None:
        """Raise `NotFound` for a path at which there is nothing, or that leads through a link."""
        for path, kind in (await self.kinds(paths)).items():
            if kind not in THERE:
                raise NotFound(
                    f"There is no /{safe_path(path)} in the {self.target.words}.", "Look again: it has gone."
                )

    async def places(self, paths: Sequence[bytes]) -> tuple[bytes, ...]:
        """What has to be exchanged so that entries come to these paths: where a folder on the way is missing, that
        folder, which is staged as well."""
        kinds = await self.kinds(folder for path in paths for folder in above(path))
        for folder, kind in kinds.items():
            if kind in (SOCKET, OTHER):
                raise Refused(
                    f"/{safe_path(folder)} in the {self.target.words} is no folder now, but a file or a link.",
                    f"Choose /{safe_path(folder)} itself, or move away what stands there.",
                )
        found = (next((one for one in above(path) if kinds[one] != FOLDER), path) for path in paths)
        return tuple(dict.fromkeys(found))

    @asynccontextmanager
    async def staging(self) -> AsyncIterator[str]:
        """The folder for what is to come, empty; it goes in the end, with what is left in it."""
        identifier = self.context.directory.id
        async with self.context.scoped(STAGE, target_data(identifier, self.target)):
            await self.bridge.change(swap.stage(TARGET, identifier), "Making room for the files")
            yield swap.staging_folder(TARGET, identifier)

    async def exchange(
        self,
        come: Sequence[bytes],
        go: Sequence[bytes],
        facts: Mapping[str, Any],
        *,
        stops: bool = False,
        was: str = "",
    ) -> dict[str, Any]:
        """Let what is staged come to its places, and what is in other places go; the job's result.

        ``stops`` stops running users for that moment. The job is done then, whatever comes later. Raises `Refused`
        where a file is not any more what it ``was``, by its SHA-256.
        """
        context, identifier = self.context, self.context.directory.id
        words = scripts.words(come, go)
        users = (await take_inventory(context)).running_users(self.target) if stops else []
        data = {**target_data(identifier, self.target), "words": words}
        async with AsyncExitStack() as stack:
            if users:
                await stack.enter_async_context(hooked(context, users, "restore"))
                await stack.enter_async_context(stopped(context, users))
            await stack.enter_async_context(context.tentative(EXCHANGE, data))
            context.begin("Exchanging the files")
            context.raise_if_cancelled()
            said = await self.bridge.change(scripts.exchange(TARGET, identifier, words, was), "Exchanging the files")
            found = self._judged((*come, *go), said.decode())
            replaced = tuple(path for path, there in found.items() if there != scripts.NOTHING_WAS)
            new = tuple(path for path, there in found.items() if there == scripts.NOTHING_WAS)
            change = told(ChangedFiles(identifier, replaced, new, stops), self.inventory.engine.id)
            return context.commit({"target": self.target.name, **change, **facts})

    def _judged(self, paths: Sequence[bytes], said: str) -> dict[bytes, str]:
        """What was at the paths; a warning for what was changed at the last moment."""
        if said.endswith(scripts.OTHER_NOW):
            raise Refused(
                f"/{safe_path(paths[len(said) - 1])} was changed in the {self.target.words} meanwhile, and is left as "
                "it is.",
                "Open it anew, and take over what you had written.",
            )
        found = dict(zip(paths, said, strict=True))
        for path, there in found.items():
            if there == scripts.OTHER_KEPT:
                self.context.warn(
                    f"/{safe_path(path)} was changed by somebody at the same moment: what they wrote is in "
                    f"{KEPT_PREFIX}{self.context.directory.id}, and an undo puts it back."
                )
        return found

    async def forget_expired(self) -> None:
        """Delete what was put aside too long ago. The job is done by now: a failure of this is only logged."""
        try:
            names = await self.bridge.check(scripts.list_kept(TARGET), "Looking for what is kept")
            for job in expired_jobs(names.decode("utf-8", "surrogateescape").splitlines()):
                if not JobDirectory(self.context.directory.path.parent / job).open_steps():
                    await self.forget(job)  # else it is still to be put back
        except VoltuiError as error:
            self.context.directory.log(f"what is not kept any longer stays: {error.sentence}")

    async def forget(self, job: str) -> None:
        """Delete what a job has put aside, for good."""
        data = {**target_data(self.context.directory.id, self.target), "kept": job}
        async with self.context.scoped(DISCARD_KEPT, data):
            self.context.begin("Deleting what was kept")  # which the step's undo does: once begun it must be finished


async def kinds(bridge: Bridge, paths: Iterable[bytes], root: str = TARGET) -> dict[bytes, str]:
    """What is at the paths below a folder of a helper now."""
    asked = list(dict.fromkeys(paths))
    found = await bridge.check(scripts.look(root, asked), "Looking at the files")
    return dict(zip(asked, found.decode(), strict=True))


@asynccontextmanager
async def changing(
    context: JobContext, target: Source, *, force: bool, trusted: bool = False
) -> AsyncIterator[Changing]:
    """Lock and open a target whose files are to be changed.

    Raises `Refused` for a protected one unless by ``force``, and where nothing can be exchanged in it.
    """
    async with holding(context, lambda inventory: [known(context, inventory, target)]) as (inventory, (real,)):
        if real.only:
            raise Refused(f"The {real.words} is a single file.", "Restore the whole of it.")
        refuse_protected(inventory, real, f"Say --force {safe(real.name)}.", force=force)
        async with opened(context, real, writable=True, trusted=trusted) as access:
            yield Changing(context, _bridge(access), real, inventory)


def _bridge(access: BridgeAccess | ArchiveAccess) -> Bridge:
    if isinstance(access, ArchiveAccess):
        raise Refused(
            "Through the engine's archive API no files can be exchanged.", "Run VolTUI on the engine's own host."
        )
    return access.bridge


def refuse_own(paths: Iterable[bytes]) -> None:
    """Raise `Refused` for a path that is one of VolTUI's own folders, or in one."""
    for path in paths:
        if tools.made_by_a_job(path):
            raise Refused(f"/{safe_path(path)} is VolTUI's own.", "`voltui undo` puts back what it holds.")
