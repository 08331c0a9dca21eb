"""A socket between VolTUI and its engine that cuts, loses, delays or refuses the n-th call."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

_REQUEST = re.compile(rb"(?:GET|POST|PUT|DELETE|HEAD) /(?:v[\d.]+/)?(\S*) HTTP/1\.1\r\n")
_PIECE = 1 << 16
ALL_FAULTS = bool(os.environ.get("VOLTUI_ALL_FAULTS"))
"""Read here: the tests hide the user's settings from themselves."""
_DELAY = 1.5
_ERROR = b'{"message":"the fault harness says no"}'
_REFUSAL = b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(_ERROR),
    _ERROR,
)

CUT = "the connection is cut before the call"
LOST = "the call is made, its answer is lost"
REFUSED = "the engine answers 500"
DELAYED = "the answer comes late"
GONE = "the engine can't be reached from the call on"
TORN = "the answer is cut in the middle"
FAULTS = (CUT, LOST, REFUSED, DELAYED, GONE, TORN)


class Proxy:
    """Listens at ``path`` and forwards to the engine's socket. Use as a context manager."""

    def __init__(self, path: Path, engine: str) -> None:
        self.host = f"unix://{path}"
        self._engine = engine.removeprefix("unix://")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(64)
        self._lock = threading.Lock()
        self._fault, self._at, self._calls = "", 0, 0
        self.counted = 0
        """How many calls there were before it was last armed."""
        self.met = ""
        """What the call was that met the fault."""
        self._gone = False
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []

    def __enter__(self) -> Proxy:
        self._start(self._accept)
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._open:
            _close(end)
        for thread in self._threads:
            thread.join(5)

    def arm(self, fault: str, at: int) -> None:
        """From now on count calls; the one of number ``at`` meets the fault. 0 is never."""
        with self._lock:
            self.counted = self._calls
            self._fault, self._at, self._calls, self.met, self._gone = fault, at, 0, "", False

    def _start(self, target: Callable[..., object], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._gone:
                client.close()
                continue
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(self._engine)
            self._open += [client, engine]
            losing = _Loss()
            self._start(self._requests, client, engine, losing)
            self._start(self._answers, engine, client, losing)

    def _requests(self, client: socket.socket, engine: socket.socket, losing: _Loss) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(_PIECE):
                fault = self._fault_of(data)
                if fault in (CUT, GONE):
                    break
                if fault == REFUSED:
                    client.sendall(_REFUSAL)
                    break
                if fault in (LOST, TORN):
                    losing.fault = fault
                if fault == DELAYED:
                    time.sleep(_DELAY)
                engine.sendall(data)
            else:
                engine.shutdown(socket.SHUT_WR)
                return
        _close(client)
        _close(engine)

    def _answers(self, engine: socket.socket, client: socket.socket, losing: _Loss) -> None:
        with contextlib.suppress(OSError):
            while data := engine.recv(_PIECE):
                if losing.fault:
                    if losing.fault == TORN:
                        client.sendall(data[: len(data) // 2])
                    break
                client.sendall(data)
        _close(client)
        _close(engine)

    def _fault_of(self, data: bytes) -> str:
        found = _REQUEST.match(data)
        with self._lock:
            if found is None:
                return ""
            if self._gone:
                return GONE
            self._calls += 1
            if self._calls != self._at:
                return ""
            self.met = f"{data[: data.index(b' ')].decode()} {found[1].decode().partition('?')[0]}"
            self._gone = self._fault == GONE
            return self._fault


class _Loss:
    """What becomes of the answers on one connection: nothing unless a fault is named."""

    fault = ""


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def tries(calls: int) -> list[tuple[int, str]]:
    """Which calls meet which faults: all of them all where ``VOLTUI_ALL_FAULTS`` is set, which takes a quarter of an
    hour; else every fifth call one, in turn."""
    if ALL_FAULTS:
        return [(at, fault) for at in range(1, calls + 1) for fault in FAULTS]
    return [(at, FAULTS[number % len(FAULTS)]) for number, at in enumerate(range(1, calls + 1, 5))]
