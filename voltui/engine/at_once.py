"""How two names of one file system are exchanged at once, by whatever tool of the engine's host can ask the kernel to.

Not every host has one, and not every file system can: whoever calls it has another way.
"""

from __future__ import annotations

_PERL = """
exit 1 if length(pack "p", "") != 8;
exit(syscall($ARGV[0] + 0, -100, $ARGV[1], -100, $ARGV[2], 2) == 0 ? 0 : 1);
"""
"""``renameat2`` by its number, relative to the current directory, with RENAME_EXCHANGE. The numbers are those of
programs of 64 bits."""

EXCHANGER = f"""
exchanger() {{
    if command -v exch; then return; fi
    if mv --help | grep -qe --exchange; then echo mv; return; fi
    command -v perl >/dev/null || return 0
    case $(uname -m) in
        x86_64) echo 316 ;;
        aarch64 | riscv64) echo 276 ;;
    esac
}}

# Exchange two names at once, by what exchanger has found. Where that fails nothing is changed.
at_once() {{
    case $how in
        "") return 1 ;;
        mv) mv --exchange -T -- "$1" "$2" ;;
        */exch) exch "$1" "$2" ;;
        *) perl -e '{_PERL}' "$how" "$1" "$2" ;;
    esac 2>/dev/null
}}
"""
"""Functions for a script. Paths begin with ``/`` or ``./``."""
