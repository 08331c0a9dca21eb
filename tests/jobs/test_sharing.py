"""Sharing: containers made anew with more mounts and all else as it was, data containers, and the way back."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.conftest import Lab, program, until
from voltui.engine.helper import IMAGE, ensure_image, tool_folders
from voltui.jobs.submit import submit
from voltui.jobs.volume_plans import Share, SharePlan, UnsharePlan
from voltui.model.mount import MountKind

pytestmark = pytest.mark.engine
_SLEEP = "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"
_MEDIA = (Share("media", "/volumes/media"),)
_NETWORKS = {"voltui-test-front": "10.213.7.0/24", "voltui-test-back": "10.213.8.0/24"}

_MAY_DIFFER = {
    "Id", "Created", "Name", "ResolvConfPath", "HostnamePath", "HostsPath", "LogPath", "GraphDriver.*",
    "State.Pid", "State.StartedAt", "State.FinishedAt", "State.Health.*", "Config.Hostname",
    "NetworkSettings.SandboxID", "NetworkSettings.SandboxKey", "NetworkSettings.Networks.*.EndpointID",
    "NetworkSettings.Networks.*.Aliases[*]",  # one is the id's beginning
    "NetworkSettings.Networks.*.IPAddress", "NetworkSettings.Networks.*.MacAddress",
    "NetworkSettings.Ports.*",  # published wherever there is room
    "Mounts[*]", "HostConfig.VolumesFrom[*]", "HostConfig.Binds[*]", "HostConfig.Mounts[0].Source",
    "Config.Labels.voltui.shared",
}  # fmt: skip
"""Every field that may be another one in a container made anew. What these hold is checked one by one below."""


def fields(value: Any, path: str = "") -> dict[str, Any]:
    """Every field of an inspect by its path."""
    if isinstance(value, Mapping) and value:
        return {key: leaf for name, one in value.items() for key, leaf in fields(one, f"{path}.{name}").items()}
    if isinstance(value, list) and value:
        pairs = enumerate(value)
        return {key: leaf for number, one in pairs for key, leaf in fields(one, f"{path}[{number}]").items()}
    return {path.lstrip("."): value}


def may_differ(path: str) -> bool:
    return any(_matches(path, pattern) for pattern in _MAY_DIFFER)


def _matches(path: str, pattern: str) -> bool:
    expression = re.escape(pattern).replace(r"\[\*\]", r"\[\d+\].*").replace(r"\.\*\.", r"\..+\.").replace(r"\*", ".*")
    return re.fullmatch(expression, path) is not None


async def inspect(lab: Lab, name: str) -> dict[str, Any]:
    found: dict[str, Any] = await lab.engine.connection.call("inspect", lambda api: api.inspect_container(name))
    return found


@pytest.fixture
async def networks(lab: Lab) -> AsyncIterator[None]:
    call = lab.engine.connection.call

    async def make(name: str, subnet: str) -> None:
        ipam = {"Config": [{"Subnet": subnet}]}
        await call("make a network", lambda api: api.create_network(name, driver="bridge", ipam=ipam))

    async def remove(name: str) -> None:
        await call("remove a network", lambda api: api.remove_network(name))

    for name, subnet in _NETWORKS.items():
        await make(name, subnet)
    yield
    for container in await lab.engine.containers():
        await lab.engine.remove_container(container.id)
    for name in _NETWORKS:
        await remove(name)


@pytest.fixture
async def image(lab: Lab) -> AsyncIterator[str]:
    """An image that says much itself: what comes from it must not become the container's own."""
    changes = [
        "ENV FROM_IMAGE=1", "ENV BOTH=image", "LABEL of=image", "VOLUME /cache", "EXPOSE 81", "WORKDIR /tmp",
        'CMD ["sh", "-c", "exit 3"]',
    ]  # fmt: skip
    await lab.engine.connection.call(
        "import", lambda api: api.import_image_from_data(bytes(1024), "voltui-test", "rich", changes=changes)
    )
    yield "voltui-test:rich"
    for container in await lab.engine.containers():
        await lab.engine.remove_container(container.id)
    await lab.engine.connection.call("remove", lambda api: api.remove_image("voltui-test:rich"))


