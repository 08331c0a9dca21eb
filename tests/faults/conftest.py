"""Prints, at the end of a run, which faults were tried where."""

from __future__ import annotations

import pytest

from tests.faults.harness import TABLE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if TABLE.tried:
        terminalreporter.section("faults tried: every invariant held")
        terminalreporter.write_line(str(TABLE))
