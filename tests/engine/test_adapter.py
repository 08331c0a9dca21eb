"""The adapter on a real engine: listing, volumes, events, helpers, the proof of the bridge."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import Lab, until
from voltui.engine import helper
from voltui.engine.adapter import Engine
from voltui.engine.bridge import Bridge, BridgeUnavailable
from voltui.engine.connection import Connection
from voltui.engine.endpoint import Endpoint
from voltui.engine.events import Change, Events
from voltui.engine.helper import READ_CAPABILITIES, HelperSpec
from voltui.model.errors import Failed, NoEngine, NotFound, Refused
from voltui.model.inventory import EngineInfo
from voltui.model.mount import MountKind
from voltui.model.source import Source

pytestmark = pytest.mark.engine


async def test_volumes_and_containers_with_their_mounts(lab: Lab, tmp_path: Path) -> None:
    await lab.engine.create_volume("data", "local", {}, {"a": "b"})
    await lab.container("app", ["data:/data:ro", f"{tmp_path}:/host"], Tmpfs={"/scratch": ""})
    await lab.container("second", [], VolumesFrom=["app:ro"])
    inventory = await lab.engine.inventory()
    assert inventory.volumes["data"].labels == {"a": "b"}
    assert [use.container.name for use in inventory.uses("data")] == ["app", "second"]
    app = inventory.uses("data")[0].container
    data = [(mount.kind, mount.source, mount.destination, mount.read_only) for mount in app.mounts]
    assert (MountKind.VOLUME, "data", "/data", True) in data
    assert (MountKind.BIND, str(tmp_path), "/host", False) in data
    detail = await lab.engine.container("second")
    assert detail.volumes_from == ("app",)
    assert not detail.auto_remove


def test_who_answers_can_be_asked_before_there_is_a_loop(sandbox_host: str) -> None:
    engine = Engine(Endpoint(sandbox_host))
    engine.ask_ahead()

    async def both() -> tuple[EngineInfo, EngineInfo]:
        return await engine.info(), await Engine(Endpoint(sandbox_host)).info()

    ahead, later = asyncio.run(both())
    assert ahead == later
    engine.close()


def test_an_engine_that_could_not_say_ahead_who_it_is_is_asked_again(sandbox_host: str, tmp_path: Path) -> None:
    socket_path = tmp_path / "late.sock"
    engine = Engine(Endpoint(f"unix://{socket_path}"))
    engine.ask_ahead()

    async def twice() -> EngineInfo:
        with pytest.raises(NoEngine, match=r"late\.sock can't be reached"):
            await engine.info()
        socket_path.symlink_to(sandbox_host.removeprefix("unix://"))
        return await engine.info()

    assert asyncio.run(twice()).version
    engine.close()


async def test_what_is_not_there_is_not_found(lab: Lab) -> None:
    with pytest.raises(NotFound, match="no volume nothing"):
        await lab.engine.volume("nothing")
    with pytest.raises(NotFound, match="no container nothing"):
        await lab.engine.container("nothing")


async def test_a_volume_in_use_is_not_removed(lab: Lab) -> None:
    await lab.volume("data")
    await lab.container("app", ["data:/data"])
    with pytest.raises(Refused, match="in use"):
        await lab.engine.remove_volume("data")


async def test_a_volume_that_exists_is_not_created_again(lab: Lab) -> None:
    await lab.volume("data")
    with pytest.raises(Refused, match="exists already"):
        await lab.engine.create_volume("data")


async def test_a_helper_never_makes_a_volume(lab: Lab) -> None:
    """An engine asked to mount a volume that is missing makes one: it must not stay."""
    with pytest.raises(NotFound, match="any more"):
        await helper.create(lab.engine.connection, HelperSpec("h-phantom", Source("volume", "gone"), False, {}))
    assert await lab.engine.volumes() == []
    assert await lab.engine.containers() == []


async def test_helpers_have_no_network_and_few_rights(lab: Lab) -> None:
    await lab.volume("data")
    spec = HelperSpec("h-rights", Source("volume", "data"), False, {}, READ_CAPABILITIES)
    created = await helper.create(lab.engine.connection, spec)
    data = await lab.engine.connection.call("look", lambda api: api.inspect_container(created))
    host = data["HostConfig"]
    assert host["NetworkMode"] == "none"
    assert host["CapDrop"] == ["ALL"]
    assert set(host["CapAdd"]) == set(READ_CAPABILITIES)
    assert "no-new-privileges" in host["SecurityOpt"]
    assert not data["Mounts"][0]["RW"]
    await helper.remove(lab.engine.connection, created)
    await helper.remove(lab.engine.connection, created)


def bridge_to(lab: Lab, connection: Connection, io: Path) -> Bridge:
    io.mkdir(mode=0o711)
    spec = HelperSpec("h-bridge", Source("volume", "data"), False, {}, READ_CAPABILITIES, io=io)
    return Bridge(connection, spec, threading.Event())


async def test_the_bridge_runs_the_hosts_tools(lab: Lab, tmp_path: Path) -> None:
    files = await lab.volume("data")
    (files / "new\nline").write_text("x")
    bridge = bridge_to(lab, lab.engine.connection, tmp_path / "io")
    await bridge.start()
    try:
        listed = await bridge.run(["find", "/v", "-printf", "%P\\0"])
        assert listed.out == b"\0new\nline\0"
        assert (await bridge.run(["sh", "-c", "echo sorry >&2; exit 7"])).code == 7
        with pytest.raises(Failed, match="Trying failed: sorry"):
            await bridge.check(["sh", "-c", "echo sorry >&2; exit 1"], "Trying")
        assert (await bridge.run(["touch", "/v/forbidden"])).code != 0
    finally:
        await bridge.close()
    assert await lab.engine.containers() == []


async def test_the_bridge_is_not_believed_without_its_proof(lab: Lab, tmp_path: Path) -> None:
    """What the helper sees at the place of the private directory is another one, as with a remote engine."""
    await lab.volume("data")
    (tmp_path / "elsewhere").mkdir(mode=0o711)
    bridge = bridge_to(lab, lab.engine.connection, tmp_path / "io")
    original = helper.create

    async def elsewhere(connection: Connection, spec: HelperSpec) -> str:
        return await original(connection, replace(spec, io=tmp_path / "elsewhere"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("voltui.engine.bridge.helper.create", elsewhere)
        patch.setattr("voltui.engine.bridge._PROOF_DEADLINE", 1.0)
        with pytest.raises(BridgeUnavailable):
            await bridge.start()
    assert await lab.engine.containers() == []


async def test_a_directory_the_engine_does_not_have_fails_the_proof(lab: Lab, tmp_path: Path) -> None:
    await lab.volume("data")
    bridge = bridge_to(lab, lab.engine.connection, tmp_path / "io")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("voltui.engine.helper.tool_folders", lambda: ["/usr", "/does-not-exist"])
        with pytest.raises(BridgeUnavailable, match="does not exist"):
            await bridge.start()
    assert await lab.engine.containers() == []


@contextlib.contextmanager
def sockets_that_can_not_connect() -> Iterator[None]:
    """The SDK leaves a socket open that fails to connect, for the garbage collector to find and to warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


