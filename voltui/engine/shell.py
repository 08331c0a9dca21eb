"""A shell in a helper, on the terminal of this process.

The helper lives as long as this process is attached to its standard input: when it ends, however it ends, the engine
closes that, `cat` ends, and the engine removes the helper with whatever runs in it. So it is over ssh, too. The shell
itself is a second command in it: one that has a terminal is told nothing when its client has gone.
"""

from __future__ import annotations

import os
import select
import termios
import threading
import tty
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from voltui.engine import helper
from voltui.engine.connection import DEADLINE, Connection
from voltui.engine.helper import TARGET, HelperSpec
from voltui.engine.pool import DaemonPool, settled
from voltui.engine.tools import octal
from voltui.model.errors import Failed, VoltuiError

if TYPE_CHECKING:
    from docker.api.client import APIClient

READ_CAPABILITIES = ("DAC_READ_SEARCH",)
WRITE_CAPABILITIES = ("CHOWN", "FOWNER", "DAC_OVERRIDE", "FSETID")
"""What mending files takes: no devices, no capabilities of files."""
LIFE = ("cat",)
"""What a helper runs that `attached` keeps alive."""
_SHELL = """folder=$(printf '%bx' "$1")
[ -z "${folder%x}" ] || cd -P -- "./${folder%x}" || true
command -v bash >/dev/null && exec bash --norc --noprofile
exec sh"""
"""Where the folder has gone meanwhile, ``cd`` says so, and it begins in the root."""
_DETACH_KEYS = "ctrl-^,ctrl-_"
"""Without others, the engine would keep Ctrl-P to itself."""
_UPGRADE = {"Connection": "Upgrade", "Upgrade": "tcp"}
_LOOK_EVERY = 0.25
"""Seconds between two looks at the size of the terminal: it may be used from a thread, which no signal reaches."""
_PIECE = 1 << 16


class Line:
    """A raw connection to the engine that an upgraded answer leaves."""

    def __init__(self, response: Any) -> None:
        self._response = response
        self._file = response.raw._fp.fp
        self._socket = self._file.raw._sock
        self._socket.settimeout(None)

    def read(self) -> bytes:
        """What came, at least a byte; empty at the end. What was read beyond the answer's header comes first."""
        try:
            return bytes(self._file.read1(_PIECE))
        except (OSError, ValueError):
            return b""

    def write(self, data: bytes) -> None:
        """Send all of it."""
        self._socket.sendall(data)

    def close(self) -> None:
        """Hang up; a thread that reads sees the end."""
        with suppress(OSError):
            self._socket.shutdown(2)
        self._response.close()


async def run(
    connection: Connection, spec: HelperSpec, prompt: str, told: Callable[[], object], folder: bytes = b""
) -> int:
    """Run a shell in a new helper on standard input and output, a terminal; its exit status.

    It begins in a ``folder`` of what is mounted, by its path below the root.
    ``spec`` is `attached`. ``told`` is called when all is there. The helper is gone afterwards.
    """
    pool, client = DaemonPool("shell", 2), connection.new_client(DEADLINE)
    life: Line | None = None
    try:
        await settled(helper.create_attached(connection, spec))
        life = await pool.run(lambda: _attached(connection, client, spec.name))
        await helper.start(connection, spec.name)
        told()
        return await pool.run(lambda: _talk(connection, spec.name, prompt, folder))
    finally:
        if life is not None:
            life.close()
        with suppress(VoltuiError):  # it ends by itself all the same: nobody is attached
            await settled(helper.remove(connection, spec.name))
        connection.release(client)
        pool.close()


def _attached(connection: Connection, client: APIClient, name: str) -> Line:
    with connection.translated("attach to a helper"):
        url = client._url("/containers/{0}/attach", name)
        response = client._post(url, headers=_UPGRADE, params={"stdin": 1, "stream": 1}, stream=True)
        client._raise_for_status(response)
        return Line(response)


def _talk(connection: Connection, name: str, prompt: str, folder: bytes) -> int:
    """Run the shell and carry what is typed and what it prints until it ends."""
    client, sizes = connection.new_client(DEADLINE), connection.new_client(DEADLINE)
    try:
        with connection.translated("run a shell in a helper"):
            environment = {"TERM": os.environ.get("TERM", "xterm"), "PS1": prompt, "HOME": TARGET, "HISTFILE": ""}
            created = client.exec_create(
                name,
                ["sh", "-c", _SHELL, "sh", octal(folder)],
                stdin=True,
                tty=True,
                environment={**environment, "LC_ALL": "C.UTF-8"},
                workdir=TARGET,
                detach_keys=_DETACH_KEYS,
            )
            url = client._url("/exec/{0}/start", created["Id"])
            response = client._post_json(url, headers=_UPGRADE, data={"Tty": True, "Detach": False}, stream=True)
            client._raise_for_status(response)
        line = Line(response)

        def resize(columns: int, rows: int) -> None:
            with suppress(VoltuiError), connection.translated("tell a shell its size"):
                sizes.exec_resize(created["Id"], height=rows, width=columns)

        try:
            _carry(line, resize)
        finally:
            line.close()
        with connection.translated("ask how a shell ended"):
            ended = sizes.exec_inspect(created["Id"])
    finally:
        connection.release(client)
        connection.release(sizes)
    if ended["ExitCode"] is None:
        raise Failed("The shell did not end by itself: its connection is lost.", "Its helper goes with it.")
    return int(ended["ExitCode"])


def _carry(line: Line, resize: Callable[[int, int], None]) -> None:
    """Between the terminal, raw meanwhile, and the shell."""
    before = termios.tcgetattr(0)
    reading, ended = os.pipe()

    def print_all() -> None:
        try:
            while data := line.read():
                _write_all(1, data)
        finally:
            os.close(ended)

    printing = threading.Thread(target=print_all, name="shell-output", daemon=True)
    poll = select.poll()
    poll.register(0, select.POLLIN)
    poll.register(reading, select.POLLIN)
    tty.setraw(0)
    try:
        printing.start()
        size = None
        while True:
            now = os.get_terminal_size(0)
            if now != size and now.columns and now.lines:
                size = now
                resize(now.columns, now.lines)
            ready = {descriptor for descriptor, _ in poll.poll(_LOOK_EVERY * 1000)}
            if reading in ready:
                return
            if 0 in ready:
                typed = os.read(0, _PIECE)
                if not typed:
                    return
                line.write(typed)
    except OSError:
        return  # the terminal is gone, or the line: the helper goes with both
    finally:
        line.close()
        printing.join()
        os.close(reading)
        with suppress(termios.error):
            termios.tcsetattr(0, termios.TCSADRAIN, before)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
