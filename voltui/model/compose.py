"""What to write into a compose file so that Compose keeps what was shared (compose-spec, ``services``)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[A-Za-z0-9_./@-][A-Za-z0-9_.:/@-]*")


def snippet(service: str, mounts: Iterable[tuple[str, str]], data: str, *, read_only: bool) -> list[str]:
    """The lines that give a service volumes (name and path), or those of a ``data`` container where one is named."""
    ending = ":ro" if read_only else ""
    if data:
        return [
            "services:",
            f"  {_text(service)}:",
            "    volumes_from:",
            f"      - {_text(f'container:{data}{ending}')}",
        ]
    pairs = list(mounts)
    lines = ["services:", f"  {_text(service)}:", "    volumes:"]
    lines += [f"      - {_text(f'{volume}:{path}{ending}')}" for volume, path in pairs]
    lines.append("volumes:")
    for volume, _ in pairs:
        lines += [f"  {_text(volume)}:", "    external: true"]
    return lines


def _text(text: str) -> str:
    """A YAML scalar; in double quotes, which are JSON's, where it could mean something else."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
