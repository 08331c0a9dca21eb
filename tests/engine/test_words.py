"""What an engine answers is told without what only its makers need."""

from __future__ import annotations

import pytest

from voltui.engine.words import refusal

_ID = "0f" * 32


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f"remove data: volume is in use - [{_ID}]", "remove data: volume is in use - [0f0f0f0f0f0f]"),
        (
            "OCI runtime create failed: container_linux.go:380: starting container process caused: "
            'exec: "nix": executable file not found in $PATH: unknown',
            'exec: "nix": executable file not found in $PATH',
        ),
        (
            "failed to create task for container: failed to create shim task: OCI runtime create failed: "
            'runc create failed: unable to start container process: exec: "nix": permission denied: unknown',
            'failed to create task for container: failed to create shim task: exec: "nix": permission denied',
        ),
        ("Conflict. The name is taken.", "Conflict. The name is taken"),
        ("\x1b[31mred", r"\x1b[31mred"),
    ],
)
def test_an_engines_words_are_told_in_brief(said: str, told: str) -> None:
    assert refusal("do it", 409, said).sentence == f"The engine refuses to do it: {told}."
