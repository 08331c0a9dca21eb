"""What the interface knows, as one immutable value that is replaced when something is learnt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from voltui.jobs.watch import JobView
from voltui.model.backup import Backup
from voltui.model.container import ContainerDetail
from voltui.model.errors import VoltuiError
from voltui.model.inventory import Inventory
from voltui.model.sizes import Sizes
from voltui.store.listing import STORE, Problem
from voltui.ui.actions import Keymap, key_of


class State(Struct, frozen=True, dict=True):
    """Everything that is shown comes from here."""

    endpoint: str
    """Where the engine is, ready to be shown."""
    read_only: bool = False
    """Whether everything that changes something is refused."""
    keys: Keymap = field(default_factory=dict)
    """The keys that the user has given to actions."""
    place: str = ""
    """Where the engine is, in brief."""
    inventory: Inventory | None = None
    """``None`` until the engine has answered for the first time."""
    lost: VoltuiError | None = None
    """Why the engine does not answer now. What is in ``inventory`` is then of the past."""
    backups: tuple[Backup, ...] = ()
    """All backups of the store, newest first."""
    problems: tuple[Problem, ...] = ()
    """What in the store can't be read."""
    jobs: tuple[JobView, ...] = ()
    """Running and past ones, newest first."""
    sizes: Sizes | None = None
    """What is known of how much the volumes hold; ``None`` until it was looked up."""
    details: Mapping[str, ContainerDetail] | None = None
    """What inspects have told, by container id."""

    def key(self, action: str) -> str:
        """The key of an action, for sentences that name it."""
        return key_of(action, self.keys)

    @property
    def store_unread(self) -> bool:
        """Whether nothing of the store can be read: what was backed up is not known then."""
        return any(problem.name == STORE for problem in self.problems)

    @property
    def containers(self) -> Iterable[str]:
        """The ids of the containers that are known."""
        return self.inventory.containers if self.inventory else ()

    @property
    def known_details(self) -> Mapping[str, ContainerDetail]:
        """What inspects have told, which may be nothing yet."""
        return self.details or {}

    @property
    def running_jobs(self) -> tuple[JobView, ...]:
        """The jobs that go on now, newest first."""
        return tuple(job for job in self.jobs if job.running)

    @cached_property
    def job_by_id(self) -> Mapping[str, JobView]:
        """The jobs by their id."""
        return {job.id: job for job in self.jobs}

    @cached_property
    def backup_by_id(self) -> Mapping[str, Backup]:
        """The backups by their id."""
        return {backup.id: backup for backup in self.backups}

    def backups_of(self, name: str) -> tuple[Backup, ...]:
        """The backups of a source of this engine, newest first."""
        return self.backups_by_source.get(name, ())

    def siblings(self, backup: Backup) -> tuple[Backup, ...]:
        """All backups of the same source of the same engine, newest first; at least the one itself."""
        origin = (backup.source, backup.engine.id)
        return tuple(one for one in self.backups if (one.source, one.engine.id) == origin)

    @cached_property
    def backups_by_source(self) -> Mapping[str, tuple[Backup, ...]]:
        """The backups of this engine's sources by the source's name, each newest first."""
        engine = self.inventory.engine.id if self.inventory else ""
        found: dict[str, list[Backup]] = {}
        for backup in self.backups:
            if backup.engine.id == engine:
                found.setdefault(backup.source.name, []).append(backup)
        return {name: tuple(backups) for name, backups in found.items()}

    def after(self, **fields: Any) -> State:
        """This state with other fields; what was found out from those that stay is kept."""
        new = replace(self, **fields)
        for name, sources in _FOUND_FROM.items():
            if name in self.__dict__ and all(source(new) is source(self) for source in sources):
                new.__dict__[name] = self.__dict__[name]
        return new


_FOUND_FROM: Mapping[str, tuple[Callable[[State], object], ...]] = {
    "job_by_id": (attrgetter("jobs"),),
    "backup_by_id": (attrgetter("backups"),),
    "backups_by_source": (attrgetter("backups"), lambda state: state.inventory and state.inventory.engine),
}
"""What the state's cached properties are made from."""


def same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether nothing was learnt: fields are replaced, never changed. Numbers and texts are compared."""
    alike = (a is b or (isinstance(a, int | float | str) and a == b) for a, b in zip(one, other, strict=False))
    return len(one) == len(other) and all(alike)


class Store:
    """Holds the state. Only the interface's own thread changes it."""

    def __init__(self, state: State, changed: Callable[[], object]) -> None:
        self.state = state
        self._changed = changed

    def update(self, **fields: Any) -> None:
        """Replace fields; whoever shows the state is told if anything is different."""
        new = self.state.after(**fields)
        if new != self.state:
            self.state = new
            self._changed()
