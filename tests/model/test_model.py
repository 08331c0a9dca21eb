"""What is shown is harmless and fits; who uses what is found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from voltui.model.container import Container
from voltui.model.inventory import EngineInfo, Inventory, data_source
from voltui.model.mount import Mount, MountKind
from voltui.model.safe import safe, safe_path
from voltui.model.source import Source
from voltui.model.text import cell_width, end_cut, listed, middle_cut, plural, short_age
from voltui.model.volume import Volume
from voltui.model.when import parse_time, stamp


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcödé 漢字", "plain ünïcödé 漢字"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\x9b31m", "\\x9b31m"),
        ("right\u202eleft", "right\\u202eleft"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\udcff", "\\xff"),
        ("a\u00a0b", "a b"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_no_control_reaches_a_terminal(text: str, shown: str) -> None:
    assert safe(text) == shown
    assert safe(text).isprintable()


def test_bytes_that_are_no_text_are_shown_as_bytes() -> None:
    assert safe_path(b"not-utf8-\xff\xfe") == "not-utf8-\\xff\\xfe"


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [("short", 10, "short"), ("a-long-volume-name", 10, "a-lon…name"), ("漢字漢字漢字", 7, "漢字…字"), ("ab", 1, "…")],
)
def test_names_are_cut_in_the_middle(text: str, width: int, cut: str) -> None:
    assert middle_cut(text, width) == cut
    assert cell_width(cut) <= width


def test_lists_are_cut_at_the_end() -> None:
    assert end_cut("one, two, three", 9) == "one, two…"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.2, "now"), (40, "40 s"), (720, "12 min"), (3 * 3600, "3 h"), (9 * 86400, "9 d"), (800 * 86400, "2 y")],
)
def test_ages_are_short(seconds: float, shown: str) -> None:
    assert short_age(seconds) == shown
    assert len(shown) <= 6


def test_counts_and_lists_read_well() -> None:
    assert plural(1, "entry", "entries") == "1 entry"
    assert plural(3104, "file") == "3,104 files"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert listed([]) == ""


def test_times_of_engines_are_understood() -> None:
    assert parse_time("2026-11-24T03:32:17.459340298Z") == datetime(2026, 11, 24, 3, 32, 17, 459340, UTC)
    assert parse_time("2026-11-24T05:32:17+02:00") == datetime(2026, 11, 24, 3, 32, 17, 0, UTC)
    assert parse_time("0001-01-01T00:00:00Z") is None
    assert parse_time("") is None
    moment = datetime(2026, 11, 24, 3, 15, 2, tzinfo=UTC)
    assert stamp(moment) == "20261124T031502Z"


ENGINE = EngineInfo("id", "host", "Docker", "28.5", "1.51")


def mount(source: str, destination: str = "/data", *, read_only: bool = False) -> Mount:
    kind = MountKind.BIND if source.startswith("/") else MountKind.VOLUME
    return Mount(kind, source, destination, read_only)


def container(name: str, *mounts: Mount, state: str = "running", labels: dict[str, str] | None = None) -> Container:
    return Container(name, name, "image", state, labels=labels or {}, mounts=mounts)


def names(containers: tuple[Container, ...]) -> list[str]:
    return [one.name for one in containers]


def test_writers_are_running_and_may_write() -> None:
    inventory = Inventory.of(
        ENGINE,
        [Volume("v")],
        [
            container("writer", mount("v")),
            container("reader", mount("v", read_only=True)),
            container("stopped", mount("v"), state="exited"),
            container("frozen", mount("v"), state="paused"),
        ],
    )
    assert names(inventory.writers(Source("volume", "v"))) == ["frozen", "writer"]
    assert names(inventory.running_users(Source("volume", "v"))) == ["frozen", "reader", "writer"]


def test_overlapping_binds_share_their_users() -> None:
    inventory = Inventory.of(
        ENGINE,
        [],
        [
            container("whole", mount("/srv")),
            container("part", mount("/srv/media")),
            container("below", mount("/srv/media/img")),
            container("other", mount("/srv/mediax")),
            container("monitor", mount("/", read_only=True)),
            container("reader", mount("/srv", read_only=True)),
        ],
    )
    users = {use.container.name for use in inventory.uses_of_source(Source("path", "/srv/media"))}
    assert users == {"whole", "part", "below"}


def test_anonymous_volumes_are_called_by_their_user() -> None:
    anonymous = Volume("a" * 64)
    inventory = Inventory.of(ENGINE, [anonymous], [container("shop-db", mount("a" * 64, "/cache"))])
    assert inventory.display_name(anonymous) == "shop-db:/cache"
    assert Inventory.of(ENGINE, [anonymous], []).display_name(anonymous) == "a" * 12


@pytest.mark.parametrize(
    "path", ["/var/run/docker.sock", "/etc/localtime", "/", "/usr", "/proc/x", "/run/systemd", "/srv/app.sock"]
)
def test_system_files_are_no_data(path: str) -> None:
    assert data_source(mount(path)) is None


def test_all_data_of_a_project() -> None:
    project = {"com.docker.compose.project": "shop"}
    inventory = Inventory.of(
        ENGINE,
        [Volume("db", labels=project), Volume("orphan", labels=project), Volume("other")],
        [
            container("web", mount("db"), mount("/srv/www"), mount("/var/run/docker.sock"), labels=project),
            container("stranger", mount("other")),
        ],
    )
    found = [source.name for source in inventory.data_of_project("shop")]
    assert sorted(found) == ["/srv/www", "db", "orphan"]
    assert inventory.projects() == ("shop",)


def test_an_event_makes_a_new_inventory() -> None:
    before = Inventory.of(ENGINE, [Volume("v")], [container("a", mount("v"))])
    after = before.with_container(container("b", mount("v"))).without_container("a").with_volume(Volume("w"))
    assert [use.container.name for use in after.uses("v")] == ["b"]
    assert list(after.volumes) == ["v", "w"]
    assert [use.container.name for use in before.uses("v")] == ["a"]


def test_helpers_are_no_users() -> None:
    helping = container("helper", mount("v"), labels={"voltui.helper": "1"})
    inventory = Inventory.of(ENGINE, [Volume("v")], [helping]).with_container(helping)
    assert inventory.uses("v") == ()


def test_paths_are_told_from_volumes() -> None:
    assert Source.parse("data") == Source("volume", "data")
    assert Source.parse("//srv//media/") == Source("path", "/srv/media")
    assert Source("file", "/etc/app.conf").folder == Source("path", "/etc")


def test_what_the_engine_says_of_a_state_is_kept_without_its_time() -> None:
    def condition(state: str, status: str) -> str:
        return Container("c", "c", "i", state, status).condition

    assert condition("running", "Up 3 days (healthy)") == "running (healthy)"
    assert condition("exited", "Exited (137) 2 hours ago") == "exited (137)"
    assert condition("paused", "Up 3 days (Paused)") == "paused"
    assert condition("created", "Created") == "created"


def test_who_uses_what_after_each_change_is_what_a_new_listing_would_tell() -> None:
    def container(key: str, *mounts: tuple[str, str], state: str = "running") -> Container:
        made = tuple(Mount(MountKind.VOLUME, source, at, read_only=False) for source, at in mounts)
        return Container(key, f"name-{key}", "image", state, mounts=made)

    now = Inventory.of(EngineInfo("e", "h", "Docker", "1", "1"), [Volume("a"), Volume("b")], [])
    for changed in (
        container("1", ("a", "/a"), ("a", "/twice")),
        container("2", ("a", "/a"), ("b", "/b")),
        container("1", ("b", "/b"), state="exited"),
        container("1"),
        container("2", ("a", "/elsewhere")),
    ):
        now = now.with_container(changed)
        anew = Inventory.of(now.engine, now.volumes.values(), now.containers.values())
        assert now.uses_of_volumes == anew.uses_of_volumes
        assert now.unused_names == anew.unused_names
    now = now.without_volume("b").with_volume(Volume("c")).without_container("2")
    assert not now.uses_of_volumes
    assert now.unused_names == {"a", "c"}


@pytest.mark.parametrize(
    ("product", "version", "told"),
    [("Docker", "1.41", "changed"), ("Docker", "1.42", "created"), ("Docker", "1.51", "created"),
     ("Podman", "1.41", "created"), ("Docker", "", "created")],
)  # fmt: skip
def test_the_time_of_a_volume_is_called_what_the_engine_means_by_it(product: str, version: str, told: str) -> None:
    assert EngineInfo("id", "host", product, "", version).volume_time == told
