"""Which engines one can go to, and what is told of each without asking it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from voltui.engine.endpoint import Endpoint
from voltui.ui.handlers.engines import known_engines


def test_contexts_that_lead_nowhere_are_listed_and_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    socket = tmp_path / "engine.sock"
    socket.touch()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{socket}")
    for name, host in (("away", f"unix://{tmp_path}/away.sock"), ("broken", "nonsense"), ("same", f"unix://{socket}")):
        folder = tmp_path / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
        folder.mkdir(parents=True)
        (folder / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))
    told = {one.label: one.told for one in known_engines(["ssh://there", "unix:///not/kept"])}
    assert told["DOCKER_HOST"] == f"unix://{socket}"
    assert told["away"] == f"unix://{tmp_path}/away.sock  no engine runs there"
    assert told["broken"] == "nonsense is no engine address."
    assert told["used before"] == "ssh://there"
    assert set(told) == {"DOCKER_HOST", "default", "away", "broken", "used before"}, "each engine once"
    here = next(one for one in known_engines([]) if one.leads_to(Endpoint(f"unix://{socket}", "same")))
    assert here.label == "DOCKER_HOST"
