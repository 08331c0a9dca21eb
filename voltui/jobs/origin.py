"""Where a restore's content comes from: a backup of the store, or an archive from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from voltui.archive import foreign
from voltui.archive.deep import TarPart
from voltui.archive.entry import Entry
from voltui.archive.pump import pump
from voltui.archive.scan import scan
from voltui.archive.unpack import ByteSink, unpack
from voltui.jobs.access import Reading
from voltui.jobs.context import JobContext
from voltui.jobs.plan import STDIN, RestorePlan
from voltui.jobs.verify import noting_damage
from voltui.model.backup import Backup
from voltui.model.safe import safe

Feed = Callable[[ByteSink, bytes, TarPart | None, Callable[[int, int], object], Callable[[Entry], object]], None]


class Origin(Struct, frozen=True):
    """Content to be restored."""

    words: str
    """What to call it in a sentence."""
    size: int
    """About how many bytes of disk it takes."""
    entries: int
    total: int
    """What the progress of `feed` counts up to, in bytes."""
    directories: bool
    """Whether it tells every directory, the root included."""
    root: bool
    """Whether it tells the root directory's own mode and owner."""
    trusted: bool
    """Whether it holds trusted.* attributes, which only a privileged helper can set."""
    linked: frozenset[bytes]
    """The paths that hard links name: the first of each group, as the archive has it."""
    feed: Feed
    """Write all of it, or a part, to a sink as tar, members below a root, checked; for a thread. Takes the sink, the
    root, the part, a progress function, and one that sees each entry, of whatever part. Raises `Damaged`."""
    backup: Backup | None = None
    bases: tuple[bytes, ...] = ()
    """Where runs for paths that are too long begin, see `voltui.archive.deep`: one without any has no parts."""


def live_origin(reading: Reading, words: str, total: int | None) -> Origin:
    """What is read at the same time, by an engine's archive API: each walks in the order of names, so that of several
    names of a file the same comes first when it is read back."""
    return Origin(
        words=words,
        size=total or 0,
        entries=0,
        total=total or 0,
        directories=True,
        root=True,
        trusted=False,
        linked=frozenset(),
        feed=lambda sink, root, _, progress, seen: pump(
            reading.source,
            lambda piece: sink.write(bytes(piece)),
            root=reading.root,
            new_root=root,
            progress=progress,
            seen=seen,
        ),
    )


async def find(context: JobContext, plan: RestorePlan, descriptor: int = -1) -> Origin:
    """The plan's origin; ``descriptor`` is the file of one that came through standard input.

    A foreign archive is read once for it, to its end, before anything is touched."""
    if plan.file == STDIN:
        path = Path(f"/proc/self/fd/{descriptor}")
        return await _from_file(context, path, "standard input", keep_folder=plan.keep_folder)
    if plan.file:
        return await _from_file(context, Path(plan.file), Path(plan.file).name, keep_folder=plan.keep_folder)
    return await _from_backup(context, context.store.find_whole(plan.backup), accept_plain=plan.accept_plain)


async def _from_file(context: JobContext, path: Path, name: str, *, keep_folder: bool) -> Origin:
    total = await context.in_thread(lambda: path.stat().st_size if path.exists() else 0)
    context.begin(f"Checking {safe(name)}", total)
    survey = await context.in_thread(lambda: foreign.survey(path, name, context.count))
    return Origin(
        words=safe(name),
        size=survey.size,
        entries=survey.entries,
        total=total,
        directories=False,
        root=survey.has_root and not (keep_folder and survey.folder),
        trusted=survey.trusted,
        linked=survey.linked if keep_folder else _below(survey.linked, survey.folder),
        feed=lambda sink, root, _, progress, seen: foreign.rewrite(
            path, name, survey, sink.write, root=root, keep_folder=keep_folder, progress=progress, seen=seen
        ),
    )


async def _from_backup(context: JobContext, backup: Backup, *, accept_plain: bool) -> Origin:
    archive, index = context.store.archive_path(backup), context.store.index_path(backup)
    parts = (backup.archive, backup.index)
    backup, key = await context.in_thread(lambda: context.keys.opened(backup, accept_plain=accept_plain))
    found = await context.in_thread(lambda: scan(index, backup.index, key))

    def feed(
        sink: ByteSink,
        root: bytes,
        part: TarPart | None,
        progress: Callable[[int, int], object],
        seen: Callable[[Entry], object],
    ) -> None:
        with noting_damage(context, backup):
            unpack(archive, index, parts, sink=sink, root=root, key=key, part=part, progress=progress, seen=seen)

    return Origin(
        words=safe(backup.id),
        size=backup.content.stored,
        entries=backup.content.count,
        total=backup.content.stored,
        directories=True,
        root=True,
        trusted=found.trusted,
        linked=found.linked,
        feed=feed,
        backup=backup,
        bases=found.bases,
    )


def _below(paths: frozenset[bytes], folder: bytes) -> frozenset[bytes]:
    """The paths with the folder that is taken off taken off."""
    return frozenset(path.removeprefix(folder + b"/") for path in paths) if folder else paths
