"""What a name that somebody typed means: a name, what lists show in its place, or the beginning of an id.

An anonymous volume is shown as ``shop-db:/cache``, or by the first digits of its name; docker prints containers as
``/web``. Whatever is shown can be typed, and what may mean several things is refused with what it may mean.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from voltui.model.backup import Backup
from voltui.model.container import Container
from voltui.model.errors import NotFound, Usage
from voltui.model.inventory import Inventory, data_source
from voltui.model.names import check_new_name
from voltui.model.safe import safe
from voltui.model.source import SHORT, Source
from voltui.model.text import listed
from voltui.model.volume import ANONYMOUS_NAME, Volume

_DIGITS = re.compile(rf"[0-9a-f]{{{SHORT},63}}")
"""Of an anonymous volume's name at least as much as lists show: less may be a slip in the name of another."""


def source_named(inventory: Inventory, name: str) -> Source:
    """The volume, or the path on the engine's host, that a name means. Raises `NotFound`, or `Usage` for several.

    ``CONTAINER:/PATH`` is what the container has mounted there. Whether there is anything at a path is not looked at.
    """
    source = Source.parse(name)
    if source.kind != "volume" or source.name in inventory.volumes:
        return source
    owner, colon, place = name.partition(":")
    if colon and place.startswith("/"):
        return _mounted(container_named(inventory, owner), place)
    found = _one(name, _anonymous(name, inventory.volumes))
    if not found:
        raise NotFound(f"There is no volume {safe(name)}.", "`voltui volumes` lists what there is.")
    return Source("volume", found)


def volume_named(inventory: Inventory, name: str) -> Volume:
    """The volume that a name means. Raises `NotFound`, or `Usage` for several."""
    source = source_named(inventory, name)
    if source.kind != "volume":
        raise NotFound(f"{safe(name)} is a path, no volume.", "`voltui volumes` lists what there is.")
    return inventory.volumes[source.name]


def target_named(inventory: Inventory, name: str) -> Source:
    """As `source_named`, of what may be made: a name that is no volume's is a new one's.

    Raises the same, and `Usage` for what no engine takes as a name.
    """
    source = Source.parse(name)
    shown = ":" in name or _anonymous(name, inventory.volumes)
    if source.kind != "volume" or source.name in inventory.volumes:
        return source
    if shown:
        return source_named(inventory, name)
    check_new_name("volume", name)
    return source


def container_named(inventory: Inventory, name: str) -> Container:
    """The container that a name, or a beginning of an id, means. Raises `NotFound`, or `Usage` for several."""
    meant = name.removeprefix("/")
    named = {one.name: one for one in inventory.containers.values() if one.answers_to(meant)}
    found = meant if meant in named else _one(name, named)
    if not found:
        raise NotFound(f"There is no container {safe(name)}.", "`voltui containers` lists them.")
    return named[found]


def source_backed_up(backups: Iterable[Backup], name: str) -> Source:
    """What a name means among backups, which tell who had what mounted where: its volume may be gone by now.

    A name that is none's is returned as it is. Raises `Usage` where several may be meant.
    """
    source = Source.parse(name)
    known = {backup.source.name: backup for backup in backups}
    if source.kind != "volume" or source.name in known:
        return source
    shown = (
        one for one, backup in known.items() if any(name == f"{user.name}:{user.destination}" for user in backup.users)
    )
    found = _one(name, (*shown, *_anonymous(name, known)))
    return Source("volume", found) if found else source


def _mounted(container: Container, place: str) -> Source:
    for mount in container.mounts:
        if posixpath.normpath(mount.destination) == posixpath.normpath(place) and (source := data_source(mount)):
            return source
    raise NotFound(
        f"{safe(container.name)} has no volume or directory mounted at {safe(place)}.",
        "`voltui containers` lists what each has.",
    )


def _anonymous(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """The anonymous volumes whose names begin so."""
    if not _DIGITS.fullmatch(name):
        return ()
    return tuple(one for one in names if one.startswith(name) and ANONYMOUS_NAME.fullmatch(one))


def _one(name: str, meant: Iterable[str]) -> str:
    """The only one that is meant, or nothing. Raises `Usage` where there are several."""
    found = sorted(set(meant))
    if len(found) > 1:
        raise Usage(f"{safe(name)} may be {listed([safe(one) for one in found])}.", "Give more of the name.")
    return found[0] if found else ""
