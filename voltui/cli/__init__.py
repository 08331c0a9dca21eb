"""The command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    from voltui.sandbox.run import run

    i = sys.argv.index("--")
    sys.exit(run(sys.argv[i + 1 :], empty="--empty" in sys.argv[:i], say=print))
