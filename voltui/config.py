"""Settings: a TOML file, the environment and flags, made into one frozen value at the start.

A flag wins over ``VOLTUI_*``, that over ``DOCKER_HOST`` and ``DOCKER_CONTEXT``, these over the file, and the file over
what the docker CLI would choose. A key that does not exist, or a value of the wrong kind, is an error that says where.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from voltui.engine.endpoint import Endpoint, resolve
from voltui.model.errors import Usage
from voltui.model.paths import absolute
from voltui.model.safe import safe

_PREFIX = "VOLTUI_"
_DOCKER_VARIABLES = ("DOCKER_HOST", "DOCKER_CONTEXT")


@dataclass(frozen=True, slots=True)
class _File:
    """The keys of the file, each also ``VOLTUI_<KEY>`` in the environment."""

    host: str = ""
    context: str = ""
    store: str = ""
    transport: str = "auto"
    level: int = 3
    idle_timeout: float = 300.0
    read_only: bool = False
    recipients: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    passphrase_file: str = ""


_LISTS = ("recipients", "identities")
"""In the environment their items stand with commas between."""
_KEYS = tuple(_File.__slots__)


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for this run."""

    endpoint: Endpoint
    store: Path
    transport: str
    """``auto``, ``bridge`` or ``archive``."""
    level: int
    """zstd's compression level, 1 to 19."""
    idle_timeout: float
    """Seconds without a byte until a transfer is given up."""
    read_only: bool
    """Whether everything that changes something is refused."""
    recipients: tuple[str, ...]
    """Whom backups are encrypted to: ``age1…``, ssh public keys, or files of them. None: in plain, or by passphrase."""
    identities: tuple[Path, ...]
    """Files of the secret keys that open them."""
    passphrase_file: Path | None
    """The file whose first line is the passphrase that seals and opens backups."""
    state: Path
    """Where jobs and locks are."""


def load(
    *,
    host: str = "",
    context: str = "",
    store: str = "",
    read_only: bool = False,
    recipients: Sequence[str] = (),
    identities: Sequence[str] = (),
    passphrase_file: str = "",
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """The settings of flags, environment and file. Raises `Usage`."""
    environ = os.environ if environ is None else environ
    path = Path(environ.get(f"{_PREFIX}CONFIG") or platformdirs.user_config_path("voltui") / "config.toml")
    in_file = _read_file(path)
    in_environment = {key: _value(key, environ[name]) for key in _KEYS if environ.get(name := _PREFIX + key.upper())}
    for key, value in in_environment.items():
        _checked({key: value}, _PREFIX + key.upper())
    values = _converted({**in_file, **in_environment})
    chosen_host, chosen_context = _engine((host, context), in_environment, in_file, environ)
    where = store or values.store or str(platformdirs.user_data_path("voltui") / "store")
    return Settings(
        endpoint=resolve(chosen_host, chosen_context, environ),
        store=absolute(where),
        transport=values.transport,
        level=values.level,
        idle_timeout=values.idle_timeout,
        read_only=read_only or values.read_only,
        recipients=tuple(recipients) or values.recipients,
        identities=tuple(absolute(path) for path in identities or values.identities),
        passphrase_file=absolute(phrase) if (phrase := passphrase_file or values.passphrase_file) else None,
        state=state_directory(),
    )


def _value(key: str, text: str) -> Any:
    """A variable's value, as the file would have it. Raises `Usage` for a list of nothing: it can't be meant."""
    if key not in _LISTS:
        return text
    items = [item for part in text.split(",") if (item := part.strip())]
    if not items:
        raise Usage(f"{_PREFIX}{key.upper()} names nothing.", "Unset it, or name some, with commas between.")
    return items


def state_directory() -> Path:
    """Where jobs and locks are kept: ``$XDG_STATE_HOME/voltui``."""
    return platformdirs.user_state_path("voltui")


def _engine(
    flags: tuple[str, str], in_environment: Mapping[str, str], in_file: Mapping[str, Any], environ: Mapping[str, str]
) -> tuple[str, str]:
    """Host and context of the first layer that names either."""
    if any(flags):
        return flags
    for layer in (in_environment, {} if any(environ.get(name) for name in _DOCKER_VARIABLES) else in_file):
        named = str(layer.get("host", "")), str(layer.get("context", ""))
        if any(named):
            return named
    return "", ""


def _read_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Usage(f"{safe(str(path))} can't be read: {safe(str(error))}.") from error
    for key in values:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            hint = f"Did you mean {near[0]}?" if near else f"The keys are {', '.join(_KEYS)}."
            raise Usage(f"{_place(path, text, key)}: there is no setting {safe(key)}.", hint)
    for key, value in values.items():
        _checked({key: value}, _place(path, text, key))
    return values


def _place(path: Path, text: str, key: str) -> str:
    """``/home/me/.config/voltui/config.toml, line 3``."""
    pattern = re.compile(rf"\s*[\"'\[]*{re.escape(key)}\b")
    line = next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)
    return f"{safe(str(path))}, line {line}"


def _converted(values: Mapping[str, Any]) -> _File:
    return msgspec.convert(dict(values), type=_File, strict=False)


def _checked(values: Mapping[str, Any], where: str) -> None:
    """Raise `Usage`, naming ``where`` the value stands, for one that means nothing."""
    try:
        checked = _converted(values)
    except msgspec.ValidationError as error:
        key = next(iter(values))
        raise Usage(f"{where}: {safe(key)} is wrong: {safe(str(error)).partition(' - at')[0]}.") from error
    if checked.transport not in ("auto", "bridge", "archive"):
        raise Usage(f"{where}: there is no transport {safe(checked.transport)}.", "It is auto, bridge or archive.")
    if not 1 <= checked.level <= 19:
        raise Usage(f"{where}: {checked.level} is no compression level.", "It is a number from 1 to 19.")
    if checked.idle_timeout < 1:
        raise Usage(f"{where}: {checked.idle_timeout} is no idle_timeout.", "It is a number of seconds, at least 1.")
