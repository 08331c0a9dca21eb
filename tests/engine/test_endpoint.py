"""The engine is the one that the docker CLI would take; what is unknown is an error, never another engine."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from voltui.engine.endpoint import DEFAULT_HOST, Endpoint, resolve
from voltui.model.errors import Usage


def make_context(folder: Path, name: str, host: str, *, tls: bool = False, skip_verify: bool = False) -> None:
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = folder / "contexts" / "meta" / digest
    meta.mkdir(parents=True)
    docker = {"Host": host, "SkipTLSVerify": skip_verify}
    (meta / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": {"docker": docker}}))
    if tls:
        certificates = folder / "contexts" / "tls" / digest / "docker"
        certificates.mkdir(parents=True)
        for pem in ("ca.pem", "cert.pem", "key.pem"):
            (certificates / pem).touch()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    make_context(tmp_path, "prod", "ssh://admin@prod-1")
    make_context(tmp_path, "secure", "tcp://10.0.0.1:2376", tls=True)
    return {"DOCKER_CONFIG": str(tmp_path)}


def test_nothing_said_means_the_default_socket(environ: dict[str, str]) -> None:
    assert resolve(environ=environ) == Endpoint(DEFAULT_HOST)


def test_docker_host_wins_over_the_current_context(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"currentContext": "prod"}')
    assert resolve(environ=environ).host == "ssh://admin@prod-1"
    assert resolve(environ={**environ, "DOCKER_HOST": "tcp://other:2375"}).host == "tcp://other:2375"


def test_docker_context_wins_over_the_current_context(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"currentContext": "prod"}')
    assert resolve(environ={**environ, "DOCKER_CONTEXT": "secure"}).context == "secure"


def test_a_named_context_wins_over_docker_host(environ: dict[str, str]) -> None:
    found = resolve(context="prod", environ={**environ, "DOCKER_HOST": "tcp://other:2375"})
    assert found.host == "ssh://admin@prod-1"
    assert found.shown == "prod (ssh://admin@prod-1)"


def test_the_default_context_is_what_docker_host_says(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"currentContext": "prod"}')
    assert resolve(context="default", environ=environ).host == DEFAULT_HOST
    assert resolve(context="default", environ={**environ, "DOCKER_HOST": "tcp://x:1"}).host == "tcp://x:1"


def test_a_context_brings_its_certificates(environ: dict[str, str]) -> None:
    tls = resolve(context="secure", environ=environ).tls
    assert tls is not None
    assert tls.verify
    assert all(path.endswith(".pem") for path in (tls.ca, tls.cert, tls.key))


def test_certificates_of_the_environment(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    found = resolve("tcp://x:2376", environ={**environ, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)})
    assert found.tls is not None
    assert (found.tls.ca, found.tls.verify) == (str(tmp_path / "ca.pem"), True)


@pytest.mark.parametrize("where", ["argument", "environment", "config"])
def test_an_unknown_context_is_an_error_and_not_the_default_engine(
    environ: dict[str, str], tmp_path: Path, where: str
) -> None:
    argument = "gone" if where == "argument" else ""
    if where == "environment":
        environ["DOCKER_CONTEXT"] = "gone"
    if where == "config":
        (tmp_path / "config.json").write_text('{"currentContext": "gone"}')
    with pytest.raises(Usage, match="no docker context named gone"):
        resolve(context=argument, environ=environ)


def test_a_broken_docker_configuration_is_an_error(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(Usage, match=r"config\.json can't be read"):
        resolve(environ=environ)


def test_host_and_context_together_are_refused(environ: dict[str, str]) -> None:
    with pytest.raises(Usage, match="Both"):
        resolve("tcp://x:1", "prod", environ)


def test_an_address_of_an_unknown_kind_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(Usage, match="no engine address"):
        resolve("ftp://x", environ=environ)


def test_a_path_is_taken_as_a_socket(environ: dict[str, str]) -> None:
    assert resolve("/run/docker.sock", environ=environ).host == "unix:///run/docker.sock"
