"""A container, its state and its mounts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from voltui.model.mount import Mount
from voltui.model.volume import project_of

DATA_LABEL = "voltui.data"
"""Marks the data containers that VolTUI makes: never started, they only hold mounts for others to take."""
HELPER_LABEL = "voltui.helper"
"""Marks the short-lived containers that VolTUI makes itself. They are no users of a volume."""

LEAST_ID = 4
"""Digits of an id that are taken for one."""
_REMARK = re.compile(r"\(([^)]+)\)")
_SERVICE_LABEL = "com.docker.compose.service"
_DEPENDS_LABEL = "com.docker.compose.depends_on"
_SWARM_TASK_LABEL = "com.docker.swarm.task.id"


class Container(Struct, frozen=True):
    """A row of the engine's container list."""

    id: str
    name: str
    image: str
    state: str
    """``created``, ``running``, ``paused``, ``restarting``, ``removing``, ``exited`` or ``dead``."""
    status: str = ""
    """The engine's own words: ``Up 3 days (healthy)``."""
    created: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()

    @property
    def running(self) -> bool:
        """Whether its processes exist, paused or not: they hold files open."""
        return self.state in ("running", "paused", "restarting")

    @property
    def condition(self) -> str:
        """The state with what else the engine says of it, but no time: ``running (healthy)``, ``exited (1)``.

        The engine's own words count from the moment they were asked for, and would be wrong a minute later.
        """
        remark = _REMARK.search(self.status)
        said = remark[1] if remark else ""
        return f"{self.state} ({said})" if said and said.lower() != self.state else self.state

    @property
    def helper(self) -> bool:
        """Whether VolTUI made it for a job of its own."""
        return HELPER_LABEL in self.labels

    @property
    def data_container(self) -> bool:
        """Whether VolTUI made it to hold mounts for others."""
        return DATA_LABEL in self.labels

    def answers_to(self, reference: str) -> bool:
        """Whether a reference means it: its name, its id, or the beginning of that."""
        return reference == self.name or (len(reference) >= LEAST_ID and self.id.startswith(reference))

    @property
    def project(self) -> str:
        """The Compose project or Swarm stack it belongs to, or empty."""
        return project_of(self.labels)

    @property
    def service(self) -> str:
        """The Compose service it is of, or empty."""
        return self.labels.get(_SERVICE_LABEL, "")

    @property
    def depends_on(self) -> frozenset[str]:
        """The services of its Compose project that it needs: Compose writes ``db:service_healthy:true,cache:…``."""
        said = self.labels.get(_DEPENDS_LABEL, "")
        return frozenset(entry.partition(":")[0].strip() for entry in said.split(",") if entry.strip())

    @property
    def short_name(self) -> str:
        """The service in its Compose project, else the name: what people call it."""
        return self.service or self.name

    @property
    def swarm_task(self) -> bool:
        """Whether a Swarm service manages it: stopping it only makes Swarm start another."""
        return _SWARM_TASK_LABEL in self.labels


class ContainerDetail(Struct, frozen=True):
    """What only an inspect tells of a container."""

    container: Container
    volumes_from: tuple[str, ...]
    """Names or ids of the containers whose mounts it took with ``--volumes-from``."""
    auto_remove: bool
    """``--rm``: the engine deletes it, and its anonymous volumes, when it stops."""
    started: datetime | None
    stop_timeout: int | None = None
    """Seconds it is given to stop before it is killed, where it says so itself."""
    network_of: str = ""
    """The name or id of the container whose network it shares, or empty."""
    bound_to: tuple[str, ...] = ()
    """Names and ids of further containers that it can't do without: whose processes or memory it sees, or that it was
    linked to (``--link``)."""
    health: str = ""
    """``starting``, ``healthy``, ``unhealthy``, or empty without a check."""
    restarts: int = 0
    """How often the engine has started it again by itself."""
    restart_policy: str = ""
    """``no``, ``always``, ``unless-stopped``, ``on-failure`` or ``on-failure:5``."""
    exit_code: int = 0
    made_folders: tuple[str, ...] = ()
    """Directories that the engine has made in its writable layer: its working directory, and what a tmpfs stands on."""
    networks: tuple[str, ...] = ()
    """The names of the networks that it is in, or was when it ran last."""
    random_ports: tuple[str, ...] = ()
    """The ports (``80/tcp``) that are published wherever the engine finds room, each time elsewhere."""
