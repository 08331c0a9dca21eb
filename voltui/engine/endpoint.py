"""Which engine is meant: flags, environment and docker contexts, resolved as the docker CLI does.

The order is the CLI's: a host or context named outright, then ``DOCKER_HOST``, then ``DOCKER_CONTEXT``, then the
``currentContext`` of ``config.json``, then the default socket. The SDK falls back to the default engine where a
context is unknown; acting on the wrong engine can destroy data, so an unknown context is an error here.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from voltui.model.errors import Usage
from voltui.model.safe import safe

DEFAULT_HOST = "unix:///var/run/docker.sock"
_DEFAULT_CONTEXT = "default"


class Tls(Struct, frozen=True):
    """Certificates for a ``tcp://`` endpoint: paths of PEM files, empty where there is none."""

    ca: str = ""
    cert: str = ""
    key: str = ""
    verify: bool = True


class Endpoint(Struct, frozen=True):
    """An engine's address, and how it was chosen."""

    host: str
    """``unix://``, ``tcp://`` or ``ssh://``."""
    context: str = _DEFAULT_CONTEXT
    tls: Tls | None = None

    @property
    def shown(self) -> str:
        """For headers and sentences: the context where one was chosen, with the host."""
        host = safe(self.host)
        return host if self.context == _DEFAULT_CONTEXT else f"{safe(self.context)} ({host})"

    @property
    def brief(self) -> str:
        """The same where there is little room: the context, ``local`` for the usual socket, else the address."""
        if self.context != _DEFAULT_CONTEXT:
            return safe(self.context)
        return "local" if self.host == DEFAULT_HOST else safe(self.host.removeprefix("unix://"))


def context_names(environ: Mapping[str, str] | None = None) -> list[str]:
    """The docker contexts that there are: the default one, then the stored ones by name."""
    folder = _config_folder(os.environ if environ is None else environ) / "contexts" / "meta"
    names = []
    for path in folder.glob("*/meta.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            names.append(str(json.loads(path.read_bytes())["Name"]))
    return [_DEFAULT_CONTEXT, *sorted(names)]


def resolve(host: str = "", context: str = "", environ: Mapping[str, str] | None = None) -> Endpoint:
    """The endpoint that ``--host`` or ``--context`` names, or the docker CLI's own. Raises `Usage`."""
    environ = os.environ if environ is None else environ
    if host and context:
        raise Usage("Both a host and a context are given.", "Name one of the two: --host or --context.")
    if context and context != _DEFAULT_CONTEXT:
        return _context(context, environ)
    if host or environ.get("DOCKER_HOST"):
        return Endpoint(_known_scheme(host or environ["DOCKER_HOST"]), tls=_environment_tls(environ))
    if context:
        return Endpoint(DEFAULT_HOST)
    chosen = environ.get("DOCKER_CONTEXT") or _current_context(environ)
    return _context(chosen, environ) if chosen else Endpoint(DEFAULT_HOST)


def _known_scheme(host: str) -> str:
    if host.startswith("/"):
        return f"unix://{host}"
    if not host.startswith(("unix://", "tcp://", "ssh://", "http://", "https://")):
        raise Usage(f"{safe(host)} is no engine address.", "Use unix:///path, tcp://host:port or ssh://user@host.")
    return host


def _environment_tls(environ: Mapping[str, str]) -> Tls | None:
    """``DOCKER_TLS_VERIFY`` and ``DOCKER_CERT_PATH``, as the CLI reads them: any value but empty verifies."""
    verify = bool(environ.get("DOCKER_TLS_VERIFY"))
    if not verify and not environ.get("DOCKER_TLS"):
        return None
    folder = Path(environ.get("DOCKER_CERT_PATH") or _config_folder(environ)).absolute()  # jobs work in another one
    return _certificates(folder, verify=verify)


def _certificates(folder: Path, *, verify: bool) -> Tls:
    paths = (folder / name for name in ("ca.pem", "cert.pem", "key.pem"))
    ca, cert, key = (str(path) if path.is_file() else "" for path in paths)
    return Tls(ca, cert, key, verify)


def _config_folder(environ: Mapping[str, str]) -> Path:
    named = environ.get("DOCKER_CONFIG")
    return Path(named) if named else Path(environ.get("HOME") or Path.home()) / ".docker"


def _reason(error: Exception) -> str:
    return safe(f"{error.filename}: {error.strerror}." if isinstance(error, OSError) else str(error))


def _current_context(environ: Mapping[str, str]) -> str:
    path = _config_folder(environ) / "config.json"
    try:
        return str(json.loads(path.read_bytes()).get("currentContext", ""))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, AttributeError) as error:
        raise Usage(f"{safe(str(path))} can't be read, so the engine is not known.", _reason(error)) from error


def _context(name: str, environ: Mapping[str, str]) -> Endpoint:
    """A stored context: ``contexts/meta/<SHA-256 of its name>/meta.json``, its certificates beside it."""
    if name == _DEFAULT_CONTEXT:
        return Endpoint(DEFAULT_HOST)
    digest = hashlib.sha256(name.encode()).hexdigest()
    contexts = _config_folder(environ) / "contexts"
    try:
        meta = json.loads((contexts / "meta" / digest / "meta.json").read_bytes())
        docker = meta["Endpoints"]["docker"]
        host = _known_scheme(docker["Host"])
    except FileNotFoundError:
        raise Usage(
            f"There is no docker context named {safe(name)}.", "`docker context ls` lists what there is."
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Usage(f"The docker context {safe(name)} can't be read.", _reason(error)) from error
    certificates = contexts / "tls" / digest / "docker"
    verify = not docker.get("SkipTLSVerify", False)
    tls = _certificates(certificates, verify=verify) if certificates.is_dir() or not verify else None
    return Endpoint(host, name, tls)
