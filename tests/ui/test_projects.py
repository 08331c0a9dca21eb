"""Lists by projects: headings, folds, marks, sums."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from voltui.model.container import Container
from voltui.model.inventory import EngineInfo, Inventory
from voltui.model.mount import Mount, MountKind
from voltui.model.sizes import Sizes, VolumeSize
from voltui.model.volume import Volume
from voltui.ui.glyphs import glyphs
from voltui.ui.groups import is_heading, key_of
from voltui.ui.pane import Pane
from voltui.ui.spans import plain
from voltui.ui.state import State
from voltui.ui.views.containers import ContainersView
from voltui.ui.views.volumes import VolumesView

SHOP, BLOG, NONE = key_of("shop"), key_of("blog"), key_of("")
MEASURED = datetime(2026, 1, 1, tzinfo=UTC)


def of(project: str, label: str = "com.docker.compose.project") -> dict[str, str]:
    return {label: project}


def state() -> State:
    volumes = [
        Volume("shop_data", labels=of("shop")),
        Volume("shop_media", labels=of("shop")),
        Volume("alone"),
        Volume("blog_db", labels=of("blog", "com.docker.stack.namespace")),
    ]
    mounts = (Mount(MountKind.VOLUME, "shop_data", "/data", read_only=False),)
    containers = [
        Container("1", "web", "nginx", "running", labels=of("shop"), mounts=mounts),
        Container("2", "night", "nginx", "exited", labels=of("shop"), mounts=mounts),
    ]
    sizes = {"shop_data": VolumeSize(3_000, MEASURED, 0.1), "blog_db": VolumeSize(5_000, MEASURED, 0.1)}
    inventory = Inventory.of(EngineInfo("id", "host", "Docker", "28", "1.47"), volumes, containers)
    return State("unix:///x", inventory=inventory, sizes=Sizes(sizes))


def grouped() -> Pane:
    made = Pane(VolumesView())
    made.group(state(), "")
    return made


def texts(pane: Pane, key: str) -> list[str]:
    return [plain(cell).strip() for cell in pane.cells(state(), key)]


def test_projects_and_stacks_are_folded_at_first_and_what_is_of_none_comes_last() -> None:
    pane, now = grouped(), state()
    assert pane.visible(now) == [BLOG, SHOP, NONE]
    assert pane.fold(SHOP, open_=True)
    assert pane.visible(now) == [BLOG, SHOP, "shop_data", "shop_media", NONE]
    assert plain(pane.cells(now, "shop_data")[0]) == "  shop_data"
    assert not pane.fold(SHOP, open_=True)
    assert pane.fold(pane.project_of(now, "shop_media"), open_=False)
    assert pane.visible(now) == [BLOG, SHOP, NONE]


def test_a_heading_tells_what_its_rows_come_to() -> None:
    pane = grouped()
    pane.visible(state())
    assert texts(pane, SHOP) == [
        f"{glyphs().folded} shop  2",
        ">3 kB",
        f"{glyphs().bar * 2}     38 %",
        f"{glyphs().running} 1 up  {glyphs().stopped} 1",
        "never",
        "local",
    ]
    assert texts(pane, NONE) == [f"{glyphs().folded} no project  1", "-", "", "unused", "never", "local"]
    detail = "\n".join(map(plain, pane.detail(state(), SHOP, 80)))
    assert "2, 1 unused   folded" in detail
    assert "3 kB in all, 1 volume not measured" in detail
    assert "night and web" in detail
    assert "shop_data and shop_media" in detail


def test_a_heading_of_containers_tells_how_many_are_up() -> None:
    pane = Pane(ContainersView())
    pane.group(state(), "")
    assert pane.visible(state()) == [SHOP]
    assert texts(pane, SHOP) == [f"{glyphs().folded} shop  2", "1 volume", "nginx", "1/2 up"]


def test_projects_go_by_what_their_rows_come_to_and_rows_keep_the_order_within() -> None:
    pane, now = grouped(), state()
    pane.fold(SHOP, open_=True) if pane.visible(now) else None
    pane.orders.take("size")
    assert pane.visible(now) == [BLOG, SHOP, "shop_data", "shop_media", NONE]
    pane.orders.take("users")
    assert pane.visible(now) == [SHOP, "shop_data", "shop_media", BLOG, NONE]


def test_a_filter_opens_the_projects_that_have_a_match() -> None:
    pane, now = grouped(), state()
    pane.filter = "media"
    assert pane.visible(now) == [SHOP, "shop_media"]
    assert texts(pane, SHOP)[0] == f"{glyphs().opened} shop  1"
    assert pane.fold(SHOP, open_=False)
    assert pane.visible(now) == [SHOP]
    pane.filter = ""
    assert pane.visible(now) == [BLOG, SHOP, NONE]
    pane.filter = "data"
    assert pane.visible(now) == [SHOP, "shop_data"]


def test_a_mark_on_a_heading_is_on_its_rows_and_what_is_folded_is_acted_on() -> None:
    pane, now = grouped(), state()
    pane.visible(now)
    assert pane.chosen(now, SHOP) == ["shop_data", "shop_media"]
    pane.toggle(SHOP)
    assert pane.marked == {"shop_data", "shop_media"}
    assert SHOP in pane.shown_marks
    assert pane.chosen(now, "alone") == ["shop_data", "shop_media"]
    pane.toggle("shop_data")
    assert SHOP not in pane.shown_marks
    assert texts(pane, SHOP)[0] == f"{glyphs().folded} shop  1 of 2"


def test_the_cursor_stays_in_its_project_when_the_list_is_grouped_and_back() -> None:
    pane, now = Pane(VolumesView()), state()
    assert pane.group(now, "shop_media") == SHOP
    assert not [key for key in pane.visible(now) if not is_heading(key)]
    assert pane.group(now, SHOP) == "shop_data"
    assert pane.visible(now) == ["alone", "blog_db", "shop_data", "shop_media"]


def test_headings_follow_what_changes() -> None:
    pane, now = grouped(), state()
    pane.visible(now)
    assert now.inventory is not None
    later = replace(now, inventory=now.inventory.without_volume("blog_db").with_volume(Volume("new")))
    assert pane.visible(later) == [SHOP, NONE]
    assert plain(pane.cells(later, NONE)[0]) == f"{glyphs().folded} no project  2"
