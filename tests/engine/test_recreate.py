"""A container made anew is compared with the old one: nothing differs without being said."""

from __future__ import annotations

from typing import Any

from voltui.engine.recreate import MountChange, differing


def inspect(identifier: str, **changes: Any) -> dict[str, Any]:
    return {
        "Id": identifier * 64,
        "Config": {
            "Hostname": changes.get("hostname", identifier * 12),
            "Image": "nginx",
            "Labels": changes.get("labels", {}),
            "Env": changes.get("env", ["A=1", "B=2"]),
        },
        "HostConfig": {"Init": changes.get("init"), "Binds": changes.get("binds"), "Links": None},
        "NetworkSettings": {"Networks": {"front": {"Aliases": [identifier * 12, *changes.get("aliases", ["web"])]}}},
    }


def test_what_engines_make_up_and_what_was_asked_for_is_no_difference() -> None:
    change = MountChange(labels={"voltui.shared": "[…]"})
    new = inspect("b", labels={"voltui.shared": "[…]"}, env=["B=2", "A=1"], init=False, binds=["data:/data"])
    assert differing(inspect("a"), new, change) == []


def test_every_setting_that_is_another_one_is_named() -> None:
    old = inspect("a", hostname="given", init=True)
    new = inspect("b", labels={"other": "1"}, env=["A=1"], aliases=[])
    assert differing(old, new, MountChange()) == [
        "Config.Env", "Config.Hostname", "Config.Labels", "HostConfig.Init", "NetworkSettings.Networks.front",
    ]  # fmt: skip
