"""What nobody foresaw: it ends the explorer with the terminal in order, and never shows what variables held."""

from __future__ import annotations

from textual.app import App
from textual.worker import WorkerFailed

from voltui.model.errors import Failed


class FaultKeeping(App[str]):
    """An application that keeps what ended it, for the command line to tell in a sentence."""

    fault: Exception | None = None
    """The first fault there was."""

    def _handle_exception(self, error: Exception) -> None:
        """Keep it. Textual calls this for what no handler caught, and ends."""
        self._keep(error.error if isinstance(error, WorkerFailed) else error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End without Textual's traceback, which fills the screen with all that the variables hold."""
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """End. Textual calls this alone where keys can't be read any more."""
        self._keep(Failed("The terminal can't be read any more."))
        self._fatal_error()

    def _keep(self, error: BaseException) -> None:
        if self.fault is None and isinstance(error, Exception):
            self.fault = error
