"""Which volumes are measured, when, in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from voltui.model.container import Container
from voltui.model.inventory import EngineInfo, Inventory
from voltui.model.mount import Mount, MountKind
from voltui.model.sizes import Sizes, VolumeSize, aged, changed_between, due, unused
from voltui.model.volume import Volume

NOW = datetime(2026, 11, 24, tzinfo=UTC)
BORN = datetime(2026, 1, 1, tzinfo=UTC)


def container(name: str, *volumes: str, state: str = "running", read_only: bool = False) -> Container:
    mounts = tuple(Mount(MountKind.VOLUME, volume, f"/{volume}", read_only) for volume in volumes)
    return Container(name, name, "image", state, mounts=mounts)


def inventory(*volumes: Volume, users: tuple[Container, ...] = ()) -> Inventory:
    return Inventory.of(EngineInfo("id", "host", "Docker", "28", "1.47"), volumes, users)


def size(bytes_: int, age: timedelta = timedelta(), took: float = 0.1, created: datetime | None = None) -> VolumeSize:
    return VolumeSize(bytes_, NOW - age, took, created)


def test_what_was_never_measured_or_long_ago_is_due_the_small_first() -> None:
    found = inventory(*map(Volume, ("fresh", "huge", "new", "small")))
    sizes = Sizes(
        {
            "fresh": size(5),
            "huge": size(9 << 30, timedelta(days=2)),
            "small": size(7, timedelta(days=2)),
        }
    )
    assert due(found, sizes, (), NOW, all_=False) == ["small", "new", "huge"]
    assert due(found, sizes, (), NOW, all_=True) == ["fresh", "small", "new", "huge"]


def test_a_volume_that_is_written_to_ages_in_minutes_and_one_that_is_only_read_in_days() -> None:
    users = (container("writer", "busy"), container("reader", "quiet", read_only=True))
    found = inventory(Volume("busy"), Volume("quiet"), users=users)
    old = size(1, timedelta(minutes=20))
    assert aged(found, old, "busy", NOW)
    assert not aged(found, old, "quiet", NOW)
    assert due(found, Sizes({"busy": old, "quiet": old}), (), NOW, all_=False) == ["busy"]


def test_what_takes_long_to_measure_is_measured_seldom() -> None:
    found = inventory(Volume("slow"), users=(container("writer", "slow"),))
    slow = size(1, timedelta(minutes=20), took=120)
    assert due(found, Sizes({"slow": slow}), ("slow",), NOW, all_=False) == []
    assert not aged(found, slow, "slow", NOW)


def test_what_has_changed_is_due_at_once_but_not_right_after_it_was_measured() -> None:
    found = inventory(Volume("data"))
    assert due(found, Sizes({"data": size(1, timedelta(minutes=1))}), ("data",), NOW, all_=False) == ["data"]
    assert due(found, Sizes({"data": size(1, timedelta(seconds=9))}), ("data",), NOW, all_=False) == []


def test_a_new_volume_of_an_old_name_has_no_size() -> None:
    sizes = Sizes({"data": size(1, created=BORN)})
    assert sizes.of(Volume("data", created=BORN)) is not None
    assert sizes.of(Volume("data", created=NOW)) is None
    assert sizes.of_all([Volume("data", created=NOW)]).volumes == {}


def test_where_the_engine_tells_of_changes_only_a_size_from_before_one_stays_and_may_be_past() -> None:
    then, since = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    old = Inventory.of(EngineInfo("id", "host", "Docker", "20.10", "1.41"), [Volume("data", created=since)], ())
    known = VolumeSize(1, then, 0.1, old.birthday(old.volumes["data"]))
    assert Sizes({"data": known}).of(old.volumes["data"]) == known
    assert aged(old, known, "data", NOW)
    assert due(old, Sizes({"data": known}), (), NOW, all_=False) == ["data"]
    after = VolumeSize(1, NOW - timedelta(minutes=59), 0.1)
    assert not aged(old, after, "data", NOW)
    assert due(old, Sizes({"data": after}), (), NOW, all_=False) == []


def test_volumes_that_the_engine_has_not_mounted_are_not_asked_for() -> None:
    remote = {"type": "nfs", "device": ":/x"}
    found = inventory(
        Volume("plugin", driver="nfs"), Volume("idle", options=remote), Volume("held", options=remote),
        users=(container("user", "held"),),
    )  # fmt: skip
    assert due(found, Sizes(), (), NOW, all_=True) == ["held"]


def test_a_writer_that_ends_and_a_volume_that_comes_are_changes() -> None:
    before = inventory(
        Volume("data"), Volume("read"), users=(container("a", "data"), container("b", "read", read_only=True))
    )
    ended = (container("a", "data", state="exited"), container("b", "read", state="exited", read_only=True))
    after = inventory(Volume("data"), Volume("read"), Volume("new"), users=ended)
    assert changed_between(before, after) == {"data", "new"}
    assert changed_between(after, before) == set()
    assert changed_between(None, before) == set()
    assert changed_between(before, inventory(Volume("data"))) == {"data"}


def test_unused_space_is_counted() -> None:
    found = inventory(*map(Volume, "abc"), users=(container("user", "a"),))
    assert unused(found, Sizes({"a": size(4), "b": size(5)})) == (2, 5)
