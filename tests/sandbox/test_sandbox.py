"""The sandbox: a real engine with samples, of which nothing stays, whatever ends it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from voltui.model.errors import Refused
from voltui.sandbox import install
from voltui.sandbox.layout import Layout

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a sandbox needs root")

SANDBOX = [sys.executable, "-P", "-m", "voltui", "sandbox"]
DEADLINE = 60.0


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    folder = Path("/tmp") / f"vt-{os.getpid()}-{time.monotonic_ns() % 10**6}"
    folder.mkdir()
    return {**os.environ, "TMPDIR": str(folder)}


@pytest.fixture(autouse=True)
def nothing_stays(environment: dict[str, str]) -> Iterator[None]:
    yield
    folder = Path(environment["TMPDIR"])
    until(lambda: list(folder.iterdir()) == [], f"an empty {folder}")
    until(lambda: processes_in(folder) == [], "the end of every process")
    assert str(folder) not in Path("/proc/self/mountinfo").read_text()
    folder.rmdir()


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come true"
        time.sleep(0.05)


def processes_in(folder: Path) -> list[str]:
    """Those that name the folder, and those whose root file system lies in it. Others only see its mounts."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            mounts = (process / "mountinfo").read_bytes().splitlines()
            roots = [line for line in mounts if line.split()[4] == b"/"]
            text = (process / "cmdline").read_bytes() + b"".join(roots)
        except OSError:
            continue
        if os.fsencode(folder) in text and process.name != str(os.getpid()):
            found.append(process.name)
    return found


def test_the_samples_look_like_real_life(environment: dict[str, str]) -> None:
    command = "docker volume ls -q; docker ps -a --format '{{.Names}} {{.State}}'; voltui=$VOLTUI_SANDBOX; ls $voltui"
    done = subprocess.run([*SANDBOX, "--", "sh", "-c", command], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for wanted in ("shop_pgdata", "shared_assets", "scratch", "odd_names", "shop-db running", "assets-data created"):
        assert wanted in done.stdout
    assert "shop-nightly exited" in done.stdout


def test_the_exit_status_is_the_commands(environment: dict[str, str]) -> None:
    assert subprocess.run([*SANDBOX, "--empty", "--", "sh", "-c", "exit 7"], env=environment).returncode == 7


def test_a_command_that_can_not_be_run_is_told(environment: dict[str, str]) -> None:
    done = subprocess.run([*SANDBOX, "--empty", "--", "/no/such"], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "/no/such can't be run: no such file" in done.stderr


@contextmanager
def running(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A sandbox with a container that ignores requests to end, and a command that waits."""
    script = """
        docker volume create data >/dev/null
        printf '' | docker import - empty >/dev/null 2>&1
        docker run -d --network none -v data:/v -v /usr:/usr:ro -v /bin:/bin:ro -v /lib:/lib:ro -v /lib64:/lib64:ro \\
            empty sh -c 'trap "" TERM; while :; do sleep 1; done' >/dev/null
        echo ready; exec sleep 1000
    """
    with subprocess.Popen(
        [*SANDBOX, "--empty", "--", "sh", "-c", script],
        env=environment,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # the tests may run under nohup
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda number: number.name)
def test_nothing_stays_when_it_is_ended(environment: dict[str, str], number: signal.Signals) -> None:
    with running(environment) as process:
        process.send_signal(number)
        process.wait(DEADLINE)


def test_nothing_stays_when_its_keeper_is_killed(environment: dict[str, str]) -> None:
    with running(environment) as process:
        keeper = next(
            int(found)
            for found in processes_in(Path(environment["TMPDIR"]))
            if b"voltui.sandbox.keeper" in Path(f"/proc/{found}/cmdline").read_bytes()
        )
        os.kill(keeper, signal.SIGKILL)
        process.terminate()
        process.wait(DEADLINE)
    subprocess.run([*SANDBOX, "--empty", "--", "true"], env=environment, check=True)


def test_without_root_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Refused, match="needs root"):
        install.ensure_dockerd(yes=True, ask=lambda question: True)


def test_without_an_engine_it_asks_before_it_installs(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(install, "find_dockerd", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.delenv("CI", raising=False)

    def no(question: str) -> bool:
        asked.append(question)
        return False

    with pytest.raises(Refused, match="no dockerd") as told:
        install.ensure_dockerd(yes=False, ask=no)
    assert asked == ["There is no dockerd here. Install Debian's docker.io?"]
    assert "apt-get install docker.io" in told.value.hint


def test_where_there_is_no_apt_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "find_dockerd", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Refused, match="no dockerd on this system"):
        install.ensure_dockerd(yes=True, ask=lambda question: True)


def test_the_commands_environment_leads_to_no_other_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VOLTUI_HOST", "VOLTUI_CONTEXT", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY"):
        monkeypatch.setenv(name, "prod")
    environment = Layout(tmp_path).environment()
    assert environment["DOCKER_HOST"] == f"unix://{tmp_path}/docker.sock"
    assert "prod" not in environment.values()
