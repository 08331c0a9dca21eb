"""Shell completion. It must be quick and never fail: an engine that does not answer completes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from voltui.model.errors import VoltuiError

if TYPE_CHECKING:
    from voltui.config import Settings
    from voltui.model.inventory import Inventory

_PATIENCE = 2.0

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def volume_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The engine's volumes."""
    found = _inventory(ctx)
    return _beginning(incomplete, found.volumes if found else ())


def container_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The engine's containers."""
    found = _inventory(ctx)
    return _beginning(incomplete, (one.name for one in found.containers.values()) if found else ())


def project_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The engine's Compose projects and Swarm stacks."""
    found = _inventory(ctx)
    return _beginning(incomplete, found.projects() if found else ())


def backup_ids(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The store's backups."""
    return _beginning(incomplete, _ids(ctx))


def backed_up(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The sources of the store's backups."""
    return _beginning(incomplete, sorted({identifier.rpartition("@")[0] for identifier in _ids(ctx)}))


def job_ids(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The jobs of this user."""
    from voltui.config import state_directory
    from voltui.jobs.directory import jobs_directory

    try:
        return _beginning(incomplete, (job.id for job in jobs_directory(state_directory()).all()))
    except (VoltuiError, OSError):
        return []


def paths(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Paths of this machine, by the shell itself."""
    return [CompletionItem(incomplete, type="file")]


def any_of(*completers: Completer) -> Completer:
    """What any of these complete; paths where no name begins so: shells would show these alone."""

    def complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        found = [item for completer in completers for item in completer(ctx, parameter, incomplete)]
        return [item for item in found if item.type == "plain"] or found

    return complete


def _beginning(incomplete: str, names: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _inventory(ctx: click.Context) -> Inventory | None:
    from voltui.engine.adapter import Engine

    async def ask() -> Inventory:
        engine = Engine(_settings(ctx).endpoint)
        try:
            return await asyncio.wait_for(engine.inventory(), _PATIENCE)
        finally:
            engine.close()

    try:
        return asyncio.run(ask())
    except (VoltuiError, TimeoutError, OSError):
        return None


def _ids(ctx: click.Context) -> list[str]:
    from voltui.store.local import LocalStore

    try:
        return [backup.id for backup in LocalStore(_settings(ctx).store).listing().backups]
    except (VoltuiError, OSError):
        return []


def _settings(ctx: click.Context) -> Settings:
    """The settings of the options so far, before the command's name or after it. Raises `Usage`."""
    from voltui.config import load

    contexts = (ctx, ctx.find_root())
    host, docker, store = (
        next((given for one in contexts if (given := one.params.get(name))), "")
        for name in ("host", "docker_context", "store")
    )
    return load(host=host, context=docker, store=store)
