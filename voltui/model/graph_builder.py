"""The mount graph of an inventory: its nodes, and why they are neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from voltui.model.container import Container, ContainerDetail
from voltui.model.graph import Edge, EdgeKind, MountGraph, Node, NodeKey, NodeKind
from voltui.model.inventory import Inventory, of_the_system
from voltui.model.mount import Mount, MountKind


def mount_graph(inventory: Inventory, details: Mapping[str, ContainerDetail] | None = None) -> MountGraph:
    """The graph of an inventory. Whose mounts a container takes, and which directory of a volume it mounts, is only
    known of the containers in ``details``, by id: the list of containers does not tell."""
    builder = _Builder(inventory, details or {})
    return MountGraph(builder.nodes, (*builder.mounts(), *builder.taken(), *builder.within()))


class _Builder:
    """Makes nodes and edges of an inventory."""

    def __init__(self, inventory: Inventory, details: Mapping[str, ContainerDetail]) -> None:
        self._inventory = inventory
        self._subpaths = {
            (key, mount.destination): mount.subpath
            for key, detail in details.items()
            for mount in detail.container.mounts
        }
        self._by_name = {container.name: container for container in inventory.containers.values()}
        self._givers = {
            container.id: tuple(filter(None, map(self._container, details[container.id].volumes_from)))
            for container in inventory.containers.values()
            if container.id in details
        }
        self.nodes: dict[NodeKey, Node] = {}
        for volume in inventory.volumes.values():
            key = NodeKey(NodeKind.VOLUME, volume.name)
            name = inventory.display_name(volume)
            self.nodes[key] = Node(key, name, project=volume.project, anonymous=volume.anonymous)
        for container in inventory.containers.values():
            key = NodeKey(NodeKind.CONTAINER, container.id)
            self.nodes[key] = Node(key, container.name, container.state, container.project)

    def _container(self, reference: str) -> Container | None:
        """By name or id, or the beginning of one, as ``--volumes-from`` takes them."""
        found = self._by_name.get(reference) or self._inventory.containers.get(reference)
        if found is None and reference:
            found = next((one for key, one in self._inventory.containers.items() if key.startswith(reference)), None)
        return found

    def mounts(self) -> Iterator[Edge]:
        for container in self._inventory.containers.values():
            for mount in container.mounts:
                if (source := self._source(container, mount)) is not None:
                    yield self._mount(source, container, mount)

    def _mount(self, source: NodeKey, container: Container, mount: Mount) -> Edge:
        giver = self._giver(container, mount)
        return Edge(
            EdgeKind.MOUNT,
            source,
            NodeKey(NodeKind.CONTAINER, container.id),
            mount.destination,
            mount.read_only,
            mount.propagation,
            self._subpaths.get(((giver or container).id, mount.destination), ""),
            giver.name if giver else "",
        )

    def _source(self, container: Container, mount: Mount) -> NodeKey | None:
        """The node of a mount's source, made if it is the first time. ``None`` for sockets and files of the system."""
        if mount.kind is MountKind.VOLUME:
            key, name = NodeKey(NodeKind.VOLUME, mount.source), mount.source
        elif mount.kind is MountKind.BIND:
            if of_the_system(mount.source):
                return None
            key, name = NodeKey(NodeKind.BIND, mount.source), mount.source
        else:
            name = f"{container.name}:{mount.destination}"
            key = NodeKey(NodeKind.TMPFS, f"{container.id}:{mount.destination}")
        self.nodes.setdefault(key, Node(key, name))
        return key

    def _giver(self, container: Container, mount: Mount) -> Container | None:
        """The data container that has the very same mount, of those that this one takes from."""
        same = (mount.kind, mount.source, mount.destination)
        for giver in self._givers.get(container.id, ()):
            if any((one.kind, one.source, one.destination) == same for one in giver.mounts):
                return giver
        return None

    def taken(self) -> Iterator[Edge]:
        for taker, givers in self._givers.items():
            for giver in givers:
                source, target = NodeKey(NodeKind.CONTAINER, giver.id), NodeKey(NodeKind.CONTAINER, taker)
                yield Edge(EdgeKind.VOLUMES_FROM, source, target)

    def within(self) -> Iterator[Edge]:
        """From each place to what lies in it, nearest first; two nodes of one place are neighbours once.

        Sorted by their parts, a place's parents are on the stack of those that come before it.
        """
        places = sorted((_parts(place), key) for key, place in self._places())
        above: list[tuple[tuple[str, ...], NodeKey]] = []
        for parts, key in places:
            while above and parts[: len(above[-1][0])] != above[-1][0]:
                above.pop()
            if above and above[-1][1] != key:
                yield Edge(EdgeKind.WITHIN, above[-1][1], key)
            above.append((parts, key))

    def _places(self) -> Iterator[tuple[NodeKey, str]]:
        for key in self.nodes:
            if key.kind is NodeKind.BIND:
                yield key, key.name
            elif key.kind is NodeKind.VOLUME and key.name in self._inventory.volumes:
                for place in self._inventory.volumes[key.name].places:
                    yield key, place


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)