async def test_an_engine_that_is_not_there_is_told_with_its_address(tmp_path: Path) -> None:
    engine = Engine(Endpoint(f"unix://{tmp_path}/none.sock"))
    with sockets_that_can_not_connect(), pytest.raises(NoEngine, match=r"none\.sock can't be reached: no such file"):
        await engine.volumes()
    engine.close()


async def test_an_engine_that_does_not_answer_misses_its_deadline(tmp_path: Path) -> None:
    path = tmp_path / "silent.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        connection = Connection(Endpoint(f"unix://{path}"))
        began = time.monotonic()
        with pytest.raises(NoEngine, match="did not answer"):
            await connection.call("list volumes", lambda api: api.volumes(), deadline=0.3)
        assert time.monotonic() - began < 10
        connection.close()


class Changes:
    """Collects what the events say."""

    def __init__(self, connection: Connection) -> None:
        self.seen: list[Change] = []
        self.events = Events(connection)
        self._task = asyncio.ensure_future(self._collect())

    async def _collect(self) -> None:
        async for change in self.events:
            self.seen.append(change)

    async def wait_for(self, kind: str, key: str = "") -> None:
        async def came() -> bool:
            return any(change.kind == kind and (not key or change.key == key) for change in self.seen)

        await until(came, f"the event {kind} {key}")

    def close(self) -> None:
        self.events.close()
        self._task.cancel()


async def test_events_name_what_changed_and_not_helpers(lab: Lab) -> None:
    changes = Changes(lab.engine.connection)
    await changes.wait_for("connected")
    await lab.volume("data")
    await changes.wait_for("volume", "data")
    container = await lab.container("app", ["data:/data"])
    await changes.wait_for("container", container)
    changes.seen.clear()
    created = await helper.create(lab.engine.connection, HelperSpec("h-quiet", Source("volume", "data"), False, {}))
    await helper.remove(lab.engine.connection, created)
    await lab.engine.pause(container)
    await changes.wait_for("container", container)
    assert created not in {change.key for change in changes.seen}
    changes.close()


class Proxy:
    """A socket between VolTUI and the engine that can hang up and refuse."""

    def __init__(self, path: Path, target: str) -> None:
        self.path = path
        self._target = target
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listening: socket.socket | None = None
        self.start()

    def start(self) -> None:
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.path))
        self._listening.listen()
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def stop(self) -> None:
        assert self._listening is not None
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.path.unlink()
        for pair in self._pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
        self._pairs.clear()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._target)
            self._pairs.append((near, far))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy(lab: Lab, tmp_path: Path) -> Iterator[Proxy]:
    made = Proxy(tmp_path / "proxy.sock", lab.engine.endpoint.host.removeprefix("unix://"))
    yield made
    with contextlib.suppress(OSError):
        made.stop()


async def test_events_reconnect_and_say_so(lab: Lab, proxy: Proxy) -> None:
    engine = Engine(Endpoint(f"unix://{proxy.path}"))
    changes = Changes(engine.connection)
    await changes.wait_for("connected")
    with sockets_that_can_not_connect():
        proxy.stop()
        await changes.wait_for("lost")
        changes.seen.clear()
        proxy.start()
        await changes.wait_for("connected")
    await lab.volume("later")
    await changes.wait_for("volume", "later")
    changes.close()
    engine.close()
