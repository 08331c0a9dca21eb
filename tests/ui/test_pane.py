"""What a pane shows: filter, marks, columns."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from textual.geometry import Size

from voltui.model.container import Container
from voltui.model.filter import Facts
from voltui.model.inventory import EngineInfo, Inventory
from voltui.model.mount import Mount, MountKind
from voltui.model.volume import Volume
from voltui.ui import frame, glyphs
from voltui.ui.pane import Pane
from voltui.ui.spans import Span, difference, folded, line, plain
from voltui.ui.state import State
from voltui.ui.views.base import Column
from voltui.ui.views.graph import GraphView
from voltui.ui.views.volumes import VolumesView
from voltui.ui.widgets import strips
from voltui.ui.widgets.table import Rows, Table

ENGINE = EngineInfo("id", "host", "Docker", "28", "1.47")


def state() -> State:
    mount = Mount(MountKind.VOLUME, "data", "/data", read_only=False)
    inventory = Inventory.of(
        ENGINE,
        [Volume("data"), Volume("other", driver="nfs"), Volume("spare")],
        [Container("1", "web", "nginx", "running", mounts=(mount,))],
    )
    return State("unix:///x", inventory=inventory)


def pane(filtered: str) -> Pane:
    made = Pane(VolumesView())
    made.filter = filtered
    return made


def test_the_filter_finds_words_in_every_column() -> None:
    assert pane("web").visible(state()) == ["data"]
    assert pane("unused").visible(state()) == ["other", "spare"]
    assert pane("NFS never").visible(state()) == ["other"]
    assert pane("web nfs").visible(state()) == []


class Counting(VolumesView):
    """Keeps what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def facts(self, state: State, key: str) -> Facts:
        self.asked.append(key)
        return super().facts(state, key)


def test_the_filter_looks_again_at_those_rows_only_whose_data_have_changed() -> None:
    view, first = Counting(), state()
    shown = Pane(view)
    shown.filter = "unused"
    assert shown.visible(first) == ["other", "spare"]
    shown.filter = "unused local"
    assert shown.visible(first) == ["spare"]
    assert sorted(view.asked) == ["data", "other", "spare"]
    assert first.inventory is not None
    view.asked.clear()
    later = replace(first, inventory=first.inventory.without_volume("spare").with_volume(Volume("new")))
    assert shown.visible(later) == ["new"]
    assert later.inventory is not None
    gone = replace(later, inventory=later.inventory.without_container("1"))
    assert shown.visible(gone) == ["data", "new"]
    assert view.asked == ["new", "data"]


def test_terms_ask_for_facts_and_a_bad_one_is_told() -> None:
    assert pane("!unused driver=local").visible(state()) == ["data"]
    shown = pane("spare size>x")
    assert shown.visible(state()) == []
    assert shown.fault == "size needs a bound: size>1G or size<500k"
    told = " ".join(map(plain, frame.nothing_found(state(), shown, 80)))
    assert "size needs a bound: size>1G or size<500k." in told
    assert "Esc clears it" in told


def test_while_a_term_is_half_typed_the_list_stays_as_it_was() -> None:
    shown = pane("unused")
    shown.typing = True
    for typed in ("unused", "unused d", "unused driv", "unused driver=", "unused zz"):
        shown.filter = typed
        assert shown.visible(state()) == ([] if "zz" in typed else ["other", "spare"]), typed
    assert "0 of 3" in plain(frame.filter_note(shown))
    shown.filter = "unused driver="
    assert plain(frame.filter_note(shown)) == shown.fault
    shown.typing = False
    assert shown.visible(state()) == []


def test_what_comes_near_is_told_as_such_and_only_where_nothing_matches() -> None:
    shown = pane("sre")
    assert (shown.visible(state()), shown.near) == (["spare"], True)
    shown.filter = "spa"
    assert (shown.visible(state()), shown.near) == (["spare"], False)


