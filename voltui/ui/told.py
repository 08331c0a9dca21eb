"""What goes wrong in what a screen does in the background: a sentence, told one way by all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from voltui.model.errors import Failed, VoltuiError
from voltui.ui.host import Host


@contextmanager
def told(app: Host, what: str) -> Iterator[None]:
    """Tell the errors of a block, which ends with the first. ``what`` begins the sentence where the system gives only a
    reason; it must be safe for a terminal."""
    try:
        yield
    except VoltuiError as error:
        app.tell_error(error)
    except OSError as error:
        app.tell_error(Failed(f"{what}: {(error.strerror or str(error)).lower()}."))
