"""The engine's JSON turned into the model, where no engine at hand says it."""

from __future__ import annotations

from voltui.engine import convert


def test_the_subpath_of_a_volume_stands_in_what_was_asked_for_docker_26() -> None:
    detail = convert.container_detail(
        {
            "Id": "1",
            "Name": "/web",
            "Mounts": [
                {"Type": "volume", "Name": "data", "Destination": "/srv", "RW": True},
                {"Type": "volume", "Name": "data", "Destination": "/whole", "RW": True},
                {"Type": "bind", "Source": "/host", "Destination": "/bound", "RW": False},
            ],
            "HostConfig": {
                "Mounts": [
                    {"Type": "volume", "Source": "data", "Target": "/srv/", "VolumeOptions": {"Subpath": "img/new"}},
                    {"Type": "volume", "Source": "data", "Target": "/whole", "VolumeOptions": None},
                ]
            },
        }
    )
    assert [mount.subpath for mount in detail.container.mounts] == ["img/new", "", ""]