async def a_rich_container(lab: Lab, image: str) -> None:
    """One that uses as much of ``docker run`` as a sandbox can."""
    await lab.volume("own")
    giver = {"Image": IMAGE, "Cmd": ["-"], "HostConfig": {"NetworkMode": "none", "Binds": ["own:/given"]}}
    config = {
        "Image": image,
        "Cmd": ["sh", "-c", _SLEEP],
        "Env": ["BOTH=container", "MINE=1"],
        "Labels": {"mine": "yes"},
        "User": "0:0",
        "StopTimeout": 2,
        "Domainname": "example.test",
        "MacAddress": "02:42:0a:d5:07:99",
        "ExposedPorts": {"80/tcp": {}},
        "Volumes": {"/anonymous": {}},
        "Healthcheck": {"Test": ["CMD-SHELL", "true"], "Interval": 1_000_000_000, "Retries": 3},
        "HostConfig": {
            "Binds": [*(f"{folder}:{folder}:ro" for folder in tool_folders()), "own:/own:ro"],
            "Mounts": [{"Type": "volume", "Target": "/unnamed"}, {"Type": "tmpfs", "Target": "/fast"}],
            "VolumesFrom": ["giver:ro"],
            "NetworkMode": "voltui-test-front",
            "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]},
            "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 5},
            "CapAdd": ["NET_ADMIN"],
            "CapDrop": ["MKNOD"],
            "CpuShares": 512,
            "DeviceCgroupRules": ["c 1:5 r"],
            "Devices": [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/nothing", "CgroupPermissions": "r"}],
            "Dns": ["192.0.2.1"],
            "DnsSearch": ["example.test"],
            "ReadonlyRootfs": True,
            "ExtraHosts": ["other:192.0.2.2"],
            "GroupAdd": ["7"],
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}},
            "Memory": 256 << 20,
            "OomScoreAdj": 100,
            "PidsLimit": 99,
            "SecurityOpt": ["no-new-privileges"],
            "ShmSize": 32 << 20,
            "Sysctls": {"net.ipv4.ip_unprivileged_port_start": "80"},
            "Tmpfs": {"/scratch": "size=1m"},
            "Ulimits": [{"Name": "nofile", "Soft": 512, "Hard": 1024}],
        },
        "NetworkingConfig": {
            "EndpointsConfig": {
                "voltui-test-front": {"IPAMConfig": {"IPv4Address": "10.213.7.7"}, "Aliases": ["shop", "web.test"]}
            }
        },
    }
    connection = lab.engine.connection
    await connection.call("make", lambda api: api.create_container_from_config(giver, "giver"))
    await connection.call("make", lambda api: api.create_container_from_config(config, "rich"))
    await connection.call(
        "join", lambda api: api.connect_container_to_network("rich", "voltui-test-back", aliases=["b"])
    )
    await lab.engine.start("rich")


