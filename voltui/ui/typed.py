"""What somebody typed into one line, of more parts than one."""

from __future__ import annotations

import shlex
from pathlib import Path

from voltui.jobs.image import with_tag
from voltui.model.errors import Usage
from voltui.model.paths import absolute
from voltui.store.client_files import check_new_file


def words(text: str) -> list[str]:
    """The words of a text, as a shell would take them; of one whose quote does not end, as they stand."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def image_and_file(text: str) -> tuple[str, str]:
    """The name of an image, and the whole path of a file; empty without one. Raises `Usage`."""
    reference, *files = words(text) or [""]
    if len(files) > 1:
        raise Usage("That is more than a name and a file.", "A path with blanks stands in quotes.")
    return reference, str(absolute(files[0])) if files else ""


def check_image_and_file(text: str) -> None:
    """Raise `Usage`, `Refused` or `NotFound` for what can't be made of `image_and_file`."""
    reference, file = image_and_file(text)
    with_tag(reference)
    if file:
        check_new_file(Path(file))
