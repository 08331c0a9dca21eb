"""The clipboard of the terminal that is looked at, through whatever lies between."""

from __future__ import annotations

import asyncio
import os

_PATIENCE = 2.0


async def copied_by_tmux(text: str) -> bool:
    """Let tmux keep a text, and pass it on to its own terminal; whether it did.

    tmux lets no program inside set a clipboard, unless it is told to (``set-clipboard on``): asked itself, it does.
    """
    if not os.environ.get("TMUX"):
        return False
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        tmux = await asyncio.create_subprocess_exec(
            "tmux", "load-buffer", "-w", "-", stdin=pipe, stdout=nothing, stderr=nothing
        )
        await asyncio.wait_for(tmux.communicate(text.encode()), _PATIENCE)
    except (OSError, TimeoutError):
        return False
    return tmux.returncode == 0