def test_a_filter_is_prepared_in_pieces_and_what_was_there_stays_until_it_is() -> None:
    inventory = Inventory.of(ENGINE, [Volume(f"v{number:04}") for number in range(1_000)], [])
    many = State("unix:///x", inventory=inventory)
    view = Counting()
    shown = Pane(view)
    shown.filter = "v0007"
    assert len(shown.visible(many, 0.0)) == 1_000
    assert not shown.prepare(many, 0.0)
    assert shown.prepare(many)
    assert shown.visible(many, 0.0) == ["v0007"]
    shown.orders.next()
    assert shown.visible(many) == ["v0007"]
    assert len(view.asked) == 1_000


def test_marks_that_the_filter_hides_are_kept_but_not_acted_on() -> None:
    shown = pane("")
    shown.toggle("data")
    shown.filter = "spare"
    assert shown.chosen(state(), "spare") == [], "what is marked was meant, not what the cursor is on"
    shown.filter = ""
    assert shown.chosen(state(), "spare") == ["data"]


def test_a_folded_line_loses_nothing() -> None:
    lines = folded((Span("label "), Span("a" * 25, "dim")), 12, 6)
    assert [plain(line) for line in lines] == [
        "label aaaaaa",
        "      aaaaaa",
        "      aaaaaa",
        "      aaaaaa",
        "      a",
    ]
    assert all(span.style == "dim" for line in lines for span in line if "a" in span.text and span.text != "label ")


def test_a_filter_outlasts_another_way_of_grouping() -> None:
    view = GraphView()
    shown = Pane(view)
    shown.filter = "other"
    project = {"com.docker.compose.project": "shop"}
    mount = Mount(MountKind.VOLUME, "data", "/data", read_only=False)
    inventory = Inventory.of(
        ENGINE,
        [Volume("data"), Volume("other", labels=project)],
        [Container("1", "web", "nginx", "running", labels=project, mounts=(mount,))],
    )
    assert shown.visible(replace(state(), inventory=inventory)) == ["shop"]
    view.group_otherwise()
    assert shown.visible(replace(state(), inventory=inventory)) == ["volume other"]


def test_only_the_cells_between_the_first_and_the_last_that_differ_are_painted() -> None:
    before = line("backup data  ", Span("##", "accent"), Span("..", "dim"), " 50%")
    assert difference(before, before, 30) == (0, 0)
    assert difference(before, line("backup data  ", Span("###", "accent"), Span(".", "dim"), " 51%"), 30) == (15, 5)
    assert difference(before, line("backup data  ", Span("##..", "accent"), " 50%"), 30) == (15, 2)
    assert difference((), line("ab"), 30) == (0, 2)
    assert difference(line("a\u6f22b"), line("ax b"), 30) == (1, 2)
    assert difference(line("ax b"), line("a\u6f22b"), 30) == (1, 2)
    assert difference(line("ae\u0301b"), line("aeb"), 30) == (1, 1)


def test_the_groups_of_many_are_older_than_the_state_until_those_made_elsewhere_are_taken() -> None:
    view = GraphView()
    many = State("unix:///x", inventory=Inventory.of(ENGINE, [Volume(f"v{number}") for number in range(600)], []))
    assert view.behind(many)
    assert not view.keys(many)
    view.take(view.make(many))
    assert not view.behind(many)
    assert many.inventory is not None
    later = replace(many, inventory=many.inventory.without_volume("v7"))
    assert view.behind(later)
    assert "volume v7" in view.keys(later)
    view.take(view.make(later))
    assert "volume v7" not in view.keys(later)
    assert not view.behind(state())
    assert view.keys(state())


def test_a_terminal_without_utf_8_gets_no_other_bytes_and_lines_stay_as_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    names = line("café ", Span("宽.txt", "dim"))
    monkeypatch.setattr(glyphs, "glyphs", lambda: glyphs.UNICODE)
    assert strips.strip_of(names, 12).text == "café 宽.txt "
    monkeypatch.setattr(glyphs, "glyphs", lambda: glyphs.ASCII)
    assert strips.strip_of(names, 12).text == "caf? ??.txt "


