"""What jobs of files have put aside in a volume: how it is told in a job's result, and for how long it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from msgspec import Struct

from voltui.engine.tools import KEPT_PREFIX, made_by_a_job
from voltui.model.errors import Gone
from voltui.model.retention import UNDO_DAYS
from voltui.model.safe import safe_path
from voltui.model.source import Source
from voltui.model.text import listed
from voltui.model.when import now, stamp

KEPT_FILES, USED_FILES = "kept_files", "used_files"
"""Keys of a job's result: the job whose change of files can be undone, and the one that was undone."""
KEPT_TREE, USED_TREE = "kept_tree", "used_tree"
"""The same of restores: the job whose folder of old content stayed in its target, and the one whose was put back."""
_NAMED = 4
"""Paths that are named one by one."""


class ChangedFiles(Struct, frozen=True):
    """A change of files that can be undone."""

    job: str
    replaced: tuple[bytes, ...]
    """The paths at which something was, which is kept."""
    new: tuple[bytes, ...]
    """The paths at which nothing was."""
    stops: bool
    """Whether running users were stopped for it."""

    @property
    def facts(self) -> list[str]:
        """What undoing it does, in sentences."""
        back = f"Puts back {some_paths(self.replaced)}; what is there now is kept." if self.replaced else ""
        away = f"Takes away {some_paths(self.new)}, and keeps it." if self.new else ""
        return [fact for fact in (back, away) if fact]


def some_paths(paths: Sequence[bytes]) -> str:
    """The first of the paths, and how many more, for a sentence."""
    return listed([f"/{safe_path(path)}" for path in paths], most=_NAMED)


def told(change: ChangedFiles, engine_id: str) -> dict[str, Any]:
    """The change as a part of a job's result; paths in percent form, since JSON takes no bytes."""
    return {
        KEPT_FILES: change.job,
        "engine": engine_id,
        "replaced": [quote_from_bytes(path) for path in change.replaced],
        "new": [quote_from_bytes(path) for path in change.new],
        "stops": change.stops,
    }


def changed_files(result: Mapping[str, Any], engine_id: str) -> ChangedFiles | None:
    """The change that a job's result tells of, if it was made on this engine."""
    if not result.get(KEPT_FILES) or result["engine"] != engine_id:
        return None
    return ChangedFiles(result[KEPT_FILES], _paths(result["replaced"]), _paths(result["new"]), result["stops"])


def gone(target: Source) -> Gone:
    """The error where the folder of what a job has put aside is missing: also the proof that it is the same volume."""
    return Gone(
        f"What was put aside in the {target.words} is not there any more: it was deleted, or the {target.kind} was "
        "made anew.",
        "Another undo goes on to the change before.",
    )


def _paths(texts: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(map(unquote_to_bytes, texts))


def expired(when: datetime) -> bool:
    """Whether what was put aside then is kept no longer: the next job that changes files of the volume deletes it."""
    return now() - when > timedelta(days=UNDO_DAYS)


def expired_jobs(names: Iterable[str]) -> list[str]:
    """The jobs whose folders, by their names, are not kept any longer: a name begins with when it was made."""
    oldest = stamp(now() - timedelta(days=UNDO_DAYS))
    jobs = (name.removeprefix(KEPT_PREFIX) for name in names)
    return [job for job in jobs if job < oldest]


def job_of_kept(path: bytes) -> str:
    """The job whose folder of what it has put aside a path is; empty for any other."""
    text = path.decode("utf-8", "surrogateescape")
    return (
        text.removeprefix(KEPT_PREFIX)
        if text.startswith(KEPT_PREFIX) and made_by_a_job(path) and "/" not in text
        else ""
    )
