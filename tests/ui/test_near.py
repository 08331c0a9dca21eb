"""What is connected with the volume or container under the cursor, as it is drawn below its detail."""

from __future__ import annotations

from types import MappingProxyType
from unittest.mock import Mock

from tests.ui.frozen import CONTAINERS, DETAILS, ENGINE, VOLUMES
from voltui.model.container import Container
from voltui.model.graph import NodeKey, NodeKind
from voltui.model.inventory import Inventory
from voltui.ui.spans import plain
from voltui.ui.views.near import Near

INVENTORY = Inventory.of(ENGINE, VOLUMES, CONTAINERS)
STATE = Mock(inventory=INVENTORY, details=MappingProxyType(DETAILS))
MEDIA = NodeKey(NodeKind.VOLUME, "shop_media")


def drawn(node: NodeKey, *, height: int = 40) -> list[str]:
    return [plain(one) for one in Near().lines(STATE, node, 50, height, more="m")]


def test_a_volume_is_drawn_with_its_users_and_what_these_mount_beside_it() -> None:
    text = "\n".join(drawn(MEDIA))
    assert all(name in text for name in ("shop_media", "shop-web", "shop-worker", "shop_config", "/srv/site"))
    assert "shop_pgdata" not in text


def test_a_container_is_drawn_with_its_mounts_and_who_shares_these() -> None:
    worker = next(one.id for one in CONTAINERS if one.name == "shop-worker")
    text = "\n".join(drawn(NodeKey(NodeKind.CONTAINER, worker)))
    assert all(name in text for name in ("shop_media", "shop-web", "shop-worker"))
    assert "shop_config" not in text


def test_what_nothing_is_connected_with_is_not_drawn() -> None:
    assert drawn(NodeKey(NodeKind.VOLUME, "old_uploads")) == []
    assert drawn(NodeKey(NodeKind.VOLUME, "gone")) == []


def test_a_drawing_fits_in_its_place_and_says_what_is_left_out() -> None:
    whole = drawn(MEDIA)
    cut = drawn(MEDIA, height=5)
    assert len(cut) == 5
    assert f"{len(whole) - 4} more lines" in cut[-1]
    assert drawn(MEDIA, height=3) == []


def test_a_volume_of_very_many_users_is_drawn_in_part_only() -> None:
    many = [
        Container(f"id{number}", f"user-{number}", "image", "running", mounts=CONTAINERS[2].mounts)
        for number in range(500)
    ]
    state = Mock(inventory=Inventory.of(ENGINE, VOLUMES, many), details={})
    lines = Near().lines(state, MEDIA, 50, 1_000, more="m")
    assert 10 < len(lines) < 100