def test_a_filter_gives_way_to_the_order_beside_it_until_too_little_of_it_is_left() -> None:
    signs = glyphs.glyphs()
    cut, rising = signs.ellipsis, signs.rising
    shown = pane("project=shop unused size>1G")
    assert plain(frame.tabs(shown, 120)).endswith(f"  /project=shop unused size>1G  0 of 0  sort name {rising} ")
    assert plain(frame.tabs(shown, 80)).endswith(f"5 Jobs /project=sh{cut}  sort name {rising} ")
    shown.grouped = True
    assert plain(frame.tabs(shown, 80)).endswith(f"5 Jobs /project=sh{cut}  sort name {rising} ")
    shown.filter = ""
    assert plain(frame.tabs(shown, 80)).endswith(f"by project, sort name {rising} ")
    shown.filter, shown.marked = "unused driver=nfs", frozenset(["other"])
    assert plain(frame.tabs(shown, 80)).endswith(f"0 of 1 marked  /unused {cut}  ")


def test_an_order_is_reversed_and_the_next_one_begins_its_own_way() -> None:
    shown = pane("")
    assert shown.visible(state()) == ["data", "other", "spare"]
    shown.orders.reverse()
    assert shown.visible(state()) == ["spare", "other", "data"]
    assert f"sort name {glyphs.glyphs().falling}" in plain(frame.tabs(shown, 80))
    assert shown.orders.reversed
    shown.orders.take("name")
    assert shown.visible(state()) == ["data", "other", "spare"], "what it is in already is reversed"
    shown.orders.reverse()
    shown.orders.next()
    assert not shown.orders.reversed


def test_the_header_cuts_where_the_engine_is_before_what_it_has_and_names_in_the_middle() -> None:
    named = replace(ENGINE, name="ip-10-0-0-1.eu-west-1.compute.internal")
    inventory = Inventory.of(named, [Volume("data")], [Container("1", "web", "nginx", "running")])
    shown = State("unix:///x", inventory=inventory, place="/home/somebody/with/a/long/path/docker.sock")
    wide, usual, narrow = (plain(frame.header(shown, width)).rstrip() for width in (160, 80, 60))
    assert wide.endswith("Docker 28 · 1 volume · 1 container, 1 up".replace("·", glyphs.glyphs().dot))
    assert usual.endswith("1 volume")
    assert usual.startswith(" VolTUI  ip-10-0-0-1.eu-west-1.compute.internal /home/")
    assert narrow.endswith("1 volume")
    assert all(len(one) <= width for one, width in ((usual, 80), (narrow, 60)))


def test_a_column_that_is_left_out_is_no_more_there_where_others_have_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = (
        Column("NAME", share=4),
        Column("SIZE", width=9),
        Column("SHARE", width=11, spare=2),
        Column("DRIVER", width=11, spare=1, left_out=True),
    )
    for width, shown in ((80, [True, True, True, False]), (30, [True, True, False, False])):
        monkeypatch.setattr(Table, "size", Size(width, 9))
        table = Table(id="table")
        table._rows = Rows(columns)
        table._measure()
        assert [bool(cells) for cells in table._widths] == shown


def test_the_driver_has_a_column_only_where_volumes_differ_in_it() -> None:
    view, engine = VolumesView(), EngineInfo("id", "host", "Docker", "28", "1.51")

    def shown(*volumes: Volume) -> list[str]:
        columns = view.columns_of(State("local", inventory=Inventory.of(engine, volumes, ())))
        return [column.label for column in columns if not column.left_out]

    usual = Volume("one"), Volume("two")
    assert "DRIVER" not in shown(*usual)
    assert "DRIVER" in shown(*usual, Volume("three", "rclone"))
    assert "DRIVER" in shown(*usual, Volume("three", options={"type": "nfs"}))