async def test_a_container_made_anew_is_the_old_one_but_for_the_mounts(lab: Lab, networks: None, image: str) -> None:
    await ensure_image(lab.engine.connection)
    (await lab.volume("media")).joinpath("picture").write_text("data")
    await a_rich_container(lab, image)
    before = await inspect(lab, "rich")
    anonymous = {one["Destination"]: one["Name"] for one in before["Mounts"] if len(one.get("Name") or "") == 64}
    assert set(anonymous) == {"/anonymous", "/cache", "/unnamed"}

    outcome = await lab.run(SharePlan(lab.common(), _MEDIA, "media-data", ("rich",), read_only=True))
    assert outcome.ending == "done", outcome
    assert outcome.warnings == (), "nothing is said to differ"
    after = await inspect(lab, "rich")

    old, new = fields(before), fields(after)
    differing = {path for path in old.keys() | new.keys() if old.get(path, ...) != new.get(path, ...)}
    assert {path: (old.get(path), new.get(path)) for path in differing if not may_differ(path)} == {}
    assert after["Id"] != before["Id"]
    assert after["Name"] == "/rich"
    assert after["HostConfig"]["VolumesFrom"] == ["giver:ro", "media-data:ro"]
    assert json.loads(after["Config"]["Labels"]["voltui.shared"]) == [
        {"at": "/volumes/media", "volume": "media", "data": "media-data"}
    ]
    gained = ["/volumes/media"]
    places = {one["Destination"]: (one.get("Name"), one["RW"], one["Type"]) for one in after["Mounts"]}
    assert places.pop(*gained) == ("media", False, "volume")
    assert places == {one["Destination"]: (one.get("Name"), one["RW"], one["Type"]) for one in before["Mounts"]}
    assert after["Config"]["Hostname"] == after["Id"][:12], "the host name was the engine's, and is again"
    for name, address, aliases in (("front", "10.213.7.7", {"shop", "web.test"}), ("back", None, {"b"})):
        network = after["NetworkSettings"]["Networks"][f"voltui-test-{name}"]
        assert set(network["Aliases"]) - {after["Id"][:12]} == aliases
        assert address in (None, network["IPAddress"])
    assert after["NetworkSettings"]["Networks"]["voltui-test-front"]["MacAddress"] == "02:42:0a:d5:07:99"
    assert after["State"]["Health"]["Status"] == "healthy", "a container with a check is waited for"

    back = await lab.run(UnsharePlan(lab.common(), "media-data", ("rich",)))
    assert (back.ending, back.warnings) == ("done", ()), back
    again = fields(await inspect(lab, "rich"))
    assert {path for path in old if old[path] != again.get(path, ...) and not may_differ(path)} == set()
    assert "Config.Labels.voltui.shared" not in again
    assert (await inspect(lab, "rich"))["HostConfig"]["VolumesFrom"] == ["giver:ro"]


async def test_a_new_container_that_does_not_live_gives_way_to_the_old_one(lab: Lab) -> None:
    await lab.volume("media")
    script = "[ ! -e /volumes/media ] || { echo no room >&2; exit 7; }; " + _SLEEP
    old = await lab.container("web", [], script)
    outcome = await lab.run(SharePlan(lab.common(), _MEDIA, "media-data", ("web",)))
    assert outcome.ending == "failed"
    assert "web ended at once with status 7: it said no room" in outcome.sentence
    found = {one.name: (one.id, one.state) for one in await lab.engine.containers()}
    assert found == {"web": (old, "running")}, "the old container runs, and the data container is gone"


async def test_where_one_of_several_takers_fails_none_has_changed(lab: Lab) -> None:
    await lab.volume("media")
    good = await lab.container("good", [])
    bad = await lab.container("bad", [], "[ ! -e /volumes/media ] || exit 7; " + _SLEEP)
    outcome = await lab.run(SharePlan(lab.common(), _MEDIA, "media-data", ("good", "bad")))
    assert outcome.ending == "failed"
    found = {one.name: (one.id, one.state) for one in await lab.engine.containers()}
    assert found == {"good": (good, "running"), "bad": (bad, "running")}


async def test_a_stopped_container_stays_stopped(lab: Lab) -> None:
    await lab.volume("media")
    await lab.container("web", [])
    await lab.engine.stop("web")
    assert (await lab.run(SharePlan(lab.common(), _MEDIA, "", ("web",)))).ending == "done"
    detail = await lab.engine.container("web")
    assert detail.container.state == "created"
    assert ("media", "/volumes/media") in {(one.source, one.destination) for one in detail.container.mounts}
    assert (await lab.run(UnsharePlan(lab.common(), "media", ("web",)))).ending == "done"
    assert "media" not in {one.source for one in (await lab.engine.container("web")).container.mounts}


async def test_only_what_a_share_gave_is_taken_back(lab: Lab) -> None:
    for name in ("media", "other"):
        await lab.volume(name)
    web = await lab.container("web", ["media:/own", "other:/other"])
    own = await lab.run(UnsharePlan(lab.common(), "media", ("web",)))
    assert own.sentence == "web mounts media of its own: no share gave it, so none is taken back."
    assert (await lab.engine.container("web")).container.id == web

    shares = (Share("media", "/volumes/media"), Share("other", "/volumes/other"))
    assert (await lab.run(SharePlan(lab.common(), shares, "", ("web",)))).ending == "done"
    twice = await lab.run(UnsharePlan(lab.common(), "media", ("web", web[:12], "web")))
    assert twice.ending == "failed"
    assert (await lab.run(UnsharePlan(lab.common(), "media", ("web",)))).ending == "done"

    async def places() -> set[str]:
        mounts = (await lab.engine.container("web")).container.mounts
        return {mount.destination for mount in mounts if mount.kind is MountKind.VOLUME}

    assert await places() == {"/own", "/other", "/volumes/other"}, "what it had itself stays"
    assert (await lab.run(UnsharePlan(lab.common(), "other", ("web",)))).ending == "done"
    assert await places() == {"/own", "/other"}
    assert "voltui.shared" not in (await lab.engine.container("web")).container.labels


