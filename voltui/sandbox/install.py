"""Getting a Docker engine where there is none: Debian's package, after asking."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable

from voltui.model.errors import Failed, Refused
from voltui.sandbox.daemons import find_dockerd

_PACKAGE = "docker.io"


def ensure_dockerd(*, yes: bool, ask: Callable[[str], bool]) -> None:
    """See that ``dockerd`` is there, installing Debian's ``docker.io`` where apt and root can.

    ``ask`` is called with the question, unless ``yes`` or the environment's ``CI=true`` has answered it. Raises
    `Refused` where it must not or can't be installed, with what to do instead.
    """
    if os.geteuid() != 0:
        raise Refused("A sandbox needs root, since it starts an engine of its own.", "Run it with sudo.")
    if find_dockerd():
        return
    if not shutil.which("apt-get"):
        raise Refused("There is no dockerd on this system.", "Install Docker's engine package, then try again.")
    if not (yes or os.environ.get("CI") == "true" or ask(f"There is no dockerd here. Install Debian's {_PACKAGE}?")):
        raise Refused("There is no dockerd on this system.", f"`apt-get install {_PACKAGE}` installs one.")
    _install()


def _install() -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-q", "-o", "Acquire::Retries=3"]
    for command in ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", _PACKAGE]):
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode:
            words = done.stderr.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
            raise Failed(f"`{' '.join(command)}` failed: {words[-1]}", "Install a Docker engine by hand.")
    if not find_dockerd():
        raise Failed(f"{_PACKAGE} is installed, but there is still no dockerd.", "Install a Docker engine by hand.")
