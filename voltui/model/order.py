"""In which order containers are stopped: whoever needs another goes before it, and comes back after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

from voltui.model.container import Container, ContainerDetail


def stop_order(details: Sequence[ContainerDetail]) -> list[ContainerDetail]:
    """The containers in the order to stop them; to start them again it is reversed.

    One that takes another's mounts (``--volumes-from``), shares its network, or depends on its Compose service, is
    stopped before it. Otherwise the last started goes first, also where the needs go round in a circle.
    """
    last_first = sorted(details, key=_started, reverse=True)
    rank = {detail.container.id: number for number, detail in enumerate(last_first)}
    by_id = {detail.container.id: detail for detail in last_first}
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(by_id, ()))
    for detail in last_first:
        for needed in _needed(detail, last_first):
            sorter.add(needed.container.id, detail.container.id)
    try:
        sorter.prepare()
    except CycleError:
        return last_first
    order: list[ContainerDetail] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=rank.__getitem__)
        order += [by_id[identifier] for identifier in ready]
        sorter.done(*ready)
    return order


def _needed(detail: ContainerDetail, others: Iterable[ContainerDetail]) -> Iterable[ContainerDetail]:
    for other in others:
        if other is not detail and (
            _takes_from(detail, other.container) or _depends_on(detail.container, other.container)
        ):
            yield other


def _takes_from(detail: ContainerDetail, other: Container) -> bool:
    names = (other.name, other.id, other.id[:12])
    return any(name in names for name in (*detail.volumes_from, detail.network_of) if name)


def _depends_on(container: Container, other: Container) -> bool:
    same_project = container.project != "" and container.project == other.project
    return same_project and other.service in container.depends_on


def _started(detail: ContainerDetail) -> float:
    return detail.started.timestamp() if detail.started else 0.0
