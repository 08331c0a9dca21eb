"""A shell on a volume: in a helper without network, that is gone when the shell ends or this process does."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import nullcontext

from voltui.config import Settings
from voltui.engine import shell
from voltui.engine.adapter import Engine
from voltui.engine.helper import CLIENT_LABEL, HelperSpec
from voltui.jobs.directory import client_name, jobs_directory
from voltui.jobs.explorer import SHELL_PREFIX
from voltui.jobs.locks import SHELL, locked
from voltui.jobs.protection import refusal
from voltui.jobs.submit import READ_ONLY_HINT
from voltui.model.errors import Refused
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed
from voltui.model.volume import Volume


async def open_shell(
    engine: Engine,
    settings: Settings,
    volume: Volume,
    *,
    writable: bool,
    told: Callable[[str], object],
    folder: bytes = b"",
) -> int:
    """Run a shell on the volume, in a ``folder`` of it, on this process's terminal; its exit status.

    ``told`` is called with a sentence before the first prompt. A shell that may write holds the volume's lock: no job
    works on it meanwhile. Raises `Refused` where nothing may be changed, or a job works on the volume.
    """
    if settings.read_only:
        raise Refused("VolTUI is read-only here: it makes no helper.", READ_ONLY_HINT)
    source = Source("volume", volume.name)
    access = "read-write" if writable else "read-only"
    spec = HelperSpec(
        name=f"{SHELL_PREFIX}{secrets.token_hex(6)}",
        source=source,
        writable=writable,
        labels={CLIENT_LABEL: client_name(jobs_directory(settings.state).root)},
        capabilities=shell.WRITE_CAPABILITIES if writable else shell.READ_CAPABILITIES,
        command=shell.LIFE,
        attached=True,
    )
    lock = locked(settings.state, (await engine.info()).id, [source], SHELL) if writable else nullcontext()
    with lock:
        name = safe(source.short)
        said = f"A shell on the volume {name}, {access}, in a helper without network. `exit` ends it."
        prompt = f"[{source.short} {access}] $PWD # "
        return await shell.run(engine.connection, spec, prompt, lambda: told(said), folder)


def refusal_to_write(volume: Volume, *, named: bool) -> Refused | None:
    """Why no shell may write to the volume unless it is ``named`` outright."""
    name = safe(volume.name)
    return None if named else refusal(volume, f"voltui shell {name} --write --force {name}")


def users_sentence(inventory: Inventory, volume: Volume) -> str:
    """Who uses the volume now."""
    uses = [
        f"{safe(use.container.name)} ({use.container.state}, {use.mount.access})" for use in inventory.uses(volume.name)
    ]
    return f"It is used by {listed(uses, most=4)}." if uses else "Nothing uses it."
