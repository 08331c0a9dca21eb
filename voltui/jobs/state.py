"""What a job tells: how far it is, and how it ended."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

from voltui.model.errors import VoltuiError, error_from_json

Ending = Literal["done", "failed", "cancelled"]


class Progress(Struct, frozen=True):
    """How far a job is, at one moment."""

    step: str
    """What it does now: ``Reading shop_media``."""
    done: int = 0
    """Bytes of the current step that are done."""
    total: int | None = None
    """Bytes of the current step, where that is known or well guessed."""
    entries: int = 0
    rate: float = 0.0
    """Bytes a second, over the last seconds."""
    seconds_left: float | None = None
    note: str = ""
    """What else to know: ``paused: web``."""
    number: int = 0
    """Counts the steps: a watcher tells by it that a new one began."""
    item: int = 0
    """Which of several things it is at, from 1."""
    items: int = 0
    """How many there are; 0 where it is one, or all at once."""

    @property
    def which(self) -> str:
        """``3 of 300``, or empty."""
        return f"{self.item} of {self.items}" if self.items > 1 else ""

    @property
    def fraction(self) -> float | None:
        """How much of the step is done, 0 to 1; ``None`` where the total is not known."""
        return min(self.done / self.total, 1.0) if self.total else None


class Outcome(Struct, frozen=True):
    """How a job ended."""

    ending: Ending
    sentence: str
    ended: str
    """RFC 3339, UTC."""
    error: dict[str, str] | None = None
    """`VoltuiError.to_json` of what went wrong."""
    result: dict[str, Any] = field(default_factory=dict)
    """What it made: ``backups`` for a backup, ``volume`` for a restore."""
    warnings: tuple[str, ...] = ()
    undo_owed: bool = False
    """Whether something could not be undone yet; the next ``voltui`` command tries again."""

    def raise_error(self) -> None:
        """Raise the error it ended with, if any."""
        if self.error is not None:
            raise self.as_error()

    def as_error(self) -> VoltuiError:
        """The error it ended with."""
        return error_from_json(self.error or {})
