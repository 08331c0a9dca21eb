"""The process that owns a sandbox's engine and removes everything when whoever asked for it is gone.

It waits on a pipe whose other end only the asking process holds: the kernel closes that however the process ends.

    python -m voltui.sandbox.keeper <directory> <pipe to wait on> <pipe to say "ready" into>
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint
from voltui.model.errors import VoltuiError
from voltui.sandbox.daemons import Daemons, clear
from voltui.sandbox.layout import Layout

READY = "ready"


def main(arguments: list[str]) -> int:
    """Keep one sandbox."""
    layout, wait_for, ready = Layout(Path(arguments[0])), int(arguments[1]), int(arguments[2])
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _interrupt)
    daemons = Daemons(layout)
    with layout.lock():
        try:
            _say(ready, _start(daemons))
            os.read(wait_for, 1)
        except InterruptedError:
            return 1
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            _remove_containers(layout)
            daemons.stop()
            clear(layout)
    return 0


def _start(daemons: Daemons) -> str:
    """``ready``, or why not."""
    try:
        daemons.start()
    except VoltuiError as error:
        return error.sentence
    return READY


def _say(ready: int, word: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        os.write(ready, word.encode())
    os.close(ready)


def _interrupt(number: int, frame: object) -> None:
    raise InterruptedError("The sandbox's keeper was told to end.")


def _remove_containers(layout: Layout) -> None:
    """Remove all containers: left to dockerd, each would be given ten seconds to end."""
    engine = Engine(Endpoint(layout.host))

    async def remove_all() -> None:
        containers = await engine.containers()
        await asyncio.gather(*(engine.remove_container(container.id) for container in containers))

    try:
        asyncio.run(remove_all())
    except VoltuiError:
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
