"""Which of many sources have to be read at one moment, and which can be read one after the other."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from voltui.model.inventory import Inventory
from voltui.model.source import Source


def moments(inventory: Inventory, sources: Sequence[Source]) -> list[list[Source]]:
    """The sources in groups, each to be read while its writers are held together.

    What one running container writes belongs together, and so does what those of one Compose project write: the row in
    a database and the file that it names. What nobody writes stands alone. Groups and sources keep their order.
    """
    groups: dict[int, list[Source]] = {}
    group_of: dict[Hashable, int] = {}
    for number, source in enumerate(sources):
        ties = set(_ties(inventory, source))
        groups[number] = [source]
        for other in sorted({group_of[tie] for tie in ties if tie in group_of}):
            groups[number] = groups.pop(other) + groups[number]
            group_of = {tie: number if at == other else at for tie, at in group_of.items()}
        group_of |= dict.fromkeys(ties, number)
    places = {source: place for place, source in enumerate(sources)}
    found = [sorted(group, key=places.__getitem__) for group in groups.values()]
    return sorted(found, key=lambda group: places[group[0]])


def _ties(inventory: Inventory, source: Source) -> Iterator[Hashable]:
    """What two sources must not both have to be read apart."""
    for writer in inventory.writers(source):
        yield "container", writer.id
        if writer.project:
            yield "project", writer.project
