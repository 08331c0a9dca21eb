"""The mount graph: which containers touch which data, through what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from voltui.model.container import LEAST_ID
from voltui.model.source import Source
from voltui.model.volume import ANONYMOUS_NAME


class NodeKind(StrEnum):
    """What a node is."""

    VOLUME = "volume"
    BIND = "bind"
    TMPFS = "tmpfs"
    CONTAINER = "container"


class EdgeKind(StrEnum):
    """Why two nodes are neighbours."""

    MOUNT = "mount"
    """A container mounts a source."""
    VOLUMES_FROM = "volumes-from"
    """A container takes the mounts of another."""
    WITHIN = "within"
    """A path lies in another, or in a volume: whoever mounts either touches the same files."""


class NodeKey(Struct, frozen=True, order=True):
    """Names a node: a volume by name, a bind by path, a container by id, a tmpfs by container and destination."""

    kind: NodeKind
    name: str

    @property
    def source(self) -> Source | None:
        """What a backup of it is of; ``None`` of a container and of what is in memory."""
        if self.kind is NodeKind.VOLUME:
            return Source("volume", self.name)
        return Source("path", self.name) if self.kind is NodeKind.BIND else None


class Node(Struct, frozen=True):
    """A source of data, or a container."""

    key: NodeKey
    name: str
    """What to call it: not made safe for a terminal."""
    state: str = ""
    """Of a container."""
    project: str = ""
    anonymous: bool = False
    """Of a volume."""

    @property
    def running(self) -> bool:
        """Whether it is a container whose processes exist."""
        return self.state in ("running", "paused", "restarting")


class Edge(Struct, frozen=True):
    """From a source to the container that mounts it, from a data container to one that takes its mounts, or from a
    directory to one within it."""

    kind: EdgeKind
    source: NodeKey
    target: NodeKey
    destination: str = ""
    """Where a mount is in the container."""
    read_only: bool = False
    propagation: str = ""
    subpath: str = ""
    """The directory of the volume that is mounted, where that is not the whole."""
    via: str = ""
    """The name of the data container that a mount came through, if any."""

    @property
    def access(self) -> str:
        """``ro`` or ``rw``."""
        return "ro" if self.read_only else "rw"


class MountGraph(Struct, frozen=True, dict=True):
    """Nodes and edges of one moment."""

    nodes: Mapping[NodeKey, Node]
    edges: tuple[Edge, ...] = ()

    @cached_property
    def _neighbours(self) -> Mapping[NodeKey, tuple[Edge, ...]]:
        found: dict[NodeKey, list[Edge]] = {key: [] for key in self.nodes}
        for edge in self.edges:
            found[edge.source].append(edge)
            found[edge.target].append(edge)
        return {key: tuple(edges) for key, edges in found.items()}

    def edges_of(self, key: NodeKey) -> tuple[Edge, ...]:
        """All edges that begin or end at a node."""
        return self._neighbours.get(key, ())

    def named(self, name: str) -> tuple[Node, ...]:
        """The nodes that a name may mean: a volume's, a path, a container's name or the beginning of an id.

        ``volume:db`` and ``container:db`` tell them apart where they have one name.
        """
        kind, _, rest = name.partition(":")
        of_kind = kind if rest and kind in tuple(NodeKind) else ""
        meant = rest if of_kind else name
        return tuple(
            node
            for node in self.nodes.values()
            if of_kind in ("", node.key.kind)
            and (meant in (node.name, node.key.name) or (len(meant) >= LEAST_ID and _is_id(node, meant)))
        )

    def into(self, key: NodeKey, kind: EdgeKind) -> list[Edge]:
        """The edges of a kind that end at a node."""
        return [edge for edge in self.edges_of(key) if edge.kind is kind and edge.target == key]

    def out_of(self, key: NodeKey, kind: EdgeKind) -> list[Edge]:
        """The edges of a kind that begin at a node."""
        return [edge for edge in self.edges_of(key) if edge.kind is kind and edge.source == key]

    @property
    def sources(self) -> list[Node]:
        """What is mounted, or could be."""
        return [node for key, node in self.nodes.items() if key.kind is not NodeKind.CONTAINER]

    @property
    def containers(self) -> list[Node]:
        """What mounts it."""
        return [node for key, node in self.nodes.items() if key.kind is NodeKind.CONTAINER]

    def users(self, key: NodeKey) -> tuple[Node, ...]:
        """The containers that mount a source, each once, by name."""
        return self._by_name({edge.target for edge in self.out_of(key, EdgeKind.MOUNT)})

    def writers(self, key: NodeKey) -> tuple[Node, ...]:
        """The running containers that may write to a source or to what overlaps with it, each once, by name."""
        mounts = (edge for place in self._overlapping(key) for edge in self.out_of(place, EdgeKind.MOUNT))
        return self._by_name({one.target for one in mounts if not one.read_only and self.nodes[one.target].running})

    def _overlapping(self, key: NodeKey) -> set[NodeKey]:
        """A place, what it lies in, and what lies in it, however deep; not what lies beside it."""
        around = self._from(key, lambda one: (edge.source for edge in self.into(one, EdgeKind.WITHIN)))
        return around | self._from(key, lambda one: (edge.target for edge in self.out_of(one, EdgeKind.WITHIN)))

    def reachable(self, start: NodeKey) -> set[NodeKey]:
        """Everything connected to a node, itself too."""
        return self._from(start, lambda key: (end for edge in self.edges_of(key) for end in (edge.source, edge.target)))

    def _from(self, start: NodeKey, follow: Callable[[NodeKey], Iterable[NodeKey]]) -> set[NodeKey]:
        """The node and all that is reached by following on from it."""
        found, waiting = {start}, [start]
        while waiting:
            new = set(follow(waiting.pop())) - found
            found |= new
            waiting += new
        return found

    def impact(self, key: NodeKey) -> tuple[Node, ...]:
        """Whom stopping, restoring or removing a node touches, by name.

        Of a source: its users and those of what overlaps with it. Of a container: its sources, and who takes its
        mounts, directly or through others.
        """
        if key.kind is NodeKind.CONTAINER:
            takers = self._from(key, lambda one: (edge.target for edge in self.out_of(one, EdgeKind.VOLUMES_FROM)))
            return self._by_name({edge.source for edge in self.into(key, EdgeKind.MOUNT)} | takers - {key})
        return self._by_name({user.key for place in self._overlapping(key) for user in self.users(place)})

    def _by_name(self, keys: Iterable[NodeKey]) -> tuple[Node, ...]:
        return tuple(sorted((self.nodes[key] for key in keys), key=lambda node: node.name))

    @cached_property
    def groups(self) -> tuple[frozenset[NodeKey], ...]:
        """What belongs together: connected components, those of one Compose project as one.

        Compose projects come first, by name, then the others, the largest first, then what is alone.
        """
        found: dict[str | int, frozenset[NodeKey]] = {}
        for number, component in enumerate(self.components):
            name = self.title(component) or number
            found[name] = found.get(name, frozenset()) | component
        return tuple(sorted(found.values(), key=self._group_order))

    @cached_property
    def components(self) -> tuple[frozenset[NodeKey], ...]:
        """What is connected, in the order of `groups`."""
        return tuple(sorted(self._components(), key=self._group_order))

    def _components(self) -> Iterator[frozenset[NodeKey]]:
        left = dict.fromkeys(self.nodes)
        while left:
            component = frozenset(self.reachable(next(iter(left))))
            yield component
            for key in component:
                del left[key]

    def _group_order(self, group: frozenset[NodeKey]) -> tuple[bool, bool, str, int, str]:
        title = self.title(group)
        return len(group) == 1, title == "", title, -len(group), min(self.nodes[key].name for key in group)

    def title(self, group: Iterable[NodeKey]) -> str:
        """The Compose projects in a group, or empty."""
        return ", ".join(sorted({self.nodes[key].project for key in group} - {""}))

    def orphans(self) -> tuple[Node, ...]:
        """The volumes that no container mounts, by name."""
        return self._by_name(key for key in self.nodes if key.kind is NodeKind.VOLUME and not self.users(key))

    @cached_property
    def shared_by_writers(self) -> tuple[Node, ...]:
        """The sources that more than one running container may write to, by name: they may overwrite each other."""
        sources = (key for key in self.nodes if key.kind in (NodeKind.VOLUME, NodeKind.BIND))
        return self._by_name(key for key in sources if len(self.writers(key)) > 1)

    def at_risk(self) -> tuple[Node, ...]:
        """What goes with a container, by name: anonymous volumes in use, and containers that mount no data at all, so
        that whatever they write is in their writable layer."""
        return self._by_name(
            key
            for key, node in self.nodes.items()
            if (key.kind is NodeKind.VOLUME and node.anonymous and self.users(key))
            or (key.kind is NodeKind.CONTAINER and not any(edge.target == key for edge in self.edges_of(key)))
        )

    def around(self, key: NodeKey, steps: int) -> set[NodeKey]:
        """A node and what is reached from it along at most so many edges."""
        found = {key}
        for _ in range(steps):
            found |= {end for one in found for edge in self.edges_of(one) for end in (edge.source, edge.target)}
        return found

    def part(self, keys: Iterable[NodeKey]) -> MountGraph:
        """The graph of some nodes and the edges between them."""
        kept = sorted(set(keys), key=self._places.__getitem__)
        inside = frozenset(kept)
        edges = (edge for key in kept for edge in self.edges_of(key) if edge.source == key and edge.target in inside)
        return MountGraph({key: self.nodes[key] for key in kept}, tuple(edges))

    @cached_property
    def _places(self) -> Mapping[NodeKey, int]:
        return {key: number for number, key in enumerate(self.nodes)}


def _is_id(node: Node, beginning: str) -> bool:
    name = node.key.name
    named_by_engine = node.key.kind is NodeKind.CONTAINER or ANONYMOUS_NAME.fullmatch(name) is not None
    return named_by_engine and name.startswith(beginning)