async def test_what_a_container_has_written_itself_is_not_lost_unasked(lab: Lab) -> None:
    await lab.volume("media")
    await lab.container("web", [], "mkdir /own; echo precious > /own/file; touch /ready; " + _SLEEP)

    async def written() -> bool:
        return "/ready" in await lab.engine.written("web")

    await until(written, "the file")
    refused = await lab.run(SharePlan(lab.common(), _MEDIA, "media-data", ("web",)))
    assert refused.ending == "failed"
    assert "2 paths outside of its mounts, which are lost: /own/file and /ready" in refused.sentence
    assert await lab.state_of("web") == "running"

    shares = (Share("saved", "/own"),)
    saved = await lab.run(SharePlan(lab.common(), shares, "", ("web",), lose=True, copy_from="web:/own"))
    assert saved.ending == "done", saved
    assert (await lab.mountpoint("saved") / "file").read_text() == "precious\n"
    assert ("saved", "/own") in {
        (m.source, m.destination) for m in (await lab.engine.container("web")).container.mounts
    }
    tags = await lab.engine.connection.call(
        "list", lambda api: [tag for one in api.images() for tag in one["RepoTags"]]
    )
    assert not [tag for tag in tags if tag.startswith("voltui-copy")], "the image that held the files is gone"


async def test_who_must_not_be_made_anew_is_refused_with_the_reason(lab: Lab) -> None:
    await lab.volume("media")
    await lab.container("fleeting", [], AutoRemove=True)
    await lab.container("task", [], labels={"com.docker.swarm.task.id": "x"})
    net = await lab.container("net", [])
    await lab.container("friend", [], NetworkMode=f"container:{net}")
    await lab.container("has", ["media:/volumes/media"])
    await lab.container("other", [f"{lab.files}:/volumes/media"])
    reasons = {
        "fleeting": "started with --rm",
        "task": "is a Swarm task",
        "net": "friend depends on just this container net",
        "has": "has mounts media at /volumes/media already",
        "other": "has something else mounted at /volumes/media",
        "nobody": "There is no container nobody",
    }
    before = {one.id for one in await lab.engine.containers()}
    for name, reason in reasons.items():
        outcome = await lab.run(SharePlan(lab.common(), _MEDIA, "media-data", (name,)))
        assert outcome.ending == "failed"
        assert reason in outcome.sentence
    assert {one.id for one in await lab.engine.containers()} == before


async def test_a_data_container_is_made_once_and_removed_without_its_volumes(lab: Lab) -> None:
    await lab.volume("media")
    for _ in range(2):
        assert (await lab.run(SharePlan(lab.common(), _MEDIA, "media-data"))).ending == "done"
    data = (await lab.engine.container("media-data")).container
    assert (data.state, data.data_container) == ("created", True)
    other = await lab.run(SharePlan(lab.common(), (Share("media", "/elsewhere"),), "media-data"))
    assert "exists already and does not hold media at /elsewhere" in other.sentence
    assert (await lab.run(UnsharePlan(lab.common(), "media-data"))).ending == "done"
    assert await lab.engine.containers() == []
    assert await lab.engine.volume_exists("media")


async def test_a_worker_is_not_removed_as_if_it_were_a_data_container(lab: Lab) -> None:
    await lab.container("web", [])
    outcome = await lab.run(UnsharePlan(lab.common(), "web"))
    assert "web was not made by `voltui share`" in outcome.sentence
    assert await lab.state_of("web") == "running"


