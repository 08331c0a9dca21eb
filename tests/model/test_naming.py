"""What lists show can be typed: shown names of anonymous volumes, beginnings of ids, names as docker prints them."""

from __future__ import annotations

import pytest

from voltui.model.container import Container
from voltui.model.errors import NotFound, Usage
from voltui.model.inventory import EngineInfo, Inventory
from voltui.model.mount import Mount, MountKind
from voltui.model.naming import container_named, source_named, target_named, volume_named
from voltui.model.source import Source
from voltui.model.volume import Volume

CACHE, OTHER = "abcd1234" + "0" * 56, "abcd5678" + "1" * 56


def _inventory() -> Inventory:
    mounts = (
        Mount(MountKind.VOLUME, CACHE, "/cache", False),
        Mount(MountKind.BIND, "/srv/media", "/media", True),
        Mount(MountKind.TMPFS, "", "/tmp", False),
    )
    return Inventory.of(
        EngineInfo("id", "host", "Docker", "28", "1.51"),
        [Volume("data"), Volume(CACHE), Volume(OTHER), Volume("abcd")],
        [
            Container("c0ffee" + "0" * 58, "shop-db", "x", "running", mounts=mounts),
            Container("c0ffaa" + "1" * 58, "shop-web", "x", "running"),
        ],
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("data", Source("volume", "data")),
        ("/srv/media", Source("path", "/srv/media")),
        ("shop-db:/cache", Source("volume", CACHE)),
        ("/shop-db:/cache/", Source("path", "/shop-db:/cache")),
        ("c0ffee:/media", Source("path", "/srv/media")),
        (CACHE[:12], Source("volume", CACHE)),
        ("abcd", Source("volume", "abcd")),
    ],
)
def test_what_is_shown_in_place_of_a_name_means_the_same(name: str, meant: Source) -> None:
    inventory = _inventory()
    assert source_named(inventory, name) == meant
    assert source_named(inventory, inventory.display_name(inventory.volumes[CACHE])).name == CACHE


def test_a_name_that_may_mean_several_is_refused_with_what_it_may_be() -> None:
    twin = CACHE[:20] + "f" * 44
    with pytest.raises(Usage, match=f"{CACHE[:12]} may be {CACHE} and {twin}") as refused:
        source_named(_inventory().with_volume(Volume(twin)), CACHE[:12])
    assert "Give more" in refused.value.hint
    with pytest.raises(Usage, match="c0ff may be shop-db and shop-web"):
        container_named(_inventory(), "c0ff")


@pytest.mark.parametrize("name", ["shop-db", "/shop-db", "c0ffee", "c0ffee" + "0" * 58])
def test_a_container_is_named_as_docker_prints_it(name: str) -> None:
    assert container_named(_inventory(), name).name == "shop-db"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing", "no volume nothing"),
        ("nothing:/cache", "no container nothing"),
        ("shop-db:/tmp", "has no volume or directory mounted at /tmp"),
        ("abcd1234", "no volume abcd1234"),
    ],
)
def test_a_name_of_nothing_is_not_found(name: str, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        source_named(_inventory(), name)


def test_a_path_is_no_volume() -> None:
    with pytest.raises(NotFound, match="is a path, no volume"):
        volume_named(_inventory(), "shop-db:/media")


def test_what_may_be_made_is_new_where_no_list_shows_such_a_name() -> None:
    assert target_named(_inventory(), "fresh") == Source("volume", "fresh")
    assert target_named(_inventory(), CACHE[:8]) == Source("volume", CACHE[:8]), "nobody was shown so few digits"
    assert target_named(_inventory(), CACHE[:12]) == Source("volume", CACHE)
    assert target_named(_inventory(), "shop-db:/cache") == Source("volume", CACHE)
    with pytest.raises(Usage, match="a b is no name for a volume"):
        target_named(_inventory(), "a b")
