"""What is shown for a compose file."""

from __future__ import annotations

from voltui.model.compose import snippet


def test_a_service_takes_the_mounts_of_a_data_container() -> None:
    lines = snippet("web", [("media", "/media")], "media-data", read_only=True)
    assert lines == ["services:", "  web:", "    volumes_from:", "      - container:media-data:ro"]


def test_a_service_mounts_volumes_that_exist_already() -> None:
    assert snippet("web", [("media", "/media")], "", read_only=False) == [
        "services:",
        "  web:",
        "    volumes:",
        "      - media:/media",
        "volumes:",
        "  media:",
        "    external: true",
    ]


def test_what_yaml_could_read_otherwise_is_quoted() -> None:
    lines = snippet("we: b", [("media", "/a #b")], "", read_only=False)
    assert lines[1] == '  "we: b":'
    assert lines[3] == '      - "media:/a #b"'