async def test_a_new_container_of_a_local_image_takes_the_data(lab: Lab) -> None:
    (await lab.volume("media")).joinpath("picture").write_text("data")
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.add(program("busybox", "busybox-static"), "bin/sh")
    connection = lab.engine.connection
    await connection.call("import", lambda api: api.import_image_from_data(content.getvalue(), "voltui-test", "shell"))
    try:
        script = "[ -e /volumes/media/picture ] && " + _SLEEP
        plan = SharePlan(
            lab.common(), _MEDIA, "data", image="voltui-test:shell", name="new", command=("sh", "-c", script)
        )
        outcome = await lab.run(plan)
        assert outcome.ending == "done", outcome
        assert await lab.state_of("new") == "running"
        await lab.engine.remove_container("new")
    finally:
        await connection.call("remove", lambda api: api.remove_image("voltui-test:shell", force=True))


async def test_a_new_container_that_does_not_start_leaves_nothing(lab: Lab) -> None:
    await lab.volume("media")
    await ensure_image(lab.engine.connection)
    for image, command in ((IMAGE, ("no-such-program",)), ("no/such:image", ())):
        outcome = await lab.run(SharePlan(lab.common(), _MEDIA, "data", image=image, name="new", command=command))
        assert json.dumps(outcome.error).count(command[0] if command else image)
        assert await lab.engine.containers() == []


async def test_anonymous_volumes_keep_their_data_however_their_place_is_written(lab: Lab) -> None:
    await lab.volume("media")
    await ensure_image(lab.engine.connection)
    config = {
        "Image": IMAGE,
        "Cmd": ["-"],
        "Volumes": {"/anon/": {}},
        "HostConfig": {"NetworkMode": "none", "Mounts": [{"Type": "volume", "Target": "/unnamed/"}]},
    }
    await lab.engine.connection.call("make", lambda api: api.create_container_from_config(config, "odd"))
    before = {one.destination: one.source for one in (await lab.engine.container("odd")).container.mounts}
    outcome = await lab.run(SharePlan(lab.common(), _MEDIA, "", ("odd",)))
    assert outcome.ending == "done", outcome
    after = {one.destination: one.source for one in (await lab.engine.container("odd")).container.mounts}
    assert after == {**before, "/volumes/media": "media"}


async def test_other_data_than_before_is_noticed_before_a_container_starts_on_it(lab: Lab) -> None:
    for name in ("media", "first", "second"):
        await lab.volume(name)
    share = SharePlan(lab.common(), (Share("first", "/data"),), "giver")
    assert (await lab.run(share)).ending == "done"
    taker = await lab.container("taker", [], VolumesFrom=["giver"])
    assert (await lab.run(UnsharePlan(lab.common(), "giver"))).ending == "done"
    again = SharePlan(lab.common(), (Share("second", "/data"),), "giver")
    assert (await lab.run(again)).ending == "done"
    outcome = await lab.run(SharePlan(lab.common(), _MEDIA, "media-data", ("taker",)))
    assert "taker made anew would have second at /data, not first" in outcome.sentence
    assert (await lab.engine.container("taker")).container.id == taker
    assert await lab.state_of("taker") == "running"


async def test_an_ordinary_container_is_never_removed_as_a_data_container(lab: Lab) -> None:
    await lab.volume("prodvol")
    await ensure_image(lab.engine.connection)
    config = {"Image": IMAGE, "Cmd": ["-"], "HostConfig": {"NetworkMode": "none", "Binds": ["prodvol:/data"]}}
    await lab.engine.connection.call("make", lambda api: api.create_container_from_config(config, "prod"))
    outcome = await lab.run(UnsharePlan(lab.common(), "prod"))
    assert "prod was not made by `voltui share`" in outcome.sentence
    assert await lab.state_of("prod") == "created"


