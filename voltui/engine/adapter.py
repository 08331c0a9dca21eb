"""The engine, for coroutines: listing, volumes, and what is done to their users."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from voltui.engine import convert
from voltui.engine.connection import DEADLINE, THREADS, Connection
from voltui.engine.endpoint import Endpoint
from voltui.engine.reader import Reader
from voltui.model.container import Container, ContainerDetail
from voltui.model.errors import NotFound, Refused, VoltuiError
from voltui.model.inventory import EngineInfo, Inventory
from voltui.model.safe import safe
from voltui.model.volume import Volume

if TYPE_CHECKING:
    from docker.api.client import APIClient

_WHO = "say who it is"
_CHANGES = ("changed", "added", "removed")
"""What the engine numbers."""
_MARK = "VOLTUI_COMMAND"
"""The variable by which what a command began is found again."""
_KILL = """
for round in 1 2 3 4 5 6 7 8 9; do
    left=
    for each in /proc/[0-9]*; do
        case "$(cat "$each/environ" 2>/dev/null)" in
            *%s*) left=1; kill -9 "${each#/proc/}" ;;
        esac
    done
    [ "$left" ] || exit 0
done
exit 1
"""
"""Again and again, for what begins something new meanwhile; the dead have no environment."""
_DIFF_DEADLINE = 60.0
"""Seconds for looking through a writable layer: of overlayfs that is quick, other storage drivers compare trees."""
_DEFAULT_STOP_TIMEOUT = 10
"""Seconds the engine waits for a container to stop before it kills it, unless the container says otherwise."""


def _who(api: Reader) -> EngineInfo:
    return convert.engine_info(api.version(), api.info())


def stop_patience(detail: ContainerDetail) -> int:
    """Seconds the engine waits for the container's processes to end before it kills them."""
    return _DEFAULT_STOP_TIMEOUT if detail.stop_timeout is None else detail.stop_timeout


