"""What is written of a fault in VolTUI itself, for whoever mends it."""

from __future__ import annotations

import traceback
from pathlib import Path

from voltui.model.errors import Failed
from voltui.model.safe import safe
from voltui.store.files import private_directory, write_file


def written_down(fault: BaseException, state: Path) -> Failed:
    """What to say of a fault that nobody foresaw, after its traceback was written below the state directory.

    The file is its owner's alone and has no values of variables, which may be secret.
    """
    path = state / "fault.log"
    try:
        private_directory(path.parent)
        write_file(path, "".join(traceback.format_exception(fault)).encode(errors="backslashreplace"), durable=False)
        hint = f"Its log is {safe(str(path))}."
    except OSError as error:
        hint = f"Its log is lost: {safe(str(path))} can't be written ({(error.strerror or str(error)).lower()})."
    return Failed(f"VolTUI has a fault: {safe(repr(fault))}.", hint)
