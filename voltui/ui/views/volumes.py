"""The pane of volumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from voltui.format import ago, size
from voltui.model import facts
from voltui.model.backup import last_whole, latest
from voltui.model.filter import Facts
from voltui.model.inventory import Inventory, Use
from voltui.model.safe import safe
from voltui.model.sizes import Sizes, VolumeSize, aged, unused
from voltui.model.text import clock_time, plural
from voltui.model.volume import Volume
from voltui.model.when import now
from voltui.ui.glyphs import glyphs
from voltui.ui.spans import EMPTY, Line, Span, line, plain
from voltui.ui.state import State, same
from voltui.ui.views import projects
from voltui.ui.views.base import LABEL_WIDTH, Column, Sort, in_one_or_two, labelled, under
from voltui.ui.views.grouped import GroupedView, Heading
from voltui.ui.views.timeline import disk_used, size_signs
from voltui.ui.views.words import backup_standing, share_bar, share_of, size_cell, standing_words, state_glyph, users

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_ENGINE = ("inventory",)
_MOST_USERS = 3
_USUAL = "local"
"""The driver, without options, of nearly all volumes."""
_SHARE = 5
"""Cells of the bar that is a volume's share of all."""
_GAUGE = 8
"""Cells of the same in the detail."""
_MOST_LABELS = 2


def _volume(state: State, key: str) -> Volume:
    assert state.inventory is not None
    return state.inventory.volumes[key]


def _name(state: State, key: str) -> str:
    assert state.inventory is not None
    return safe(state.inventory.display_name(_volume(state, key)))


def _users(state: State, key: str) -> int:
    assert state.inventory is not None
    return len(state.inventory.uses(key))


def _last_backup(state: State, key: str) -> datetime:
    backups = state.backups_of(key)
    return backups[0].started if backups else _LONG_AGO


def _created(state: State, key: str) -> datetime:
    return _volume(state, key).created or _LONG_AGO


def _size(state: State, key: str) -> VolumeSize | None:
    return state.sizes.of(_volume(state, key)) if state.sizes else None


def _bytes(state: State, key: str) -> int:
    known = _size(state, key)
    return known.size if known else -1


def _old(state: State, key: str, known: VolumeSize | None) -> bool:
    return known is not None and state.inventory is not None and aged(state.inventory, known, key, now())


