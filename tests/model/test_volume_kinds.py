"""The forms of new volumes: what is filled in becomes the driver's options, and what can't be is told."""

from __future__ import annotations

import pytest

from voltui.model.errors import Usage
from voltui.model.volume_kinds import KINDS

_KINDS = {kind.id: kind for kind in KINDS}


@pytest.mark.parametrize(
    ("kind", "values", "driver", "options"),
    [
        ("local", {}, "local", {}),
        ("bind", {"directory": "/srv"}, "local", {"type": "none", "o": "bind", "device": "/srv"}),
        (
            "nfs",
            {"server": "10.0.0.1", "export": "/data", "options": "rw,nfsvers=4"},
            "local",
            {"type": "nfs", "o": "addr=10.0.0.1,rw,nfsvers=4", "device": ":/data"},
        ),
        (
            "cifs",
            {"server": "nas", "share": "/docs/", "user": "me", "password": "secret", "options": ""},
            "local",
            {"type": "cifs", "o": "addr=nas,username=me,password=secret", "device": "//nas/docs"},
        ),
        (
            "cifs",
            {"server": "nas", "share": "docs"},
            "local",
            {"type": "cifs", "o": "addr=nas,guest", "device": "//nas/docs"},
        ),
        ("tmpfs", {"size": "64m"}, "local", {"type": "tmpfs", "device": "tmpfs", "o": "size=64m"}),
        ("plugin", {"driver": "rexray", "options": "size=10 kind=ssd"}, "rexray", {"size": "10", "kind": "ssd"}),
    ],
)
def test_what_is_filled_in_becomes_options(
    kind: str, values: dict[str, str], driver: str, options: dict[str, str]
) -> None:
    assert _KINDS[kind].made_of(values) == (driver, options)


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("bind", {"directory": ""}, "Directory is missing"),
        ("bind", {"directory": "srv"}, "srv is no absolute path"),
        ("nfs", {"server": "a", "export": "data"}, "data is no absolute path"),
        ("nfs", {"server": "a,uid=0", "export": "/data"}, "The server holds a comma"),
        ("cifs", {"server": "a", "share": "b", "user": "c", "password": "d,e"}, "The password holds a comma"),
        ("plugin", {"driver": "x", "options": "novalue"}, "novalue is no KEY=VALUE"),
    ],
)
def test_what_can_not_be_is_told(kind: str, values: dict[str, str], words: str) -> None:
    with pytest.raises(Usage, match=words):
        _KINDS[kind].made_of(values)


def test_every_kind_tells_what_it_means() -> None:
    for kind in KINDS:
        assert all((kind.speed, kind.sharing, kind.durability, kind.reach, kind.brief))
