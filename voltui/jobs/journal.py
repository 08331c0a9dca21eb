"""A job's journal: what it is about to change in the outside world, on disk before it does.

One JSON line per record. A step is *begun*, perhaps *done*, and in the end *undone* or *kept*. Steps that are neither
when the job is over are open: their undo is owed, by the worker, by its supervisor, or by the next ``voltui`` command.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct


class OpenStep(Struct, frozen=True):
    """A step that was begun and is neither undone nor kept."""

    number: int
    name: str
    data: Mapping[str, Any]
    """What its undo needs to know."""


COMMITTED = "committed"


class Journal:
    """Appends to a journal. Each record is on disk when its method returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._number = max((record["n"] for record in _records(path)), default=0)
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        size = os.fstat(self._fd).st_size
        if size and os.pread(self._fd, 1, size - 1) != b"\n":
            self._append(b"\n")  # a crash has cut the last line: the next one must not be glued to it

    def begin(self, step: str, data: Mapping[str, Any], *, tentative: bool = False) -> OpenStep:
        """Say that a step comes now, and what is needed to undo it. A ``tentative`` one stays where the job is done."""
        self._number += 1
        record = {"n": self._number, "state": "begin", "step": step, "data": dict(data), "tentative": tentative}
        self._write(record)
        return OpenStep(self._number, step, data)

    def commit(self, result: Mapping[str, Any]) -> int:
        """Say that what the job was for is done, with this result; the number of the last step begun so far.

        None of the tentative steps up to it is undone any more.
        """
        self._write({"n": self._number, "state": COMMITTED, "step": COMMITTED, "data": dict(result)})
        return self._number

    def undone(self, step: OpenStep) -> None:
        """Say that nothing of the step's change is left."""
        self._write({"n": step.number, "state": "undone", "step": step.name})

    def kept(self, step: OpenStep) -> None:
        """Say that the change stays: it is what the job was for."""
        self._write({"n": step.number, "state": "kept", "step": step.name})

    def open_steps(self) -> list[OpenStep]:
        """The steps whose undo is owed, last begun first."""
        return open_steps(self._path)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)

    def _write(self, record: dict[str, Any]) -> None:
        moment = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({**record, "at": moment}) + "\n"
        self._append(line.encode())
        os.fsync(self._fd)

    def _append(self, data: bytes) -> None:
        """All of it: a full disk may take a part, and the error comes with the next part."""
        while data:
            data = data[os.write(self._fd, data) :]


def open_steps(path: Path) -> list[OpenStep]:
    """The steps of a journal whose undo is owed, last begun first."""
    begun: dict[int, OpenStep] = {}
    tentative: set[int] = set()
    for record in _records(path):
        if record["state"] == "begin":
            begun[record["n"]] = OpenStep(record["n"], record["step"], record["data"])
            if record["tentative"]:
                tentative.add(record["n"])
        elif record["state"] == COMMITTED:
            begun = {number: step for number, step in begun.items() if number not in tentative}
        elif record["state"] in ("undone", "kept"):
            begun.pop(record["n"], None)
    return sorted(begun.values(), key=lambda step: step.number, reverse=True)


def kept_steps(path: Path) -> frozenset[str]:
    """The names of the steps of which at least one stays, whatever became of others."""
    return frozenset(record["step"] for record in _records(path) if record["state"] == "kept")


def committed(path: Path) -> dict[str, Any] | None:
    """The result of a job that was done, whatever came then; ``None`` where it was not."""
    found = [record["data"] for record in _records(path) if record["state"] == COMMITTED]
    return dict(found[-1]) if found else None


def _records(path: Path) -> list[dict[str, Any]]:
    """All whole records. A cut line was never acted upon: its step comes after it is written whole."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    records = []
    for line in lines:
        try:
            records.append(json.loads(line))
        except ValueError:
            continue
    return records
