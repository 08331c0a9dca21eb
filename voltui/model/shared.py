"""What shares have given a container, which its label tells: only that is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import normpath

import msgspec
from msgspec import Struct

from voltui.model.container import Container

SHARED_LABEL = "voltui.shared"
"""On a container that was made anew for a share: its `Given` in JSON."""


class Given(Struct, frozen=True, omit_defaults=True):
    """A mount that a share gave a container."""

    at: str
    volume: str
    data: str = ""
    """The data container that it takes it from, or empty: it mounts the volume itself."""


def given(container: Container) -> tuple[Given, ...]:
    """What shares gave it and it has. An image that was made of a container bears its label, too, and gives nothing."""
    try:
        told = msgspec.json.decode(container.labels.get(SHARED_LABEL, "[]"), type=tuple[Given, ...])
    except msgspec.MsgspecError:
        return ()
    has = {(normpath(mount.destination), mount.source) for mount in container.mounts}
    return tuple(one for one in told if (one.at, one.volume) in has)


def label_of(all_given: Iterable[Given]) -> str:
    """What the label says; empty where there is nothing to tell."""
    told = tuple(all_given)
    return msgspec.json.encode(told).decode() if told else ""
