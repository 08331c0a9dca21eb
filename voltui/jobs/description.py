"""What a job's directory says of its plan: enough for whoever watches, who needs no plan and does not load any."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Description(Struct, frozen=True):
    """``job.json``: what is to be done, and who asked."""

    kind: str
    subject: str
    plan: dict[str, Any]
    """The plan as `plan.decode` reads it."""
    asked: str
    """When, RFC 3339, UTC."""
    user: str
    command: str
    """What was called: ``voltui backup shop_pgdata``. No secrets: they are never arguments."""
