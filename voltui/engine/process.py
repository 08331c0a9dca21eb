"""A command that runs in a helper, its input and output in FIFOs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from voltui.engine.connection import DEADLINE, Connection
from voltui.engine.fifo import Collector, FifoSink, FifoSource
from voltui.model.errors import Failed, NotFound, Refused
from voltui.model.safe import safe

_LOOK_EVERY = 2.0
"""Seconds of silence before the helper is looked after."""
_EXIT_PATIENCE = 10.0
"""Seconds the engine may take to notice that a process has ended."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a command printed, and its exit status."""

    code: int
    out: bytes
    err: bytes

    @property
    def words(self) -> str:
        """The first line of its complaint, ready for a terminal."""
        lines = self.err.decode("utf-8", "surrogateescape").strip().splitlines()
        return safe(lines[0]).rstrip(".") if lines else f"exit status {self.code}"


class HelperProcess:
    """A started command. ``source`` carries its output and ``sink`` its input where they were asked for."""

    def __init__(
        self,
        connection: Connection,
        exec_id: str,
        errors: Collector,
        output: Collector | FifoSource,
        sink: FifoSink | None,
    ) -> None:
        self._connection = connection
        self._exec_id = exec_id
        self._errors = errors
        self._output = output
        self._sink = sink

    @property
    def source(self) -> FifoSource:
        """The command's standard output, for one thread to read."""
        assert isinstance(self._output, FifoSource)
        return self._output

    @property
    def sink(self) -> FifoSink:
        """The command's standard input, for one thread to write. Close it to end the input."""
        assert self._sink is not None
        return self._sink

    async def wait(self) -> Output:
        """Wait for its end. Raises `Failed` where the helper went away under it."""
        collectors = [item for item in (self._errors, self._output) if isinstance(item, Collector)]
        try:
            for collector in collectors:
                while not await collector.ended(_LOOK_EVERY):
                    await self._inspect()
            code = await self._exit_code()
        finally:
            self.close()
        out = self._output.data if isinstance(self._output, Collector) else b""
        return Output(code, out, self._errors.data)

    def close(self) -> None:
        """Let go of the FIFOs."""
        self._errors.close()
        self._output.close()
        if self._sink is not None:
            self._sink.close()

    async def _exit_code(self) -> int:
        waited, pause = 0.0, 0.002
        while (code := await self._inspect()) is None:
            if waited > _EXIT_PATIENCE:
                raise Failed("The engine does not say how a command in a helper ended.")
            await asyncio.sleep(pause)
            waited += pause
            pause = min(pause * 2, 0.1)
        return code

    async def _inspect(self) -> int | None:
        """The exit status, ``None`` while it runs."""
        try:
            state = await self._connection.call(
                "look after a command in a helper", lambda api: api.exec_inspect(self._exec_id), deadline=DEADLINE
            )
        except (NotFound, Refused):
            raise Failed("The helper container ended before its work was done.", "Was it removed by someone?") from None
        return None if state["Running"] else int(state["ExitCode"])