async def test_where_the_old_container_was_removed_meanwhile_the_new_one_stays(lab: Lab) -> None:
    await lab.volume("media")
    await ensure_image(lab.engine.connection)
    tools = [f"{folder}:{folder}:ro" for folder in tool_folders()]
    config = {
        "Image": IMAGE,
        "Cmd": ["sh", "-c", _SLEEP],
        "Healthcheck": {"Test": ["CMD-SHELL", "[ ! -e /volumes/media ]"], "Interval": 200_000_000, "Retries": 1_000},
        "HostConfig": {"Binds": tools, "NetworkMode": "none"},
    }
    await lab.engine.connection.call("make", lambda api: api.create_container_from_config(config, "web"))
    await lab.engine.start("web")
    job = submit(SharePlan(lab.common(), _MEDIA, "media-data", ("web",)), lab.state)

    async def waits() -> bool:
        states = {one.name: one.state for one in await lab.engine.containers()}
        return states.get("web") == "running" and any(".voltui-old-" in name for name in states)

    await until(waits, "the new container")
    old = next(one for one in await lab.engine.containers() if ".voltui-old-" in one.name)
    await lab.engine.remove_container(old.id)
    job.ask_to_cancel()
    outcome = await lab.ended(job)
    assert outcome.ending == "cancelled"
    assert outcome.error is not None
    assert "The old web was removed meanwhile, so the new one stays" in outcome.error["hint"]
    assert await lab.state_of("web") == "running"


async def test_a_container_in_a_network_that_is_gone_is_refused_before_another_is_stopped(lab: Lab) -> None:
    await lab.volume("media")
    web = await lab.container("web", [])
    call = lab.engine.connection.call
    await call("make", lambda api: api.create_network("voltui-test-gone"))
    config = {"Image": IMAGE, "Cmd": ["-"], "HostConfig": {"NetworkMode": "voltui-test-gone"}}
    await call("make", lambda api: api.create_container_from_config(config, "alone"))
    await call("remove", lambda api: api.remove_network("voltui-test-gone"))
    outcome = await lab.run(SharePlan(lab.common(), _MEDIA, "media-data", ("web", "alone")))
    assert outcome.sentence == "alone is in the network voltui-test-gone, which there is no more."
    assert (await lab.engine.container("web")).container.id == web
    assert {one.name for one in await lab.engine.containers()} == {"web", "alone"}


async def test_a_volume_that_cannot_be_mounted_is_refused_before_a_container_is_stopped_for_it(lab: Lab) -> None:
    await lab.volume("broken", type="none", o="bind", device="/no/such/directory")
    web = await lab.container("web", [])
    outcome = await lab.run(SharePlan(lab.common(), (Share("broken", "/data"),), "broken-data", ("web",)))
    assert outcome.sentence.startswith("A container can't mount the volume broken: ")
    assert [(one.id, one.state) for one in await lab.engine.containers()] == [(web, "running")]


async def test_what_was_given_is_taken_back_when_the_data_container_is_gone(lab: Lab) -> None:
    await lab.volume("media")
    await lab.container("web", [])
    shared = await lab.run(SharePlan(lab.common(), _MEDIA, "media-data", ("web",)))
    assert shared.sentence == "Shared media with web."
    assert (await lab.run(UnsharePlan(lab.common(), "media-data"))).ending == "done"
    back = await lab.run(UnsharePlan(lab.common(), "media-data", ("web",)))
    assert back.ending == "done", back
    detail = await lab.engine.container("web")
    assert (detail.volumes_from, [one.source for one in detail.container.mounts if one.source == "media"]) == ((), [])


async def test_what_is_copied_is_all_that_the_container_wrote_until_it_was_stopped(lab: Lab) -> None:
    script = "trap 'exit 0' TERM; mkdir /w; n=0; while :; do n=$((n+1)); echo $n >>/w/n; sleep 0.05 & wait $!; done"
    await lab.container("counter", [], script)

    async def writes() -> bool:
        return "/w/n" in await lab.engine.written("counter")

    await until(writes, "the file")
    plan = SharePlan(lab.common(), (Share("saved", "/w"),), "", ("counter",), copy_from="counter:/w")
    outcome = await lab.run(plan)
    assert outcome.ending == "done", outcome
    lines = [int(line) for line in (await lab.mountpoint("saved") / "n").read_text().split()]
    copied = lines.index(1, 1) if 1 in lines[1:] else len(lines)
    assert lines[:copied] == list(range(1, copied + 1))
    assert lines[copied:] == list(range(1, len(lines) - copied + 1)), "the new one began anew, after the last number"