class Engine:
    """One engine. Every method is one or two API calls with a deadline; errors are VolTUI's own."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.connection = Connection(endpoint)
        self._info: EngineInfo | None = None
        self._ahead: Future[EngineInfo] | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Where it is."""
        return self.connection.endpoint

    async def info(self) -> EngineInfo:
        """Who answers. Asked once, then remembered: an engine does not change while one is connected to it."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            self._info = await self.connection.ended(_WHO, ahead)
        if self._info is None:
            self._info = await self.connection.read(_WHO, _who)
        return self._info

    def ask_ahead(self) -> None:
        """Begin to ask who answers, before there is a loop: it comes while the interface is loaded."""
        self._ahead = self.connection.begin_read(_WHO, _who)

    async def inventory(self) -> Inventory:
        """All volumes and containers, at about the same moment."""
        info, volumes, containers = await asyncio.gather(self.info(), self.volumes(), self.containers())
        return Inventory.of(info, volumes, containers)

    async def volumes(self) -> list[Volume]:
        """All volumes, by name."""
        return await self.connection.read("list volumes", lambda api: convert.volumes(api.volumes()))

    async def volume(self, name: str) -> Volume:
        """One volume. Raises `NotFound`."""
        try:
            return convert.volume(
                await self.connection.read(f"show the volume {safe(name)}", lambda api: api.inspect_volume(name))
            )
        except NotFound:
            raise NotFound(f"There is no volume {safe(name)}.", "`voltui volumes` lists what there is.") from None

    async def containers(self) -> list[Container]:
        """All containers, stopped ones too, helpers included."""
        return await self.connection.read(
            "list containers", lambda api: list(map(convert.container, api.containers(all=True)))
        )

    async def container_row(self, container_id: str) -> Container | None:
        """One container as the list shows it; ``None`` where it is gone.

        It is inspected first: Docker tells that a container has died before its list knows; an inspect waits for that.
        """

        def ask(api: Reader) -> list[dict[str, object]]:
            api.inspect_container(container_id)
            rows: list[dict[str, object]] = api.containers(all=True, filters={"id": container_id})
            return rows

        try:
            data = await self.connection.read("list a container", ask)
        except NotFound:
            return None
        return next((convert.container(row) for row in data if row["Id"] == container_id), None)

    async def networks(self) -> frozenset[str]:
        """The names of all networks."""
        found = await self.connection.call("list networks", lambda api: api.networks())
        return frozenset(str(entry["Name"]) for entry in found)

    async def details(self, containers: Iterable[str]) -> dict[str, ContainerDetail]:
        """What inspects tell of the containers, by id; of those that have gone since they were listed, nothing."""
        found: dict[str, ContainerDetail] = {}
        waiting = iter(containers)

        async def ask_on() -> None:
            for container in waiting:
                with suppress(NotFound):
                    detail = await self.container(container)
                    found[detail.container.id] = detail

        # No task for each: 2,000 that wait are 200,000 objects to look through for garbage, 0.2 s at once (measured).
        await asyncio.gather(*(ask_on() for _ in range(THREADS)))
        return found

    async def container(self, name: str) -> ContainerDetail:
        """One container by id or name. Raises `NotFound`."""
        try:
            return convert.container_detail(
                await self.connection.read(f"show the container {safe(name)}", lambda api: api.inspect_container(name))
            )
        except NotFound:
            raise NotFound(f"There is no container {safe(name)}.", "`voltui containers` lists them.") from None

    async def volume_sizes(self, deadline: float) -> dict[str, int]:
        """The bytes of content of each volume, as the engine itself counts them, which may take minutes.

        Docker 20.10 answers with an error while it counts for somebody else.
        """

        def ask(api: APIClient) -> Any:
            return api._result(api._get(api._url("/system/df"), params={"type": "volume"}), json=True)

        data = await self.connection.call("measure volumes", ask, deadline=deadline)
        sizes = {entry["Name"]: (entry.get("UsageData") or {}).get("Size", -1) for entry in data.get("Volumes") or ()}
        return {name: size for name, size in sizes.items() if size >= 0}

    async def volume_exists(self, name: str) -> bool:
        """Whether there is a volume of that name."""
        data = await self.connection.read("look for a volume", lambda api: api.volumes(filters={"name": name}))
        return any(entry["Name"] == name for entry in data.get("Volumes") or ())

    async def create_volume(
        self,
        name: str,
        driver: str = "local",
        options: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Volume:
        """A new volume. Raises `NotFound` where the engine does not have the driver, `Refused` where one of that name
        exists: the engine would answer as if it were new."""
        if await self.volume_exists(name):
            raise Refused(f"A volume {safe(name)} exists already.", "Choose another name.")
        try:
            made = await self.connection.change(
                f"create the volume {safe(name)}",
                lambda api: api.create_volume(name, driver, dict(options or {}), dict(labels or {})),
            )
        except NotFound as error:
            raise NotFound(
                f"The engine has no volume driver {safe(driver)}: {error.reason}",
                "`docker plugin ls` lists those that are installed.",
            ) from error
        return convert.volume(made)

    async def remove_volume(self, name: str) -> None:
        """Delete a volume. Raises `Refused` while a container, running or not, mounts it."""
        await self.connection.change(f"remove the volume {safe(name)}", lambda api: api.remove_volume(name))

    async def pause(self, container_id: str) -> None:
        """Freeze a container's processes."""
        await self.connection.change("pause a container", lambda api: api.pause(container_id))

    async def unpause(self, container_id: str) -> None:
        """Let a frozen container go on."""
        await self.connection.change("unpause a container", lambda api: api.unpause(container_id))

    async def stop(self, container_id: str) -> None:
        """Stop a container, giving it the time that it or the engine grants."""
        detail = await self.container(container_id)
        patience = stop_patience(detail)
        await self.connection.change(
            f"stop the container {safe(detail.container.name)}",
            lambda api: api.stop(container_id),
            deadline=patience + DEADLINE,
        )

    async def start(self, container_id: str) -> None:
        """Start a container."""
        await self.connection.change("start a container", lambda api: api.start(container_id))

    async def rename_container(self, container_id: str, name: str) -> None:
        """Give a container another name. Raises `Refused` where that is taken."""
        await self.connection.change(f"rename a container to {safe(name)}", lambda api: api.rename(container_id, name))

    async def set_restart_policy(self, container_id: str, policy: str) -> None:
        """Say when the engine starts a container again by itself: ``no``, ``always``, ``on-failure:5``..."""
        name, _, count = policy.partition(":")
        settings = {"Name": name or "no", "MaximumRetryCount": int(count or 0)}
        await self.connection.change(
            "set a restart policy", lambda api: api.update_container(container_id, restart_policy=settings)
        )

    async def changes(self, container_id: str) -> list[tuple[str, str]]:
        """What a container has done in its own writable layer, as far as the engine tells (``docker diff``): ``added``,
        ``changed`` or ``removed``, and the path. It may have to look through the whole layer."""
        found = await self.connection.call(
            "look at a container's own files", lambda api: api.diff(container_id), deadline=_DIFF_DEADLINE
        )
        return [(_CHANGES[entry["Kind"]], entry["Path"]) for entry in found or ()]

    async def written(self, container_id: str) -> list[str]:
        """The paths that `changes` tells of."""
        return [path for _, path in await self.changes(container_id)]

    async def last_words(self, container_id: str) -> str:
        """The last line that a container has printed, or empty where the engine keeps none."""
        try:
            said = await self.connection.call(
                "read a log", lambda api: api.logs(container_id, tail=1, timestamps=False)
            )
        except VoltuiError:
            return ""
        return bytes(said).decode("utf-8", "replace").strip()

    async def answers(self) -> bool:
        """Whether the engine answers at all."""
        try:
            await self.connection.call("say that it is there", lambda api: api.ping())
        except VoltuiError:
            return False
        return True

    async def execute(
        self, container_id: str, command: str, deadline: float, *, mark: str | None = None
    ) -> tuple[int, bytes]:
        """Run a command with a running container's own shell; its exit status and what it printed.

        Raises `NoEngine` where it takes more than ``deadline`` seconds; it goes on then, until `kill_marked` ends what
        bears its ``mark``.
        """

        def run(api: APIClient) -> tuple[int, bytes]:
            environment = {_MARK: mark} if mark else None
            created = api.exec_create(container_id, ["/bin/sh", "-c", command], environment=environment)
            said = api.exec_start(created["Id"])
            return int(api.exec_inspect(created["Id"])["ExitCode"] or 0), bytes(said)

        return await self.connection.change("run a hook in a container", run, deadline=deadline)

    async def kill_marked(self, container_id: str, mark: str) -> bool:
        """Kill what `execute` began with this mark, and all that came of it; whether nothing of it is left.

        No engine has a call for that: a shell in the container looks for the mark, which children inherit.
        """
        code, _ = await self.execute(container_id, _KILL % f"{_MARK}={mark}", DEADLINE)
        return code == 0

    async def remove_container(self, container_id: str) -> None:
        """Kill and delete a container. What volumes it had stay."""
        await self.connection.change(
            "remove a container", lambda api: api.remove_container(container_id, force=True), deadline=2 * DEADLINE
        )

    def close(self) -> None:
        """Let its threads end."""
        self.connection.close()