class VolumesView(GroupedView):
    """Volumes, how much they hold, who uses them, when they were last backed up."""

    id = "volumes"
    title = "Volumes"
    columns = (
        Column("NAME", share=4, middle=True),
        Column("SIZE", width=9, right=True),
        Column("SHARE", width=11, spare=2),
        Column("USED BY", share=4),
        Column("BACKUP", width=16),
        Column("DRIVER", width=11, spare=1),
    )
    sorts = (
        Sort("name", lambda state, key: _name(state, key).lower(), made_from=_ENGINE),
        Sort("size", _bytes, reverse=True, together=sum),
        Sort("users", _users, reverse=True, made_from=_ENGINE, together=sum),
        Sort("oldest backup", _last_backup, together=min),
        Sort("driver", lambda state, key: (_volume(state, key).kind, _name(state, key)), made_from=_ENGINE),
        Sort("project", lambda state, key: (_volume(state, key).project or "~", _name(state, key)), made_from=_ENGINE),
        Sort("newest", _created, reverse=True, made_from=_ENGINE, together=max),
    )
    made_from = ("inventory", "backups", "problems", "sizes")
    empty = "This engine has no volumes."
    ways_on = "{create} makes one."
    asks = facts.VOLUME_ASKS

    _usual_columns = (*columns[:-1], replace(columns[-1], left_out=True))
    """Where all are local the driver is not worth a column: names and users get its room."""

    def __init__(self) -> None:
        self._columns = self.columns
        self._columns_of: Inventory | None = None
        self._summary = ""
        self._summary_of: tuple[object, ...] = ()

    def columns_of(self, state: State) -> tuple[Column, ...]:
        """With the driver where it differs."""
        if state.inventory is not None and state.inventory is not self._columns_of:
            self._columns_of = state.inventory
            usual = all(volume.kind == _USUAL for volume in state.inventory.volumes.values())
            self._columns = self._usual_columns if usual else self.columns
        return self._columns

    def keys(self, state: State) -> Sequence[str]:
        """The volumes' names."""
        return list(state.inventory.volumes) if state.inventory else []

    def row_sources(self, state: State) -> tuple[Mapping[str, object], ...]:
        """The volume, who uses it, its backups and size."""
        if state.inventory is None or state.store_unread:
            return ()
        sizes = state.sizes.volumes if state.sizes else {}
        return state.inventory.volumes, state.inventory.uses_of_volumes, state.backups_by_source, sizes

    def name(self, state: State, key: str) -> str:
        """Its name; an anonymous volume's by its user."""
        return _name(state, key)

    def summary(self, state: State) -> str:
        """``2 unused 3.4 GB, 61 GB free``: what could be freed, and what is."""
        if state.inventory is None or state.sizes is None:
            return ""
        made_from = (state.inventory, state.sizes)
        if not same(made_from, self._summary_of):
            self._summary, self._summary_of = self._summarize(*made_from), made_from
        return self._summary

    def _summarize(self, inventory: Inventory, sizes: Sizes) -> str:
        count, held = unused(inventory, sizes)
        free = f"{size(sizes.free)} free" if sizes.free is not None else ""
        named = f"{plural(count, 'unused volume')} {size(held)}" if held else ""
        return f" {glyphs().dot} ".join(filter(None, (named, free)))

    def cells(self, state: State, key: str) -> tuple[Line, ...]:
        """Name, size and share of all, users, last backup, driver."""
        assert state.inventory is not None
        volume, known = _volume(state, key), _size(state, key)
        return (
            _name_cell(state, key),
            size_cell(known, old=_old(state, key, known)),
            share_bar(known.size, state.sizes.total, _SHARE) if known and state.sizes else EMPTY,
            users(state.inventory.uses(key)),
            backup_standing(state, key),
            line(safe(volume.kind)),
        )

    def words(self, state: State, key: str) -> str:
        """All that the row shows but its share, which changes with the size of any other."""
        name, held, _, *others = self.cells(state, key)
        return " ".join(map(plain, (name, held, *others)))

    def facts(self, state: State, key: str) -> Facts:
        """Its labels, project, driver, users, last backup."""
        assert state.inventory is not None
        backups = state.backups_of(key)
        whole = last_whole(backups)
        last = whole.started if whole else None
        known = _size(state, key)
        held = known.size if known is not None else None
        return facts.of_volume(
            state.inventory, _volume(state, key), _name(state, key), self.words(state, key), last, size=held
        )

    def project(self, state: State, key: str) -> str:
        """The Compose project or Swarm stack."""
        return _volume(state, key).project

    def heading_cells(self, state: State, heading: Heading) -> tuple[Line, ...]:
        """Sums and extremes."""
        return projects.volume_cells(state, heading)

    def heading_detail(self, state: State, heading: Heading, width: int, *, full: bool) -> list[Line]:
        """The same in words."""
        return projects.volume_detail(state, heading, full=full)

    def detail(self, state: State, key: str, width: int, *, full: bool = False) -> list[Line]:
        """Users with where they mount it, its project and labels, its backups, its path."""
        volume = _volume(state, key)
        assert state.inventory is not None
        lines = used_by(state.inventory.uses(key), width, full=full)
        if volume.anonymous:
            lines.append(labelled("anonymous", safe(volume.name)))
        created, told = clock_time(volume.created) if volume.created else "unknown", state.inventory.engine.volume_time
        if volume.project:
            lines += in_one_or_two(
                "project", line(safe(volume.project)), line(Span(f"   {told} ", "dim"), created), width
            )
        else:
            lines.append(labelled(told, created))
        lines += _size_lines(state, key, width)
        lines += _labels(volume, full=full)
        lines += _options(volume)
        lines += backup_lines(state, key, width)
        if len(backups := state.backups_of(key)) > 1:
            lines.append(labelled("sizes", *size_signs(backups, latest(backups), width - LABEL_WIDTH - 2)))
        lines.append(labelled("path", Span(safe(volume.mountpoint), "dim")))
        return lines


