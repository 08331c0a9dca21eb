"""Settings: a TOML file, the environment and flags, made into one frozen value at the start.

A flag wins over ``VOLTUI_*``, that over ``DOCKER_HOST`` and ``DOCKER_CONTEXT``, these over the file, and the file over
what the docker CLI would choose. A key that does not exist, or a value of the wrong kind, is an error that says where.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import platformdirs
from msgspec import Struct, field

from voltui.config.file import NAMES, SettingsFile, check, converted, read
from voltui.engine.endpoint import Endpoint, resolve
from voltui.model.errors import Usage
from voltui.model.paths import absolute

_PREFIX = "VOLTUI_"
_DOCKER_VARIABLES = ("DOCKER_HOST", "DOCKER_CONTEXT")
_LISTS = ("recipients", "identities")
"""In the environment their items stand with commas between."""
_VARIABLES = {key: _PREFIX + key.upper() for key in NAMES if key != "keys"}
_DEFAULT = "default"


class KeyChoice(Struct, frozen=True):
    """Keys that the file gives to an action; whether there are such is for the interface to say."""

    action: str
    keys: tuple[str, ...]
    place: str
    """File and line."""


class Settings(Struct, frozen=True):
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
    theme: str
    """``ansi``: the terminal's own colours; ``dark`` and ``light`` have their own."""
    keys: tuple[KeyChoice, ...]
    """What the explorer's keys are, where they are not its own."""
    state: Path
    """Where jobs and locks are."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each setting comes from: ``default``, file and line, a variable, a flag. The engine's is ``engine``."""


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
    _refuse_empty(environ)
    file = read(Path(environ.get(f"{_PREFIX}CONFIG") or platformdirs.user_config_path("voltui") / "config.toml"))
    in_environment = {key: _value(key, environ[name]) for key, name in _VARIABLES.items() if name in environ}
    for key, value in in_environment.items():
        check(key, value, _VARIABLES[key])
    flags = {
        "store": (store, "--store"),
        "read_only": (read_only, "--read-only"),
        "recipients": (tuple(recipients), "--encrypt-to"),
        "identities": (tuple(identities), "--identity"),
        "passphrase_file": (passphrase_file, "--passphrase-file"),
    }
    given = {key: value for key, (value, _) in flags.items() if value}
    values = converted({**file.values, **in_environment, **given})
    endpoint, engine_origin = _engine((host, context), in_environment, file, environ)
    origins = {
        **dict.fromkeys((key for key in NAMES if key not in ("host", "context")), _DEFAULT),
        **{key: file.place(key) for key in file.values},
        **{key: _VARIABLES[key] for key in in_environment},
        **{key: flags[key][1] for key in given},
        "engine": engine_origin,
    }
    return Settings(
        endpoint=endpoint,
        store=absolute(values.store or str(platformdirs.user_data_path("voltui") / "store")),
        transport=values.transport,
        level=values.level,
        idle_timeout=values.idle_timeout,
        read_only=values.read_only,
        recipients=values.recipients,
        identities=tuple(absolute(path) for path in values.identities),
        passphrase_file=absolute(values.passphrase_file) if values.passphrase_file else None,
        theme=values.theme,
        keys=tuple(
            KeyChoice(action, (keys,) if isinstance(keys, str) else keys, file.place(action, "keys"))
            for action, keys in values.keys.items()
        ),
        state=state_directory(),
        origins=origins,
    )


def _refuse_empty(environ: Mapping[str, str]) -> None:
    """Raise `Usage` for a variable that is set to nothing: what it meant to say must not be passed over."""
    for name in (f"{_PREFIX}CONFIG", *_VARIABLES.values()):
        if environ.get(name) == "":
            raise Usage(f"{name} is set, but empty.", "Unset it, or give it a value.")


def _value(key: str, text: str) -> Any:
    """A variable's value, as the file would have it. Raises `Usage` for a list of nothing: it can't be meant."""
    if key not in _LISTS:
        return text
    items = [item for part in text.split(",") if (item := part.strip())]
    if not items:
        raise Usage(f"{_VARIABLES[key]} names nothing.", "Unset it, or name some, with commas between.")
    return items


def state_directory() -> Path:
    """Where jobs and locks are kept: ``$XDG_STATE_HOME/voltui``."""
    return platformdirs.user_state_path("voltui")


def _engine(
    flags: tuple[str, str], in_environment: Mapping[str, str], file: SettingsFile, environ: Mapping[str, str]
) -> tuple[Endpoint, str]:
    """The engine that the first layer that names one means, and which layer that is."""
    docker = next((name for name in _DOCKER_VARIABLES if environ.get(name)), "")
    for (host, context), origins in (
        (flags, ("--host", "--context")),
        (_named(in_environment), (_VARIABLES["host"], _VARIABLES["context"])),
        (("", "") if docker else _named(file.values), (file.place("host"), file.place("context"))),
    ):
        if host or context:
            return resolve(host, context, environ), origins[0 if host else 1]
    endpoint = resolve(environ=environ)
    return endpoint, docker or (_DEFAULT if endpoint.context == "default" else "docker's current context")


def _named(values: Mapping[str, Any]) -> tuple[str, str]:
    return str(values.get("host", "")), str(values.get("context", ""))
