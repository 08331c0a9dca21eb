"""Scripts that measure or take pictures run in a sandbox: the one that they were started in, else one of their own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from voltui.sandbox.run import run


def in_sandbox(*, empty: bool) -> None:
    """Go on where this is a sandbox already; else run the same command line in a new one, and end with its status."""
    if "VOLTUI_SANDBOX" in os.environ:
        return
    root = str(Path(__file__).parents[1])
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    raise SystemExit(run([sys.executable, *sys.argv], empty=empty, say=lambda words: print(words, file=sys.stderr)))
