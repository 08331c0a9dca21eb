"""Every error a user can meet: one sentence that says what happened to what, a hint, an exit code.

The exit codes are part of the command line's contract (see README): 1 failed, 2 usage, 3 no engine,
4 not found, 5 refused, 6 damaged backup, 130 cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class VoltuiError(Exception):
    """A failure that is told to the user as ``sentence`` and ``hint``, never as a traceback."""

    exit_code: ClassVar[int] = 1
    kind: ClassVar[str] = "failed"

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint

    @property
    def reason(self) -> str:
        """What the sentence says after its first colon, such as an engine's own words; all of it without a colon."""
        return self.sentence.partition(": ")[2] or self.sentence

    @property
    def words(self) -> str:
        """Sentence and hint in one line."""
        return f"{self.sentence} {self.hint}".rstrip()

    def to_json(self) -> dict[str, str]:
        """The error as it is written into a job's outcome and printed by ``--json``."""
        return {"kind": self.kind, "sentence": self.sentence, "hint": self.hint}


class Failed(VoltuiError):
    """Something that should have worked did not."""


class Usage(VoltuiError):
    """The command, an option or the configuration file is wrong."""

    exit_code = 2
    kind = "usage"


class NoEngine(VoltuiError):
    """The engine can't be reached, or does not answer in time."""

    exit_code = 3
    kind = "no-engine"


class NotFound(VoltuiError):
    """The named volume, container, backup or job does not exist."""

    exit_code = 4
    kind = "not-found"


class Gone(NotFound):
    """What a job had put aside, to be put back, is not there any more. It never will be."""

    kind = "gone"


class Refused(VoltuiError):
    """Doing it could lose data or was not confirmed: in use, read-only, already running."""

    exit_code = 5
    kind = "refused"


class Damaged(VoltuiError):
    """A backup or an archive is cut, altered, or not what it says."""

    exit_code = 6
    kind = "damaged"


class Cancelled(VoltuiError):
    """The user stopped it."""

    exit_code = 130
    kind = "cancelled"


_KINDS: dict[str, type[VoltuiError]] = {
    error.kind: error for error in (Failed, Usage, NoEngine, NotFound, Gone, Refused, Damaged, Cancelled)
}


def error_from_json(data: Mapping[str, str]) -> VoltuiError:
    """The error that `VoltuiError.to_json` wrote; an unknown kind becomes `Failed`."""
    error = _KINDS.get(data.get("kind", ""), Failed)
    return error(data.get("sentence", "It failed."), data.get("hint", ""))
