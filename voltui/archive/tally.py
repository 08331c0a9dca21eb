"""Do two listings of a tree agree, in whatever order and of whatever size?

Each line is hashed and added into one of some thousand buckets by its path. Equal sums mean equal sets of lines, in
constant memory; where sums differ, only the paths of those buckets have to be looked at again.
"""

from __future__ import annotations

from blake3 import blake3

_BUCKETS = 4096
_MASK = (1 << 128) - 1


class Tally:
    """An order-independent sum over lines."""

    def __init__(self) -> None:
        self._sums = [0] * _BUCKETS
        self.count = 0

    def add(self, path: bytes, line: bytes) -> None:
        """Count in a line that tells something of ``path``."""
        digest = int.from_bytes(blake3(path + b"\0" + line).digest(16), "big")
        number = bucket(path)
        self._sums[number] = (self._sums[number] + digest) & _MASK
        self.count += 1

    def differing(self, other: Tally) -> frozenset[int]:
        """The buckets in which the two listings differ; empty where they agree."""
        pairs = enumerate(zip(self._sums, other._sums, strict=True))
        return frozenset(number for number, (one, two) in pairs if one != two)


def bucket(path: bytes) -> int:
    """Which of the buckets a path is in."""
    return int.from_bytes(blake3(path).digest(2), "big") % _BUCKETS
