"""Another engine than the sandbox's, for a test that kills it or needs its data elsewhere."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from voltui.sandbox.daemons import Daemons, clear
from voltui.sandbox.layout import Layout


class Mortal:
    """An engine of the test's own whose containers live on when it dies (``live-restore``)."""

    def __init__(self, root: Path) -> None:
        self.layout = Layout(root)
        self._daemons = Daemons(self.layout)
        self._daemons.start_containerd()
        (root / "daemon.json").write_text('{"live-restore": true}\n')
        self.pid = self._daemons.start_dockerd()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self._daemons.reap()

    def restart(self) -> None:
        self.layout.socket.unlink(missing_ok=True)
        self.pid = self._daemons.start_dockerd()

    def end(self) -> None:
        self._daemons.stop()
        clear(self.layout)
