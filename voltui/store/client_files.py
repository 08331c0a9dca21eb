"""Files of this machine that a job makes or takes away again, without ever replacing another's."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from voltui.model.errors import NotFound, Refused
from voltui.model.safe import safe


def taken_names(folder: Path, names: Iterable[bytes]) -> list[bytes]:
    """Those of the names that a directory has already; it may be missing."""
    return [name for name in names if os.path.lexists(folder / os.fsdecode(name))]


def check_new_file(file: Path) -> None:
    """Raise `Refused` where something is already where a file is to be made, `NotFound` where its directory is not."""
    if os.path.lexists(file):
        raise taken(file)
    check_parent(file)


def check_parent(file: Path) -> None:
    """Raise `NotFound` where there is no directory for a file."""
    if not file.parent.is_dir():
        raise NotFound(f"There is no directory {safe(str(file.parent))}.", "Make it first.")


def taken(file: Path) -> Refused:
    """What is said of a file that is there already."""
    return Refused(f"{safe(str(file))} exists already.", "Nothing is ever overwritten: choose another name.")


def missing_parents(path: Path) -> list[Path]:
    """The directories around a path that are not there yet, the innermost first."""
    return [parent for parent in path.parents if not parent.exists()]


def moved_in(old: Path, new: Path) -> None:
    """Move an entry to a place on the same file system where nothing is. Raises `FileExistsError`.

    A file is linked first, which never replaces anything; a directory replaces an empty one at most.
    """
    if old.is_dir() and not old.is_symlink():
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(old), None, str(new))
        old.rename(new)
        return
    os.link(old, new, follow_symlinks=False)
    old.unlink()


def moved_back(old: Path, new: Path) -> None:
    """Undo `moved_in`, done, begun or never begun: what is at ``new`` goes back only where it came from ``old``."""
    if not os.path.lexists(old.parent) or not os.path.lexists(new):
        return
    if not os.path.lexists(old):
        with suppress(PermissionError):
            new.rename(old)
            return
        new.chmod(0o700)
        new.rename(old)
    elif os.path.samestat(old.lstat(), new.lstat()):
        new.unlink()


def remove_tree(folder: Path) -> None:
    """Remove a directory of this user with all that is in it, also where its folders may not be written to."""
    for path, folders, _ in os.walk(folder):
        for place in (Path(path, name) for name in folders):
            if not place.is_symlink():
                place.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove those of the directories that hold nothing, in this order."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
