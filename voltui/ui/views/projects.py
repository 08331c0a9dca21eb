"""What all volumes or containers of a project come to, for the headings of lists by projects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voltui.format import ago, size
from voltui.model.backup import Backup, latest, order
from voltui.model.container import Container
from voltui.model.inventory import Inventory
from voltui.model.mount import MountKind
from voltui.model.safe import safe
from voltui.model.text import age, listed, plural
from voltui.ui.spans import EMPTY, Line, Span, line
from voltui.ui.state import State
from voltui.ui.views.base import labelled
from voltui.ui.views.grouped import Heading
from voltui.ui.views.words import no_backup, share_bar, standing, state_sign

_SHARE = 5
_MOST_NAMES = 6


def volume_cells(state: State, heading: Heading) -> tuple[Line, ...]:
    """Size and share of all, how many containers use them, the newest and oldest last backup, the driver."""
    inventory, keys = _inventory(state), heading.rows
    held, unknown = _held(state, keys)
    up, down = _up_and_down(_users(inventory, keys))
    kinds = {inventory.volumes[key].kind for key in keys}
    return (
        line(f"{'>' if unknown else ''}{size(held)}") if unknown < len(keys) else line(Span("-", "dim")),
        share_bar(held, state.sizes.total, _SHARE) if held and state.sizes else EMPTY,
        _running(up, down) if up or down else line(Span("unused", "dim")),
        _backed_up(state, _last_backups(state, keys), len(keys)),
        line(safe(min(kinds))) if len(kinds) == 1 else line(Span("several", "dim")),
    )


def volume_detail(state: State, heading: Heading, *, full: bool) -> list[Line]:
    """The same in words, with the names of those that were never backed up."""
    inventory, keys = _inventory(state), heading.rows
    held, unknown = _held(state, keys)
    users = sorted(safe(one.name) for one in _users(inventory, keys))
    unused = sum(not inventory.uses(key) for key in keys)
    known = f"{size(held)} in all" if unknown < len(keys) else "not known"
    some = f", {plural(unknown, 'volume')} not measured" if 0 < unknown < len(keys) else ""
    lines = [
        labelled("volumes", f"{len(keys):,}, {unused:,} unused", _fold_words(heading)),
        labelled("size", f"{known}{some}"),
        labelled("used by", listed(users, len(users) if full else _MOST_NAMES) or Span("nothing", "dim")),
    ]
    last = sorted(_last_backups(state, keys), key=order)
    if last:
        lines.append(labelled("newest", _backup_words(last[-1])))
        lines.append(labelled("oldest", _backup_words(last[0])))
    backed_up = {backup.source.name for backup in last}
    never = [safe(inventory.display_name(inventory.volumes[key])) for key in keys if key not in backed_up]
    if never:
        lines.append(
            labelled(no_backup(state).text, Span(f"{listed(never, len(never) if full else _MOST_NAMES)}", "warn"))
        )
    return lines


def container_cells(state: State, heading: Heading) -> tuple[Line, ...]:
    """How many volumes and directories they mount, how many images they are of, how many are up."""
    members = _members(state, heading)
    up, _ = _up_and_down(members)
    images = {one.image for one in members}
    return (
        line(_data_words(_inventory(state), members)),
        line(Span(safe(min(images)) if len(images) == 1 else plural(len(images), "image"), "dim")),
        line(f"{up:,}/{len(members):,} up"),
    )


def container_detail(state: State, heading: Heading, *, full: bool) -> list[Line]:
    """The same in words, with names."""
    inventory, members = _inventory(state), _members(state, heading)
    up, _ = _up_and_down(members)
    data = [safe(source.short) for source in inventory.data_of(members)]
    images = sorted({safe(one.image) for one in members})
    most = len(data) + len(images) if full else _MOST_NAMES
    return [
        labelled("up", f"{up:,} of {plural(len(members), 'container')}", _fold_words(heading)),
        labelled("data", listed(data, most) or Span("none", "dim")),
        labelled("images", Span(listed(images, most), "dim")),
    ]


def _inventory(state: State) -> Inventory:
    assert state.inventory is not None
    return state.inventory


def _members(state: State, heading: Heading) -> list[Container]:
    return [_inventory(state).containers[key] for key in heading.rows]


def _users(inventory: Inventory, volumes: Iterable[str]) -> list[Container]:
    found = {use.container.id: use.container for key in volumes for use in inventory.uses(key)}
    return list(found.values())


def _held(state: State, keys: Sequence[str]) -> tuple[int, int]:
    """The bytes of the volumes that were measured, and how many were not."""
    if state.sizes is None:
        return 0, len(keys)
    known = [state.sizes.of(_inventory(state).volumes[key]) for key in keys]
    return sum(one.size for one in known if one is not None), known.count(None)


def _last_backups(state: State, keys: Iterable[str]) -> list[Backup]:
    return [latest(backups) for key in keys if (backups := state.backups_of(key))]


def _up_and_down(containers: Iterable[Container]) -> tuple[int, int]:
    running = [one.running for one in containers]
    return running.count(True), running.count(False)


def _running(up: int, down: int) -> Line:
    """``● 2 up  ○ 1``."""
    parts: list[Span | str] = [state_sign(running=True), f" {up:,} up  "] if up else []
    parts += [state_sign(running=False), Span(f" {down:,}", "dim")] if down else []
    return line(*parts)


def _backed_up(state: State, last: Sequence[Backup], count: int) -> Line:
    """``2 h to 9 d``, ``2 h to never``; alike where all are of one age. Damage stands before all else."""
    damaged = sum(bool(backup.damaged) for backup in last)
    if damaged:
        return line(Span(f"{damaged:,} DAMAGED", "bad"))
    if not last:
        return line(no_backup(state))
    newest = age(max(backup.started for backup in last))
    if len(last) < count:
        return line(f"{newest} to ", Span("never", "warn"))
    oldest = age(min(backup.started for backup in last))
    if newest != oldest:
        return line(f"{newest} to {oldest}")
    worst = min(last, key=lambda backup: backup.verified is not None)
    return line(newest.ljust(8), standing(worst))


def _backup_words(backup: Backup) -> str:
    return f"last backup {ago(backup.started)}, of {safe(backup.source.short)}, {backup.standing}"


def _data_words(inventory: Inventory, members: Sequence[Container]) -> str:
    kinds = [source.kind for source in inventory.data_of(members)]
    volumes, paths = kinds.count(MountKind.VOLUME.value), len(kinds) - kinds.count(MountKind.VOLUME.value)
    words = [plural(volumes, "volume") if volumes else "", plural(paths, "path") if paths else ""]
    return ", ".join(filter(None, words)) or "no data"


def _fold_words(heading: Heading) -> Span:
    return Span("   open: h folds it" if heading.open else "   folded: Enter opens it", "dim")
