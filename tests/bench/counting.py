"""What a program asks of an engine, and what it takes of memory."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from pathlib import Path


class CountingProxy:
    """Passes a unix socket on and counts the HTTP requests."""

    def __init__(self, path: Path, target: str) -> None:
        self.requests = 0
        self._target = target
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._listening.accept()
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._target)
            threading.Thread(target=self._pump, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, count: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                if count:
                    self.requests += len(re.findall(rb"(?:GET|POST|PUT|DELETE|HEAD) /\S* HTTP/1\.1\r\n", data))
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


def memory(pid: int) -> float:
    """A process's resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024 / 1e6
