"""Shell completion. It must be quick and never fail: an engine that does not answer completes nothing."""

from __future__ import annotations

import asyncio

import click

from voltui.model.errors import VoltuiError

_PATIENCE = 2.0


def volume_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The engine's volumes."""
    from voltui.config import load
    from voltui.engine.adapter import Engine

    async def ask() -> list[str]:
        engine = Engine(load(host=ctx.params.get("host") or "").endpoint)
        try:
            return [volume.name for volume in await asyncio.wait_for(engine.volumes(), _PATIENCE)]
        finally:
            engine.close()

    try:
        return [name for name in asyncio.run(ask()) if name.startswith(incomplete)]
    except (VoltuiError, TimeoutError):
        return []


def backup_ids(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The store's backups."""
    return [identifier for identifier in _ids(ctx) if identifier.startswith(incomplete)]


def volumes_and_backups(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The engine's volumes and the store's backups."""
    return [*volume_names(ctx, parameter, incomplete), *backup_ids(ctx, parameter, incomplete)]


def backed_up(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The sources of the store's backups."""
    names = {identifier.rpartition("@")[0] for identifier in _ids(ctx)}
    return sorted(name for name in names if name.startswith(incomplete))


def job_ids(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The jobs of this user."""
    from voltui.config import state_directory
    from voltui.jobs.directory import jobs_directory

    return [job.id for job in jobs_directory(state_directory()).all() if job.id.startswith(incomplete)]


def _ids(ctx: click.Context) -> list[str]:
    from voltui.config import load
    from voltui.store.local import LocalStore

    try:
        store = LocalStore(load(store=ctx.params.get("store") or "").store)
        return [backup.id for backup in store.listing().backups]
    except VoltuiError:
        return []
