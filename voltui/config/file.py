"""The settings file: its keys, and where in it each stands."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from voltui.model.errors import Usage
from voltui.model.safe import safe

THEMES = ("ansi", "dark", "light")
_TRANSPORTS = ("auto", "bridge", "archive")


class Keys(Struct, frozen=True):
    """The keys of the file with their defaults; all but ``keys`` are also ``VOLTUI_<KEY>`` in the environment."""

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
    theme: str = "ansi"
    keys: dict[str, str | tuple[str, ...]] = field(default_factory=dict)


NAMES = Keys.__struct_fields__


class SettingsFile(Struct, frozen=True):
    """What a settings file says."""

    path: Path
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def place(self, key: str, within: str = "") -> str:
        """``/home/me/.config/voltui/config.toml, line 3``: where a key stands, of the table ``within`` or of none."""
        return f"{safe(str(self.path))}, line {self._line(key, within)}"

    def _line(self, key: str, within: str) -> int:
        name = rf"[\"']?{re.escape(key)}[\"']?"
        alone = re.compile(rf"\s*\[?\s*{name}\s*[=.\]]")
        dotted = re.compile(rf"\s*{re.escape(within)}\s*(\.\s*{name}\s*=|=.*\b{re.escape(key)}\b)") if within else None
        table = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            if (not within or table == within) and alone.match(line):
                return number
            if dotted is not None and dotted.match(line):
                return number
            if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
                table = header[1]
        return 1


def read(path: Path) -> SettingsFile:
    """The file at ``path``, empty where there is none. Raises `Usage` with file and line for what means nothing."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return SettingsFile(path)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    import tomllib  # where there is a file: 3 ms of the start (measured)

    try:
        values = tomllib.loads(text)
    except ValueError as error:
        raise _unreadable(path, error) from error
    file = SettingsFile(path, text, values)
    for key in values:
        if key not in NAMES:
            near = difflib.get_close_matches(key, NAMES, 1)
            hint = f"Did you mean {near[0]}?" if near else f"The keys are {', '.join(NAMES)}."
            raise Usage(f"{file.place(key)}: there is no setting {safe(key)}.", hint)
    for key, value in values.items():
        if key == "keys" and isinstance(value, dict):
            for action, keys in value.items():
                check(key, {action: keys}, file.place(action, "keys"))
        else:
            check(key, value, file.place(key))
    return file


def _unreadable(path: Path, error: Exception) -> Usage:
    reason = (error.strerror or "").lower() if isinstance(error, OSError) else str(error)
    return Usage(f"{safe(str(path))} can't be read: {safe(reason)}.")


def converted(values: Mapping[str, Any]) -> Keys:
    """Values with their types. Raises `msgspec.ValidationError`."""
    return msgspec.convert(dict(values), type=Keys, strict=False)


def check(key: str, value: object, where: str) -> None:
    """Raise `Usage`, naming ``where`` it stands, for a value that means nothing."""
    try:
        checked = converted({key: value})
    except msgspec.ValidationError as error:
        raise Usage(f"{where}: {safe(key)} is wrong: {safe(str(error)).partition(' - at')[0]}.") from error
    if value == "" or (isinstance(value, list | tuple) and "" in value):
        raise Usage(f"{where}: {safe(key)} is empty.", "Give it a value, or leave it out.")
    if checked.transport not in _TRANSPORTS:
        raise Usage(f"{where}: there is no transport {safe(checked.transport)}.", "It is auto, bridge or archive.")
    if checked.theme not in THEMES:
        raise Usage(f"{where}: there is no theme {safe(checked.theme)}.", "It is ansi, dark or light.")
    if not 1 <= checked.level <= 19:
        raise Usage(f"{where}: {checked.level} is no compression level.", "It is a number from 1 to 19.")
    if checked.idle_timeout < 1:
        raise Usage(f"{where}: {checked.idle_timeout} is no idle_timeout.", "It is a number of seconds, at least 1.")
