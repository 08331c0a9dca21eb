"""Volumes that are labelled as protected: their content is changed, and they are removed, only where they are named
outright."""

from __future__ import annotations

from voltui.model.errors import Refused
from voltui.model.inventory import Inventory
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.volume import PROTECT_LABEL, Volume


def refusal(volume: Volume, way: str) -> Refused | None:
    """Why nothing is done to the volume unless it is named outright; ``way`` is a sentence that says how to."""
    if not volume.protected:
        return None
    return Refused(f"The volume {safe(volume.name)} is protected by its label {PROTECT_LABEL}.", way)


def refuse_protected(inventory: Inventory, target: Source, way: str, *, force: bool = False) -> None:
    """Raise the `refusal` of a target that is a protected volume, unless just that was asked for."""
    volume = inventory.volumes.get(target.name) if target.kind == "volume" else None
    if volume is not None and not force and (refused := refusal(volume, way)):
        raise refused
