"""What a share does to a container, told before: without an engine."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from voltui.engine.endpoint import Endpoint
from voltui.jobs.common import Common, TransportChoice
from voltui.jobs.sharing import taker_of
from voltui.jobs.volume_plans import Share, SharePlan
from voltui.model.container import Container, ContainerDetail
from voltui.model.mount import Mount, MountKind
from voltui.model.shared import SHARED_LABEL, Given, given, label_of


def detail(name: str, *volumes_from: str) -> ContainerDetail:
    container = Container(f"{name}-id", name, "image", "running")
    return ContainerDetail(container, volumes_from, auto_remove=False, started=None)


def test_who_takes_its_mounts_from_a_container_is_told_to_keep_the_old_ones(tmp_path: Path) -> None:
    common = Common(Endpoint("unix:///no"), str(tmp_path), TransportChoice.AUTO)
    plan = SharePlan(common, (Share("media", "/media"),), "media-data", ("web",))
    details = {one.container.id: one for one in (detail("web"), detail("report", "web"), detail("other"))}
    told = taker_of(details, details["web-id"], plan).notices
    assert "report took the mounts of web and will not get these, until made anew." in told
    assert not any("took the mounts" in one for one in taker_of(details, details["other-id"], plan).notices)


def test_a_label_tells_only_what_the_container_has() -> None:
    web = replace(
        detail("web").container, mounts=(Mount(MountKind.VOLUME, "media", "/media/", read_only=False),), labels={}
    )
    there, gone = Given("/media", "media"), Given("/other", "other", "data")
    assert given(replace(web, labels={SHARED_LABEL: label_of([there, gone])})) == (there,)
    for unreadable in ("", "{", '{"at": 1}', "[1]"):
        assert given(replace(web, labels={SHARED_LABEL: unreadable})) == ()
    assert label_of([]) == ""
