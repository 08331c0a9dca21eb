"""Measures how long the mount graph takes to be made and drawn: ``python tests/bench/graph.py``."""

from __future__ import annotations

import random
import time

from voltui.model import drawing
from voltui.model.container import Container
from voltui.model.graph_builder import mount_graph
from voltui.model.inventory import EngineInfo, Inventory
from voltui.model.mount import Mount, MountKind
from voltui.model.volume import Volume

_SIZES = (100, 1_000, 3_000)


def inventory_of(nodes: int) -> Inventory:
    """A third containers in projects of twelve, two thirds volumes; one in ten is shared within its project."""
    chance = random.Random(nodes)
    volumes = [Volume(f"volume{number}", mountpoint=f"/engine/volume{number}") for number in range(nodes * 2 // 3)]
    containers = []
    for number in range(nodes // 3):
        own = [2 * number, 2 * number + 1]
        if chance.random() < 0.3:
            own.append(2 * (number // 12 * 12))
        mounts = tuple(Mount(MountKind.VOLUME, f"volume{one}", f"/data{one}", chance.random() < 0.3) for one in own)
        labels = {"com.docker.compose.project": f"project{number // 12}"}
        containers.append(
            Container(f"id{number}", f"container{number}", "image", "running", labels=labels, mounts=mounts)
        )
    return Inventory.of(EngineInfo("e", "host", "Docker", "1", "1"), volumes, containers)


def main() -> None:
    """Print a line for each size."""
    print(f"{'nodes':>6} {'edges':>6} {'graph':>9} {'groups':>9} {'drawing':>9}")
    for size in _SIZES:
        inventory = inventory_of(size)
        start = time.perf_counter()
        graph = mount_graph(inventory)
        made = time.perf_counter()
        groups = graph.groups
        grouped = time.perf_counter()
        drawing.draw(graph, 80)
        drawn = time.perf_counter()
        took = "".join(f"{1000 * seconds:>7.0f} ms" for seconds in (made - start, grouped - made, drawn - grouped))
        print(f"{len(graph.nodes):>6} {len(graph.edges):>6}{took}   {len(groups)} groups")


if __name__ == "__main__":
    main()
