"""The pane of containers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from voltui.model import facts
from voltui.model.container import Container
from voltui.model.filter import Facts
from voltui.model.inventory import Inventory, data_source
from voltui.model.mount import Mount, MountKind
from voltui.model.safe import safe
from voltui.model.text import clock_time, plural
from voltui.ui.spans import Line, Span, line
from voltui.ui.state import State
from voltui.ui.views import projects
from voltui.ui.views.base import Column, Sort, in_one_or_two, labelled, under
from voltui.ui.views.grouped import GroupedView, Heading
from voltui.ui.views.words import state_glyph

_MOST_MOUNTS = 5


def _inventory(state: State) -> Inventory:
    assert state.inventory is not None
    return state.inventory


def _container(state: State, key: str) -> Container:
    return _inventory(state).containers[key]


def data_mounts(container: Container) -> list[Mount]:
    """The mounts that carry the user's data, volumes first: no system files, no sockets."""
    found = [mount for mount in container.mounts if data_source(mount) is not None or mount.kind is MountKind.TMPFS]
    return sorted(found, key=lambda mount: (mount.kind is not MountKind.VOLUME, mount.destination))


class ContainersView(GroupedView):
    """Containers and the data they mount."""

    id = "containers"
    title = "Containers"
    columns = (
        Column("NAME", share=3, middle=True),
        Column("DATA", share=4),
        Column("IMAGE", share=2, middle=True, spare=1),
        Column("STATE", width=9),
    )
    sorts = (
        Sort("name", lambda state, key: _container(state, key).name),
        Sort("state", lambda state, key: (not _container(state, key).running, _container(state, key).name)),
        Sort("mounts", lambda state, key: len(data_mounts(_container(state, key))), reverse=True, together=sum),
        Sort("project", lambda state, key: (_container(state, key).project, _container(state, key).name)),
    )
    made_from = ("inventory",)
    empty = "This engine has no containers."
    asks = facts.CONTAINER_ASKS

    def keys(self, state: State) -> Sequence[str]:
        """The containers' ids."""
        return list(state.inventory.containers) if state.inventory else []

    def row_sources(self, state: State) -> tuple[Mapping[str, object], ...]:
        """The container, and what names the volumes that it mounts: an anonymous one has its first user's name."""
        if state.inventory is None:
            return ()
        containers = state.inventory.containers
        volumes, uses = state.inventory.volumes, state.inventory.uses_of_volumes
        named = {
            key: [(volumes.get(one.source), uses.get(one.source, ())[:1]) for one in container.mounts]
            for key, container in containers.items()
        }
        return containers, named

    def name(self, state: State, key: str) -> str:
        """Its name."""
        return safe(_container(state, key).name)

    def cells(self, state: State, key: str) -> tuple[Line, ...]:
        """State and name, data, image, state in a word."""
        container = _container(state, key)
        mounts = data_mounts(container)
        data = ", ".join(mount_name(_inventory(state), mount) for mount in mounts)
        return (
            line(f"{safe(container.name)}"),
            line(data if mounts else Span("none", "dim")),
            line(Span(safe(container.image), "dim")),
            line(state_glyph(container), f" {safe(container.state)}"),
        )

    def facts(self, state: State, key: str) -> Facts:
        """Its labels and project."""
        return facts.of_container(_container(state, key), self.words(state, key))

    def project(self, state: State, key: str) -> str:
        """The Compose project or Swarm stack."""
        return _container(state, key).project

    def heading_cells(self, state: State, heading: Heading) -> tuple[Line, ...]:
        """Counts."""
        return projects.container_cells(state, heading)

    def heading_detail(self, state: State, heading: Heading, width: int, *, full: bool) -> list[Line]:
        """The same in words."""
        return projects.container_detail(state, heading, full=full)

    def detail(self, state: State, key: str, width: int, *, full: bool = False) -> list[Line]:
        """Its mounts, whose mounts it takes, its project."""
        container = _container(state, key)
        lines = [labelled("state", state_glyph(container), f" {safe(container.condition)}")]
        mounts = data_mounts(container)
        shown = mounts if full else mounts[:_MOST_MOUNTS]
        for number, mount in enumerate(shown):
            words = f"{mount_name(_inventory(state), mount)}  {safe(mount.destination)}"
            kind = Span(f"  {mount.access}  {mount.kind}", "dim")
            lines += in_one_or_two("" if number else "mounts", line(words), line(kind), width)
        left = len(mounts) - len(shown)
        if left:
            lines.append(under(Span(f"and {plural(left, 'more mount')}", "dim")))
        lines += _volumes_from(state, key)
        if full:
            lines += [labelled("label", f"{safe(name)}={safe(value)}") for name, value in container.labels.items()]
        if container.project:
            lines.append(labelled("project", safe(container.project)))
        created = clock_time(container.created) if container.created else "unknown"
        lines.append(labelled("created", created, Span(f"   id {container.id[:12]}", "dim")))
        return lines


def mount_name(inventory: Inventory, mount: Mount) -> str:
    """What a mount's source is called: a volume's name, a path, or ``tmpfs``."""
    if mount.kind is MountKind.TMPFS:
        return "tmpfs"
    volume = inventory.volumes.get(mount.source) if mount.kind is MountKind.VOLUME else None
    return safe(inventory.display_name(volume) if volume else mount.source)


def _volumes_from(state: State, key: str) -> list[Line]:
    """Known once the container was inspected."""
    detail = state.known_details.get(key)
    if detail is None or not detail.volumes_from:
        return []
    containers = _inventory(state).containers
    names = [safe(containers[one].name) if one in containers else safe(one) for one in detail.volumes_from]
    return [labelled("takes", f"the mounts of {', '.join(names)}", Span("  --volumes-from", "dim"))]
