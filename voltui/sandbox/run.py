"""Running a command against a sandbox."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from voltui.engine.adapter import Engine
from voltui.engine.endpoint import Endpoint
from voltui.model.errors import Failed, VoltuiError
from voltui.sandbox.daemons import clear, die_with_parent
from voltui.sandbox.keeper import READY
from voltui.sandbox.layout import Layout, abandoned
from voltui.sandbox.samples import Samples

_PATIENCE = 10.0
_FORWARDED = (signal.SIGTERM, signal.SIGHUP)


def run(command: list[str], *, empty: bool, say: Callable[[str], object]) -> int:
    """Start a sandbox, fill it unless ``empty``, run the command; its exit status. ``say`` gets what is going on.

    Raises `Failed` where the engine does not start.
    """
    for layout in abandoned():
        say(f"Removing an abandoned sandbox, {layout.root}")
        clear(layout)
    with kept(say) as layout:
        if not empty:
            say("Filling it with sample data")
            asyncio.run(_fill(layout))
        return _run(command, layout.environment())


@contextmanager
def kept(say: Callable[[str], object]) -> Iterator[Layout]:
    """A sandbox with its engine running. It is removed at the end, or when this process is killed."""
    layout = Layout.create()
    say(f"Starting a private Docker engine in {layout.root}")
    waiting, held = os.pipe()
    told, ready = os.pipe()
    keeper = subprocess.Popen(
        [sys.executable, "-P", "-m", "voltui.sandbox.keeper", str(layout.root), str(waiting), str(ready)],
        stdin=subprocess.DEVNULL,
        pass_fds=(waiting, ready),
        start_new_session=True,
        cwd="/",
    )
    os.close(waiting)
    os.close(ready)
    try:
        word = os.read(told, 1000).decode(errors="replace")
        if word != READY:
            raise Failed(word or "The sandbox's keeper died.")
        yield layout
    finally:
        say("Removing the sandbox")
        os.close(told)
        os.close(held)
        keeper.wait()


async def _fill(layout: Layout) -> None:
    engine = Engine(Endpoint(layout.host))
    try:
        await Samples(engine, layout).create()
    except VoltuiError as error:
        raise Failed(f"The samples can't be made: {error.sentence}", error.hint) from error
    finally:
        engine.close()


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Run the command in the foreground. Ctrl-C is the command's affair; a request to end is passed on to it."""
    try:
        child = subprocess.Popen(command, env=environment, preexec_fn=lambda: die_with_parent(signal.SIGTERM))
    except OSError as error:
        raise Failed(f"{command[0]} can't be run: {(error.strerror or '').lower()}.") from error
    before = {number: signal.signal(number, lambda got, frame: child.send_signal(got)) for number in _FORWARDED}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        status = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return status if status >= 0 else 128 - status
