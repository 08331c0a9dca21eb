"""The ``bridge`` transport: a helper with the host's own tools, and FIFOs between it and VolTUI.

It needs the client and the engine to share a kernel, the usual case on a server. That is proved, never assumed: the
helper writes a random token into a FIFO and VolTUI must read it. A forwarded socket, a VM or a chroot fails the proof.
"""

from __future__ import annotations

import itertools
import os
import secrets
import threading
from typing import TYPE_CHECKING

from msgspec.structs import replace

from voltui.engine import helper
from voltui.engine.connection import Connection
from voltui.engine.fifo import Collector, FifoSink, FifoSource, Watch, make_fifo
from voltui.engine.helper import IO, HelperSpec
from voltui.engine.pool import settled
from voltui.engine.process import HelperProcess, Output
from voltui.model.errors import Failed, VoltuiError

if TYPE_CHECKING:
    from docker.api.client import APIClient

_PROOF_DEADLINE = 10.0
"""Seconds a helper may take from its start to its first word."""
IDLE_LIMIT = 300.0
"""Seconds without a byte until a transfer is given up. Storage on a network may pause for long."""

_MAIN = """exec 3<>"$3" 4<"$3" 3>&-
exec 3<>"$2"
{ printf '%s\\n' "$1"; tar --version; find --version; } >&3 2>&1
exec 3>&-
exec cat <&4 >/dev/null"""
"""Say the token and which tools there are, then live until the other end of the FIFO ``alive`` is closed: when VolTUI
ends, however it ends, the kernel closes it, the helper exits, and the engine removes it. Opening a FIFO for both ways
never waits: a VolTUI that ended before the helper began is noticed too."""
_RUN = 'exec 3>"$1"; out=$2 err=$3; shift 3; "$@" >"$out" 2>"$err" 3>&-; echo $? >&3'
_RUN_WITH_INPUT = 'exec 3>"$1"; out=$2 err=$3 in=$4; shift 4; "$@" <"$in" >"$out" 2>"$err" 3>&-; echo $? >&3'
"""The exit status comes through a FIFO too: Podman 4.3 never says that a detached command has ended (measured)."""


class BridgeUnavailable(Failed):
    """The engine does not share this kernel, or its host lacks the tools. The archive transport may still serve."""

    kind = "bridge-unavailable"


class HelperDoesNotStart(BridgeUnavailable):
    """It may be the source that can't be mounted, and the bridge may serve for another one."""


class Bridge:
    """A running helper. Its spec's ``io`` must be an empty directory that only this user can enter."""

    def __init__(
        self, connection: Connection, spec: HelperSpec, cancelled: threading.Event, idle_limit: float = IDLE_LIMIT
    ) -> None:
        if spec.io is None:
            raise ValueError("a bridge needs a private directory")
        self._connection = connection
        self._spec = spec
        self._io = spec.io
        self._cancelled = cancelled
        self._idle_limit = idle_limit
        self._numbers = itertools.count(1)
        self._alive_fd = -1

    async def start(self) -> None:
        """Start the helper and prove the bridge. Raises `BridgeUnavailable`, having left nothing behind."""
        alive, proof = make_fifo(self._io / "alive"), make_fifo(self._io / "proof")
        self._alive_fd = os.open(alive, os.O_RDWR)
        said = Collector(proof)
        try:
            await self._prove(said)
        except BaseException:
            await self.close()
            raise
        finally:
            said.close()

    async def _prove(self, said: Collector) -> None:
        token = secrets.token_hex(16)
        spec = replace(self._spec, command=("sh", "-c", _MAIN, "sh", token, f"{IO}/proof", f"{IO}/alive"))
        try:
            await helper.start(self._connection, await helper.create(self._connection, spec))
        except Failed as error:
            raise HelperDoesNotStart(f"A helper with this host's tools does not start. {error.sentence}") from error
        if not await said.ended(_PROOF_DEADLINE) or not said.data.startswith(token.encode() + b"\n"):
            raise BridgeUnavailable("The engine does not share this host's kernel and files.")
        for tool in (b"GNU tar", b"GNU findutils"):
            if tool not in said.data:
                raise BridgeUnavailable(f"This host has no {tool.decode()}, which keeps everything of a volume.")

    async def close(self) -> None:
        """Remove the helper. Closing ``alive`` ends it too, should the engine not answer now."""
        try:
            await helper.remove(self._connection, self._spec.name)
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Close ``alive``: the helper ends by itself, and the engine removes it."""
        if self._alive_fd >= 0:
            os.close(self._alive_fd)
            self._alive_fd = -1

    async def usable(self) -> bool:
        """Whether the helper is there and answers."""
        return self._alive_fd >= 0 and await self._connection.call(
            "look after a helper", lambda api: self._running(api)
        )

    async def run(self, argv: list[str]) -> Output:
        """Run a command to its end and collect what it prints."""
        return await (await self.spawn(argv)).wait()

    async def check(self, argv: list[str], what: str) -> bytes:
        """Run a command that must succeed; its standard output. ``what`` begins the sentence where it does not."""
        result = await self.run(argv)
        if result.code:
            raise Failed(f"{what} failed: {result.words}.")
        return result.out

    async def change(self, argv: list[str], what: str) -> bytes:
        """Like `check`, for a command that changes the source: a cancel waits for its end, so that an undo begins on
        settled ground."""
        return await settled(self.check(argv, what))

    async def kill(self) -> None:
        """Remove the helper, and with it whatever runs in it, and wait until it is gone."""
        await helper.remove(self._connection, self._spec.name)
        self.let_go()

    async def spawn(self, argv: list[str], *, stream: bool = False, feed: bool = False) -> HelperProcess:
        """Start a command. With ``stream`` its output is a source, with ``feed`` its input is a sink."""
        number = next(self._numbers)
        ends = ["status", "out", "err", "in"] if feed else ["status", "out", "err"]
        fifos = [make_fifo(self._io / f"{number}.{end}") for end in ends]
        watch = Watch(self._cancelled, self._alive, self._idle_limit)
        status, errors = Collector(fifos[0]), Collector(fifos[2])
        output = FifoSource(fifos[1], watch) if stream else Collector(fifos[1])
        sink = FifoSink(fifos[3], watch) if feed else None
        command = ["sh", "-c", _RUN_WITH_INPUT if feed else _RUN, "sh", *(f"{IO}/{fifo.name}" for fifo in fifos), *argv]

        def execute(api: APIClient) -> None:
            created = api.exec_create(self._spec.name, command, stdout=False, stderr=False)
            api.exec_start(created["Id"], detach=True)

        process = HelperProcess(self.usable, status, errors, output, sink)
        try:
            await self._connection.change("run a command in a helper", execute)
        except BaseException:
            process.close()
            raise
        return process

    def _alive(self) -> bool:
        """Asked by a transfer's own thread, in silence."""
        try:
            with self._connection.translated("look after a helper"):
                return self._running(self._connection.client())
        except VoltuiError:
            return False

    def _running(self, api: APIClient) -> bool:
        """Whether the helper runs. Its removal is no error."""
        rows = api.containers(filters={"name": f"^/{self._spec.name}$", "status": "running"})
        return bool(rows)
