"""Bytes that come in pieces: of a file, or made a file of."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from voltui.model.errors import Damaged, Failed
from voltui.model.safe import safe

_READ = 1 << 20


def file_chunks(path: Path) -> Iterator[bytes]:
    """A file's bytes. Raises `Damaged` where it is missing, `Failed` where it can't be read."""
    try:
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(_READ):
                yield chunk
    except FileNotFoundError:
        raise Damaged(f"{safe(path.name)} is missing.") from None
    except OSError as error:
        raise Failed(f"{safe(path.name)} can't be read: {error.strerror}.") from error


class ChunkFile(io.RawIOBase):
    """Chunks as a file to be read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as the present chunk goes; 0 at the end. Raises what the chunks raise."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        """End whatever makes the chunks."""
        if not self.closed and hasattr(self._chunks, "close"):
            self._rest = memoryview(b"")
            self._chunks.close()
        super().close()