def _size_lines(state: State, key: str, width: int) -> list[Line]:
    """``4.2 GB  ███▌ 77 % of 5.4 GB  measured 5 min ago``."""
    known, kind = _size(state, key), safe(_volume(state, key).kind)
    if known is None or state.sizes is None:
        return [labelled("size", Span("unknown", "dim"), Span(f"   {kind}", "dim"))]
    old = Span(", may be past", "warn") if _old(state, key, known) else ""
    measured = line(Span(f"   measured {ago(known.measured)}", "dim"), old, Span(f"   {kind}", "dim"))
    first = line(f"{size(known.size)}   ", *share_of(known.size, state.sizes.total, _GAUGE))
    return in_one_or_two("size", first, measured, width)


def _name_cell(state: State, key: str) -> Line:
    name = _name(state, key)
    return line(Span(name, "dim")) if key != name and key.startswith(name) else line(name)  # an id tells nobody much


def used_by(uses: Sequence[Use], width: int, *, full: bool) -> list[Line]:
    """A line, or two where there is little room, for each container: its sign, where it mounts it, what it is."""
    if not uses:
        return [labelled("used by", Span("nothing", "dim"))]
    lines: list[Line] = []
    most = len(uses) if full else _MOST_USERS
    for use in uses[:most]:
        container = use.container
        name = f" {safe(container.name)}  {safe(use.mount.destination)}"
        rest = (f"  {use.mount.access}  ", Span(f"{safe(container.image)}  {safe(container.condition)}", "dim"))
        label = "" if lines else "used by"
        lines += in_one_or_two(label, line(state_glyph(container), name), line(*rest), width)
    if len(uses) > most:
        lines.append(under(Span(f"and {plural(len(uses) - most, 'more container')}", "dim")))
    return lines


def _labels(volume: Volume, *, full: bool) -> list[Line]:
    """The user's labels; Compose's own say nothing that is not shown elsewhere."""
    own = [(name, value) for name, value in volume.labels.items() if full or not name.startswith("com.docker.")]
    shown = own if full else own[:_MOST_LABELS]
    lines = [labelled("label", f"{safe(name)}={safe(value)}") for name, value in shown]
    if len(own) > len(shown):
        lines.append(under(Span(f"and {plural(len(own) - _MOST_LABELS, 'more label')}", "dim")))
    return lines


def _options(volume: Volume) -> list[Line]:
    if not volume.options:
        return []
    return [labelled("options", safe(", ".join(f"{name}={value}" for name, value in volume.options.items())))]


def backup_lines(state: State, name: str, width: int) -> list[Line]:
    """How many backups there are, how the newest stands, how old the oldest is, what they take."""
    backups = state.backups_of(name)
    if not backups and state.store_unread:
        return [labelled("backups", Span("unknown: the store can't be read", "warn"))]
    if not backups:
        return [labelled("backups", Span("none", "warn"), Span(f"  {state.key('backup')} makes one", "dim"))]
    newest = latest(backups)
    copies = sum(backup.undo for backup in backups)
    count = f"{len(backups) - copies:,} + {copies:,} undo" if copies else f"{len(backups):,}"
    first = (f"{count}  last {ago(newest.started)}, ", standing_words(newest))
    if len(backups) == 1:
        return [labelled("backups", *first)]
    rest = f"   oldest {ago(backups[-1].started)}, {size(disk_used(backups))} in all"
    return in_one_or_two("backups", line(*first), line(rest), width)
