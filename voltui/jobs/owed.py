"""What to say of undoing: what was put back, and what has to wait until the engine answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from voltui.jobs import undo_client, undo_containers
from voltui.jobs.undo import (
    ADOPT,
    ADOPT_KEPT,
    CREATE_VOLUME,
    DISCARD,
    DISCARD_KEPT,
    EXCHANGE,
    HELPER,
    IMAGE,
    PUBLICATION,
    RECREATE_VOLUME,
    REFILL,
    REFLINK,
    STAGE,
    SWAP,
)
from voltui.jobs.undo_users import HOOK, PAUSE, STOP
from voltui.model.text import listed

UNDOING: Mapping[str, str] = {
    PAUSE: "letting what it paused go on",
    STOP: "starting what it stopped",
    HOOK: "running the hook for afterwards",
    SWAP: "putting the old content back",
    REFILL: "putting the old content back",
    ADOPT: "putting the kept content aside again",
    EXCHANGE: "putting the old files back",
    ADOPT_KEPT: "putting the kept files aside again",
    DISCARD_KEPT: "deleting files that are kept no longer",
    RECREATE_VOLUME: "emptying the volume that it filled",
    CREATE_VOLUME: "removing the volume that it made",
    STAGE: "removing what it extracted",
    DISCARD: "deleting what a backup holds",
    REFLINK: "removing the copy that it read",
    PUBLICATION: "removing the unfinished backup",
    undo_client.FILES: "removing unfinished files",
    undo_client.CLIENT_FILES: "taking back what it copied out",
    undo_client.CLIENT_FOLDER: "removing what it copied out",
    IMAGE: "removing the image that it made",
    undo_containers.START: "removing the new container",
    undo_containers.MAKE: "removing the new container",
    undo_containers.RENAME: "giving containers their names back",
    undo_containers.RESTART_POLICY: "setting the restart policy back",
    undo_containers.DISCARD: "removing the replaced container",
    HELPER: "removing its helper",
}
"""What undoing each step is called, the weightiest first."""

_OWED, _SINCE = "Still to be done: ", "Put in order since: "
_MOST = 4


class Owed(Struct, frozen=True):
    """A step whose undo must wait."""

    step: str
    reason: str
    """A sentence."""


def owed_sentence(steps: Sequence[Owed]) -> tuple[str, ...]:
    """One sentence for all that is owed, with the reason; none where nothing is."""
    if not steps:
        return ()
    reason = " ".join(dict.fromkeys(step.reason for step in steps))
    return (f"{_OWED}{undone_words(step.step for step in steps)}. {reason} The next `voltui` command tries again.",)


def owed_by(warnings: Mapping[str, str]) -> str:
    """What jobs owe, at least one, by their ids: what is the same of several is said once."""
    told = " ".join(dict.fromkeys(warnings.values()))
    if len(warnings) == 1:
        return f"job {next(iter(warnings))}: {told}"
    return f"{len(warnings)} jobs could not undo all that they began, {listed(list(warnings))}. {told}"


def is_owed(warning: str) -> bool:
    """Whether a warning is what `owed_sentence` says."""
    return warning.startswith(_OWED)


def since(warnings: Iterable[str], undone: Iterable[str], owed: Sequence[Owed]) -> tuple[str, ...]:
    """The warnings of a job that owed something, once more of it was done: what was, and what still waits."""
    words = undone_words(undone)
    said = (f"{_SINCE}{words}.",) if words else ()
    return (*(one for one in warnings if not is_owed(one)), *said, *owed_sentence(owed))


def undone_words(steps: Iterable[str]) -> str:
    """``letting what it paused go on and removing its helper``: each once, the weightiest first."""
    known = set(steps)
    return listed(list(dict.fromkeys(words for step, words in UNDOING.items() if step in known)), most=_MOST)
