"""The store: a backup is there when its manifest is, and only then."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from voltui.archive import manifest
from voltui.model.backup import Backup, Consistency, Content, Loss, Origin, Part, UserAtBackup
from voltui.model.errors import Damaged, Failed, NotFound, Usage
from voltui.model.source import Source
from voltui.store.local import LocalStore
from voltui.store.publication import Publication

MOMENT = datetime(2026, 11, 24, 3, 15, 2, tzinfo=UTC)


def make_backup(identifier: str, engine: str = "engine-1", moment: datetime = MOMENT) -> Backup:
    return Backup(
        id=identifier,
        source=Source.parse(identifier.rpartition("@")[0]),
        started=moment,
        ended=moment + timedelta(seconds=3),
        engine=Origin(engine, "host", "28.5"),
        driver="local",
        options={"o": "x"},
        labels={"odd": "\x1b[0m"},
        users=(UserAtBackup("db", "postgres:16", "/data", False, "running"),),
        consistency=Consistency.PAUSED,
        transport="bridge",
        losses=(Loss("sockets", "1 socket file can't be archived.", ("a\\xff",)),),
        content=Content({"file": 2, "dir": 1}, 10, 10240),
        archive=Part(4, "aa"),
        index=Part(4, "bb"),
    )


def publish(store: LocalStore, name: str, engine: str = "engine-1", moment: datetime = MOMENT) -> Backup:
    publication = store.begin(Source.parse(name), "job")
    for descriptor in publication.open():
        os.write(descriptor, b"data")
    backup = make_backup(publication.id, engine, moment)
    publication.publish(backup)
    return backup


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def files(store: LocalStore) -> set[str]:
    return {str(path.relative_to(store.root)) for path in store.root.rglob("*") if path.is_file()}


def test_a_manifest_carries_everything_there_and_back() -> None:
    backup = replace(make_backup("data@20261124T031502Z"), verified=MOMENT, paused_seconds=0.25)
    assert manifest.decode(manifest.encode(backup), "m") == backup


def test_published_files_are_private_and_complete(store: LocalStore) -> None:
    backup = publish(store, "data")
    assert files(store) == {f"data/{backup.id}.{end}" for end in ("tar.zst", "index.zst", "json")}
    for path in store.root.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
    assert [found.id for found in store.listing().backups] == [backup.id]


def test_a_store_is_made_for_its_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        publish(LocalStore(tmp_path / "new" / "store"), "data")
    finally:
        os.umask(before)
    for path in (tmp_path / "new", *(tmp_path / "new").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_nothing_is_listed_before_the_manifest_is_there(store: LocalStore) -> None:
    publication = store.begin(Source.parse("data"), "job")
    publication.open()
    assert store.listing().backups == ()
    publication.close()
    assert store.sweep(living_jobs=["job"]) == []
    assert len(store.sweep(living_jobs=[])) == 2
    assert files(store) == set()


def test_ids_of_one_second_differ(store: LocalStore) -> None:
    identifiers: list[str] = []
    publications: list[Publication] = []
    for _ in range(3):
        publication = store.begin(Source.parse("data"), "job")
        publication.open()
        publications.append(publication)
        identifiers.append(publication.id)
    assert len(set(identifiers)) == 3
    for publication in publications:
        publication.close()


def test_paths_are_stored_under_encoded_names(store: LocalStore) -> None:
    backup = publish(store, "/srv/media")
    assert (store.root / "%2Fsrv%2Fmedia").is_dir()
    assert store.find(backup.id).source.name == "/srv/media"
    assert store.find("/srv/media@latest").id == backup.id


def test_ids_may_be_shortened_while_they_are_unique(store: LocalStore) -> None:
    first = publish(store, "data")
    second = publish(store, "database")
    assert store.find(first.id) == store.find("data@")
    assert store.find("datab").id == second.id
    with pytest.raises(Usage, match="may be"):
        store.find("dat")
    with pytest.raises(NotFound, match="no backup nothing"):
        store.find("nothing")
    with pytest.raises(NotFound):
        store.find("nothing@latest")


def test_of_backups_of_one_second_the_one_made_last_is_the_latest(store: LocalStore) -> None:
    made = [publish(store, "data", moment=MOMENT) for _ in range(4)]
    assert [backup.id for backup in store.listing().backups] == [backup.id for backup in reversed(made)]
    assert store.find("data@latest").id == made[-1].id


@pytest.mark.parametrize("reference", ["@latest", "@", "@2026"])
def test_a_reference_without_a_volume_names_no_backup(store: LocalStore, reference: str) -> None:
    publish(store, "data")
    with pytest.raises(Usage, match="names no volume"):
        store.find(reference)
    assert not store.listing(Source("volume", "")).backups


def test_latest_prefers_the_engine_that_is_asked_for(store: LocalStore) -> None:
    old = publish(store, "data", "engine-1", MOMENT)
    new = publish(store, "data", "engine-2", MOMENT + timedelta(days=1))
    assert store.find("data@latest").id == new.id
    assert store.find("data@latest", "engine-1").id == old.id
    assert store.find("data@latest", "engine-3").id == new.id


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is not a VolTUI manifest"),
        (b"{}", "is not a VolTUI manifest"),
        (b'{"format": 1}', "is not a VolTUI manifest"),
        (b'{"format": 99, "more": 1}', "is of format 99"),
        (b"\xff\xfe", "is not a VolTUI manifest"),
    ],
)
def test_a_broken_manifest_is_a_problem_and_hides_no_other(store: LocalStore, content: bytes, why: str) -> None:
    good = publish(store, "data")
    bad = publish(store, "other")
    (store.root / "other" / f"{bad.id}.json").write_bytes(content)
    listing = store.listing()
    assert [backup.id for backup in listing.backups] == [good.id]
    assert why in listing.problems[0].error.sentence
    with pytest.raises(Damaged, match=why):
        store.find(bad.id)


def test_a_manifest_under_another_name_is_refused(store: LocalStore) -> None:
    good = publish(store, "data")
    folder = store.root / "data"
    (folder / f"{good.id}.json").rename(folder / "data@20200101T000000Z.json")
    assert "manifest of another backup" in store.listing().problems[0].error.sentence


def test_removing_takes_the_manifest_first(store: LocalStore) -> None:
    backup = publish(store, "data")
    store.remove(backup)
    assert files(store) == set()


def test_verification_is_written_into_the_manifest(store: LocalStore) -> None:
    backup = publish(store, "data")
    assert store.find(backup.id).verified is None
    store.mark_verified(store.find(backup.id), MOMENT)
    assert store.find(backup.id).verified == MOMENT


def test_a_store_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("x")
    store = LocalStore(tmp_path / "store")
    with pytest.raises(Failed, match="store"):
        store.begin(Source.parse("data"), "job")
    with pytest.raises(Failed, match="store is a file"):
        store.listing()


@pytest.mark.parametrize(
    ("ending", "harm", "why"),
    [
        (".tar.zst", lambda file: file.unlink(), "Its archive data@.* is missing."),
        (".index.zst", lambda file: file.unlink(), "Its index data@.* is missing."),
        (".tar.zst", lambda file: file.write_bytes(b"da"), "has 2 bytes; it was made with 4."),
        (".index.zst", lambda file: file.write_bytes(b"data and more"), "has 13 bytes"),
    ],
)
def test_a_backup_without_its_whole_files_is_listed_as_damaged(
    store: LocalStore, ending: str, harm: Callable[[Path], object], why: str
) -> None:
    backup = publish(store, "data")
    store.mark_verified(backup, MOMENT)
    file = store.root / "data" / f"{backup.id}{ending}"
    kept = file.read_bytes()
    harm(file)
    (listed,) = store.listing().backups
    assert (listed.standing, listed.verified) == ("DAMAGED", None)
    assert re.search(why, listed.damaged)
    file.write_bytes(kept)
    assert store.find(backup.id).verified == MOMENT, "it was seen, not written down: a disk may have been away"


def test_a_folder_that_can_not_be_read_hides_no_other(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    good = publish(store, "data")
    publish(store, "other")
    scan = os.scandir

    def refusing(path: Path) -> object:
        if Path(path).name == "other":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr("voltui.store.local.os.scandir", refusing)  # root, who runs tests, may read all
    listing = store.listing()
    assert [backup.id for backup in listing.backups] == [good.id]
    assert [problem.name for problem in listing.problems] == ["other"]
    assert listing.problems[0].error.sentence == "other can't be read: permission denied."


def test_a_store_that_does_not_exist_is_empty(store: LocalStore) -> None:
    assert store.listing().backups == ()
    assert store.free_bytes() > 0
