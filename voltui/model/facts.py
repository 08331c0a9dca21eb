"""What filters may ask of volumes, containers and backups, the same on the command line and on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from voltui.model.backup import Backup
from voltui.model.container import Container
from voltui.model.filter import Ask, Facts
from voltui.model.inventory import Inventory
from voltui.model.volume import Volume, project_of

VOLUME_ASKS = frozenset(Ask)
CONTAINER_ASKS = frozenset((Ask.LABEL, Ask.PROJECT))
BACKUP_ASKS = frozenset((Ask.LABEL, Ask.PROJECT, Ask.DRIVER, Ask.SIZE, Ask.BACKUP))


def of_volume(
    inventory: Inventory, volume: Volume, name: str, words: str, backup: datetime | None, size: int | None = None
) -> Facts:
    """The facts of a volume, shown as ``name`` and ``words``; ``size`` in bytes where it is known."""
    return Facts(
        name.lower(),
        words.lower(),
        _lower(volume.labels),
        volume.project.lower(),
        volume.driver.lower(),
        not inventory.uses(volume.name),
        volume.anonymous,
        size,
        backup,
    )


def of_container(container: Container, words: str) -> Facts:
    """The facts of a container, shown as ``words``; its state counts as one, whatever the engine says of it there."""
    return Facts(
        container.name.lower(),
        f"{words} {container.state}".lower(),
        _lower(container.labels),
        container.project.lower(),
    )


def of_backup(backup: Backup, name: str, words: str) -> Facts:
    """The facts of a backup, shown as ``name`` and ``words``: its archive's size, its own age."""
    return Facts(
        name.lower(),
        words.lower(),
        _lower(backup.labels),
        project_of(backup.labels).lower(),
        backup.driver.lower(),
        size=backup.archive.size,
        backup=backup.started,
    )


def _lower(labels: Mapping[str, str]) -> Mapping[str, str]:
    return {name.lower(): value.lower() for name, value in labels.items()}
