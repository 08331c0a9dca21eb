"""A command that runs in a helper, its input and output in FIFOs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct

from voltui.engine.fifo import Collector, FifoSink, FifoSource
from voltui.model.errors import Failed
from voltui.model.safe import safe

_LOOK_EVERY = 2.0
"""Seconds of silence before the helper is looked after."""


class Output(Struct, frozen=True):
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
        alive: Callable[[], Awaitable[bool]],
        status: Collector,
        errors: Collector,
        output: Collector | FifoSource,
        sink: FifoSink | None,
    ) -> None:
        self._alive = alive
        self._status = status
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
        collectors = [item for item in (self._errors, self._output, self._status) if isinstance(item, Collector)]
        try:
            for collector in collectors:
                while not await collector.ended(_LOOK_EVERY):
                    if not await self._alive():
                        raise _gone()
        finally:
            self.close()
        code = self._status.data.strip()
        if not code.isdigit():
            raise _gone()
        out = self._output.data if isinstance(self._output, Collector) else b""
        return Output(int(code), out, self._errors.data)

    def close(self) -> None:
        """Let go of the FIFOs."""
        self._status.close()
        self._errors.close()
        self._output.close()
        if self._sink is not None:
            self._sink.close()


def _gone() -> Failed:
    return Failed("The helper container ended before its work was done.", "Was it removed by someone?")
