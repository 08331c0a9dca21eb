"""What is loaded when: quick commands load neither the interface nor the engine's library."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("textual", "docker", "requests", "rich")


def loaded_by(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


_MAY_LOAD = {"msgspec", "typing_extensions", "sitecustomize"}


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["backup", "--help"], ["jobs"], ["backups"]], ids=" ".join
)
def test_quick_commands_load_little(arguments: list[str]) -> None:
    code = f"sys.argv = ['voltui', *{arguments!r}]\nfrom voltui.cli import main\n"
    code += "try: main()\nexcept SystemExit: pass"
    assert loaded_by(code).isdisjoint(HEAVY)


def test_the_model_needs_nothing_but_the_standard_library_and_its_records() -> None:
    modules = "safe, text, when, source, volume, mount, container, inventory, backup, errors"
    outside = {name for name in loaded_by(f"from voltui.model import {modules}") if not name.startswith("_")}
    third_party = {name.partition(".")[0] for name in outside} - set(sys.stdlib_module_names) - {"voltui"}
    assert {name for name in third_party if "site" not in name and "editable" not in name} <= _MAY_LOAD


@pytest.mark.engine
def test_the_first_listing_does_without_the_engines_library(sandbox_host: str) -> None:
    code = "import asyncio, voltui.engine.adapter as a, voltui.engine.endpoint as e\n"
    code += f"asyncio.run(a.Engine(e.resolve({sandbox_host!r})).inventory())"
    assert loaded_by(code).isdisjoint(HEAVY)


def test_the_engine_layer_loads_the_library_only_when_it_calls() -> None:
    assert loaded_by("import voltui.engine.adapter, voltui.jobs.submit").isdisjoint(HEAVY)
