"""Files that are named on the command line, looked at before anything is begun or asked."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from voltui.model.errors import Failed, NotFound, Usage
from voltui.model.safe import safe


def source_given(path: Path) -> bytes:
    """The absolute path of what is to be put somewhere. Raises `NotFound`, or `Failed` where it may not be read."""
    shown = safe(str(path))
    if not os.path.lexists(path):
        raise NotFound(f"There is no {shown} on this machine.", "Check the path.")
    if not path.is_symlink() and not os.access(path, os.R_OK):
        raise Failed(f"{shown} can't be read: permission denied.", "Read it as somebody who may.")
    return os.fsencode(os.path.normpath(path.absolute()))


def archive_given(path: Path) -> Path:
    """The absolute path of an archive that can be read twice.

    Raises `NotFound` where there is none, `Usage` for what is no regular file, `Failed` where it may not be read.
    """
    shown = safe(str(path))
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        raise NotFound(f"There is no file {shown}.", "Check the path.") from None
    except OSError as error:
        raise Failed(f"{shown} can't be read: {(error.strerror or '').lower()}.", "Check the path.") from error
    if stat.S_ISDIR(kind):
        raise Usage(f"{shown} is a directory, no archive.", "`voltui put` puts a directory's files into a volume.")
    if not stat.S_ISREG(kind):
        raise Usage(f"{shown} is no regular file.", f"A stream goes through standard input: voltui import - < {shown}")
    if not os.access(path, os.R_OK):
        raise Failed(f"{shown} can't be read: permission denied.", "Read it as somebody who may.")
    return path.absolute()
