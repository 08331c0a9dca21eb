"""The private ``containerd`` and ``dockerd``: started, and ended with everything they started."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from voltui.model.errors import Failed
from voltui.model.inventory import SANDBOX_LABEL
from voltui.model.safe import safe
from voltui.sandbox.layout import Layout

_PR_SET_PDEATHSIG = 1
_READY_DEADLINE = 60.0
_STOP_DEADLINE = 15.0
_CONTAINERD = """version = 2
root = "{root}/containerd"
state = "{root}/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "{root}/run/containerd.sock"
"""


def find_dockerd() -> str | None:
    """The path of ``dockerd``, which is seldom on an ordinary user's PATH."""
    return shutil.which("dockerd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin")


class Daemons:
    """The two daemons of a sandbox. The system's own containerd, where one runs, is left alone."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start both. Raises `Failed` with the daemon's last words where one does not come up."""
        self.start_containerd()
        self.start_dockerd()

    def start_containerd(self) -> None:
        """Start what runs the containers, and write the configuration of both."""
        root = self._layout.root
        (root / "run").mkdir(exist_ok=True)
        (root / "containerd.toml").write_text(_CONTAINERD.format(root=root))
        (root / "daemon.json").write_text("{}\n")
        self._launch(["containerd", "--config", f"{root}/containerd.toml", "--log-level", "warn"])
        self._await(root / "run" / "containerd.sock")

    def start_dockerd(self) -> int:
        """Start the engine; its process id."""
        root = self._layout.root
        self._launch([
            find_dockerd() or "dockerd",
            f"--config-file={root}/daemon.json",
            f"--host={self._layout.host}",
            f"--containerd={root}/run/containerd.sock",
            f"--data-root={root}/data",
            f"--exec-root={root}/run/docker",
            f"--pidfile={root}/docker.pid",
            f"--label={SANDBOX_LABEL}",
            "--bridge=none",
            "--iptables=false",
            "--ip-forward=false",
            "--ip-masq=false",
            "--log-level=warn",
        ])  # fmt: skip
        self._await(self._layout.socket)
        return self._running[-1].pid

    def stop(self) -> None:
        """End the daemons, dockerd first; whichever does not go is killed."""
        for process in reversed(self._running):
            process.terminate()
            try:
                process.wait(_STOP_DEADLINE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def reap(self) -> None:
        """Forget daemons that have ended of themselves, waiting for the last started."""
        self._running[-1].wait()
        self._running = [process for process in self._running if process.poll() is None]

    def _launch(self, command: list[str]) -> None:
        with self._layout.log.open("ab") as log:
            self._running.append(
                subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    preexec_fn=lambda: die_with_parent(signal.SIGTERM),
                    env={**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"},
                )
            )

    def _await(self, socket: Path) -> None:
        deadline = time.monotonic() + _READY_DEADLINE
        while not socket.exists():
            if self._running[-1].poll() is not None or time.monotonic() > deadline:
                lines = self._layout.log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
                raise Failed(f"The sandbox's engine does not start: {safe(lines[-1])}.")
            time.sleep(0.02)


_OCTAL = re.compile(rb"\\([0-7]{3})")
"""How the kernel writes blanks and the like in a mount's path."""


def die_with_parent(number: int) -> None:
    """Ask the kernel to send this process a signal when its parent ends (``prctl(2)``). Linux only."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number)


def clear(layout: Layout) -> None:
    """Kill whatever still runs in a sandbox, unmount what is mounted, delete its directory. May be repeated."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in _processes(layout.root):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + 3
        while _processes(layout.root) and time.monotonic() < deadline:
            time.sleep(0.05)
    for mount in sorted(_mounts(Path("/proc/self/mountinfo"), layout.root), reverse=True):
        subprocess.run(["umount", "--lazy", mount], check=False, stderr=subprocess.DEVNULL)
    if not _mounts(Path("/proc/self/mountinfo"), layout.root):  # else it would delete what is mounted there
        shutil.rmtree(layout.root, ignore_errors=True)


def _processes(root: Path) -> list[int]:
    """The daemons, shims and jobs that name the directory in their arguments, and processes in its containers."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        if pid == os.getpid():
            continue
        with contextlib.suppress(OSError):
            if os.fsencode(root) in (folder / "cmdline").read_bytes() or _contained(folder, root):
                found.append(pid)
    return found


def _contained(folder: Path, root: Path) -> bool:
    """Whether a process's root file system lies in the directory: it runs in a container of the sandbox."""
    return any(fields[4] == b"/" and os.fsencode(root) in line for line, fields in _mount_lines(folder / "mountinfo"))


def _mounts(mountinfo: Path, root: Path) -> list[str]:
    points = (os.fsdecode(fields[4]) for _, fields in _mount_lines(mountinfo))
    return [point for point in points if point.startswith(f"{root}/")]


def _mount_lines(mountinfo: Path) -> Iterator[tuple[bytes, list[bytes]]]:
    for line in mountinfo.read_bytes().splitlines():
        yield line, [_OCTAL.sub(lambda code: bytes([int(code[1], 8)]), field) for field in line.split()]
