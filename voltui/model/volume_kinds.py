"""The kinds of volume that can be made, what each means, and the driver's options that stand for it.

The options of the ``local`` driver are those of ``mount(8)``: Docker's documentation of ``docker volume create``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from voltui.model.errors import Usage
from voltui.model.safe import safe

Values = Mapping[str, str]


class Field(Struct, frozen=True):
    """Something to be filled in."""

    name: str
    hint: str
    default: str = ""
    needed: bool = True
    secret: bool = False


class VolumeKind(Struct, frozen=True):
    """A kind of volume."""

    id: str
    label: str
    brief: str
    """A few words for a list."""
    speed: str
    sharing: str
    durability: str
    reach: str
    fields: tuple[Field, ...]
    options: Callable[[Values], dict[str, str]]
    driver: str = "local"

    def made_of(self, values: Values) -> tuple[str, dict[str, str]]:
        """The driver and its options for what was filled in. Raises `Usage` for what is missing or can't be."""
        for field in self.fields:
            if field.needed and not values.get(field.name):
                raise Usage(f"{field.name.capitalize()} is missing.", field.hint)
        return values.get("driver") or self.driver, self.options(values)


def _absolute(values: Values, name: str) -> str:
    path = values[name]
    if not path.startswith("/"):
        raise Usage(f"{safe(path)} is no absolute path.", "It begins with a slash.")
    return path


def _joined(*options: str) -> str:
    """Options of a mount in one string, which commas divide: no value can hold one."""
    return ",".join(filter(None, options))


def _plain(values: Values, name: str) -> str:
    if "," in values.get(name, ""):
        raise Usage(f"The {name} holds a comma, which divides options.", "Docker has no way to say it.")
    return values.get(name, "")


def _nfs(values: Values) -> dict[str, str]:
    address = f"addr={_plain(values, 'server')}"
    device = f":{_absolute(values, 'export')}"
    return {"type": "nfs", "o": _joined(address, values.get("options", "")), "device": device}


def _cifs(values: Values) -> dict[str, str]:
    server, share = _plain(values, "server"), values["share"].strip("/")
    login = [f"username={_plain(values, 'user')}" if values.get("user") else "guest"]
    if values.get("password"):
        login.append(f"password={_plain(values, 'password')}")
    options = _joined(f"addr={server}", *login, values.get("options", ""))
    return {"type": "cifs", "o": options, "device": f"//{server}/{share}"}


def _pairs(values: Values) -> dict[str, str]:
    found = {}
    for entry in values.get("options", "").split():
        key, equals, value = entry.partition("=")
        if not key or not equals:
            raise Usage(f"{safe(entry)} is no KEY=VALUE.", "Blanks divide the options.")
        found[key] = value
    return found


_MOUNT_OPTIONS = "as mount takes them, divided by commas"

KINDS: tuple[VolumeKind, ...] = (
    VolumeKind(
        "local",
        "Local",
        "a directory that the engine keeps",
        "as fast as the engine's disk",
        "any containers of this engine",
        "stays until it is removed",
        "root and whoever may use the engine",
        (),
        lambda values: {},
    ),
    VolumeKind(
        "bind",
        "Directory of the host",
        "one that exists already",
        "as fast as that directory's disk",
        "containers, and every program of the host",
        "as long as the directory: the host may change or delete it",
        "whom the directory's modes let in",
        (Field("directory", "An absolute path that exists on the engine's host."),),
        lambda values: {"type": "none", "o": "bind", "device": _absolute(values, "directory")},
    ),
    VolumeKind(
        "nfs",
        "NFS",
        "a directory of a server",
        "the network's; many small files are slow",
        "containers of several hosts at once",
        "the server's; containers hang while it is away",
        "whom the server's exports let in: mind root squash",
        (
            Field("server", "A name or an address."),
            Field("export", "The path on the server, such as /export/data."),
            Field("options", _MOUNT_OPTIONS, "rw,nfsvers=4", needed=False),
        ),
        _nfs,
    ),
    VolumeKind(
        "cifs",
        "Windows share (CIFS)",
        "a share of a server",
        "the network's",
        "containers of several hosts, and Windows",
        "the server's; owners and modes are not kept",
        "who has the password, which Docker shows to whoever asks it",
        (
            Field("server", "A name or an address."),
            Field("share", "The share's name."),
            Field("user", "empty: a guest", needed=False),
            Field("password", "Docker keeps it readable in the volume's options.", needed=False, secret=True),
            Field("options", _MOUNT_OPTIONS, "vers=3.0", needed=False),
        ),
        _cifs,
    ),
    VolumeKind(
        "tmpfs",
        "Memory (tmpfs)",
        "fast, and gone with its last container",
        "the fastest",
        "containers of this engine that run at the same time",
        "none: gone when the last container that mounts it stops",
        "root and whoever may use the engine",
        (Field("size", "such as 64m", "64m"),),
        lambda values: {"type": "tmpfs", "device": "tmpfs", "o": f"size={_plain(values, 'size')}"},
    ),
    VolumeKind(
        "plugin",
        "Another driver",
        "of a plugin that is installed",
        "the driver's",
        "the driver's",
        "the driver's",
        "the driver's",
        (
            Field("driver", "The plugin's name, which must be installed."),
            Field("options", "KEY=VALUE, divided by blanks", needed=False),
        ),
        _pairs,
    ),
)
"""All of them, the plainest first."""
