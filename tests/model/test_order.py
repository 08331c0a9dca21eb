"""The order in which containers are stopped."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from voltui.model.container import Container, ContainerDetail
from voltui.model.order import stop_order


def detail(
    name: str, started: int, *, project: str = "", depends: str = "", takes: tuple[str, ...] = (), network: str = ""
) -> ContainerDetail:
    labels = {"com.docker.compose.project": project, "com.docker.compose.service": name} if project else {}
    if depends:
        labels["com.docker.compose.depends_on"] = depends
    container = Container(f"id-{name}", name, "image", "running", labels=labels)
    return ContainerDetail(container, takes, False, datetime.fromtimestamp(started, UTC), network_of=network)


def names(details: list[ContainerDetail]) -> list[str]:
    return [one.container.name for one in details]


def test_the_last_started_goes_first() -> None:
    assert names(stop_order([detail("a", 1), detail("c", 3), detail("b", 2)])) == ["c", "b", "a"]


def test_a_compose_service_goes_before_those_it_depends_on() -> None:
    web = detail("web", 1, project="shop", depends="db:service_healthy:true,cache:service_started:false")
    database, cache = detail("db", 3, project="shop"), detail("cache", 2, project="shop")
    assert names(stop_order([database, web, cache])) == ["web", "db", "cache"]


def test_a_service_of_that_name_in_another_project_is_not_meant() -> None:
    web = detail("web", 1, project="shop", depends="db:service_started:false")
    assert names(stop_order([detail("db", 3, project="other"), web])) == ["db", "web"]


def test_whoever_takes_mounts_or_the_network_of_another_goes_before_it() -> None:
    taker, sharer = detail("taker", 1, takes=("data",)), detail("sharer", 2, network="id-data")
    assert names(stop_order([detail("data", 9), taker, sharer])) == ["sharer", "taker", "data"]


def test_a_circle_is_no_reason_to_stop_nothing() -> None:
    one, two = detail("one", 1, takes=("two",)), detail("two", 2, takes=("one",))
    assert names(stop_order([one, two])) == ["two", "one"]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_every_container_is_in_the_order_once(needs: list[tuple[int, int]]) -> None:
    details = [
        detail(str(number), number, takes=tuple(str(to) for of, to in needs if of == number and to < of))
        for number in range(8)
    ]
    order = names(stop_order(details))
    assert sorted(order) == [str(number) for number in range(8)]
    assert all(order.index(str(of)) < order.index(str(to)) for of, to in needs if to < of)
