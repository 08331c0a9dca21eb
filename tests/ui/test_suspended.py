"""The terminal comes back from another program, however that ends."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from textual.app import App

from voltui.ui.suspended import suspended


class _App(App[None]):
    """One whose `suspend` comes back only from work that raises nothing, as Textual's."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    @contextmanager
    def suspend(self) -> Iterator[None]:
        self.done.append("left")
        yield
        self.done.append("back")


@pytest.mark.parametrize("error", [FileNotFoundError("no such editor"), KeyboardInterrupt()])
def test_the_terminal_comes_back_when_the_work_fails(error: BaseException) -> None:
    app = _App()

    def work() -> None:
        raise error

    with pytest.raises(type(error)):
        suspended(app, work)
    assert app.done == ["left", "back"]


def test_ctrl_c_is_for_the_other_program() -> None:
    before = signal.getsignal(signal.SIGINT)

    def interrupted() -> str:
        signal.raise_signal(signal.SIGINT)
        return "read"

    assert suspended(_App(), interrupted) == "read"
    assert signal.getsignal(signal.SIGINT) is before
