"""The manifest: a backup's description as JSON, published last. Where it stands, the backup is complete."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from voltui.model.backup import (
    FORMAT_VERSION,
    Backup,
    Consistency,
    Content,
    Loss,
    Origin,
    Part,
    Reason,
    UserAtBackup,
)
from voltui.model.errors import Damaged
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.when import format_time, parse_time


def to_json(backup: Backup) -> dict[str, Any]:
    """The manifest as a JSON object. Sizes in bytes, times in UTC, durations in seconds."""
    return {
        "format": FORMAT_VERSION,
        "id": backup.id,
        "source": asdict(backup.source),
        "driver": backup.driver,
        "options": dict(backup.options),
        "labels": dict(backup.labels),
        "engine": asdict(backup.engine),
        "users": [asdict(user) for user in backup.users],
        "consistency": backup.consistency.value,
        "paused_seconds": round(backup.paused_seconds, 3),
        "transport": backup.transport,
        "losses": [asdict(loss) for loss in backup.losses],
        "content": asdict(backup.content),
        "archive": asdict(backup.archive),
        "index": asdict(backup.index),
        "reason": backup.reason.value,
        "started": format_time(backup.started),
        "ended": format_time(backup.ended),
        "verified": format_time(backup.verified) if backup.verified else None,
        "tool_version": backup.tool_version,
    }


def encode(backup: Backup) -> bytes:
    """The manifest file's bytes."""
    return (json.dumps(to_json(backup), indent=1) + "\n").encode()


def decode(data: bytes, name: str) -> Backup:
    """The backup a manifest describes. ``name`` is the file's, for the error. Raises `Damaged`."""
    try:
        fields = json.loads(data)
        if fields["format"] != FORMAT_VERSION:
            raise Damaged(
                f"{safe(name)} is of format {fields['format']!r}; this VolTUI reads format {FORMAT_VERSION}.",
                "Use a newer VolTUI, or restore it by hand with tar (see the README).",
            )
        return _backup(fields)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"{safe(name)} is not a VolTUI manifest.", "It was cut or edited.") from error


def _backup(fields: dict[str, Any]) -> Backup:
    started, ended = parse_time(fields["started"]), parse_time(fields["ended"])
    if started is None or ended is None:
        raise ValueError("a backup has a start and an end")
    return Backup(
        id=str(fields["id"]),
        source=Source(fields["source"]["kind"], fields["source"]["name"]),
        started=started,
        ended=ended,
        engine=Origin(**fields["engine"]),
        driver=fields["driver"],
        options=dict(fields["options"]),
        labels=dict(fields["labels"]),
        users=tuple(UserAtBackup(**user) for user in fields["users"]),
        consistency=Consistency(fields["consistency"]),
        transport=fields["transport"],
        losses=tuple(Loss(loss["kind"], loss["sentence"], tuple(loss["paths"])) for loss in fields["losses"]),
        content=Content(**fields["content"]),
        archive=Part(**fields["archive"]),
        index=Part(**fields["index"]),
        reason=Reason(fields["reason"]),
        tool_version=fields["tool_version"],
        verified=parse_time(fields["verified"]) if fields["verified"] else None,
        paused_seconds=fields["paused_seconds"],
    )
