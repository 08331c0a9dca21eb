"""What the doctor says of a store."""

from __future__ import annotations

from pathlib import Path

from tests.store.test_local import MOMENT, publish
from voltui.jobs.store_health import store_checks
from voltui.store.local import LocalStore


def told(store: LocalStore) -> list[tuple[str, str]]:
    return [(check.state, check.words.removeprefix(f"{store.root}, ")) for check in store_checks(store)]


def test_a_store_in_order_is_ok(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    assert [state for state, _ in told(store)] == ["ok"]
    store.mark_verified(publish(store, "data"), MOMENT)
    (where, _), (backups, _) = told(store)
    assert (where, backups) == ("ok", "ok")


def test_what_was_not_read_back_and_what_is_damaged_is_told(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    backup = publish(store, "data")
    assert told(store)[1] == ("warning", "1 backup not read back yet.")
    store.archive_path(backup).unlink()
    (store.root / "data" / "data@x.json").write_text("{}")
    assert told(store)[1] == ("bad", f"2 DAMAGED: {backup.id} and data@x.json.")


def test_a_store_that_others_may_look_into_is_told_with_what_to_do(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    publish(store, "data")
    store.root.chmod(0o750)
    check = store_checks(store)[0]
    assert (check.state, check.hint) == ("warning", f"chmod go= {store.root}")
    assert check.words.endswith("others may look into it.")
    store.root.chmod(0o770)
    assert store_checks(store)[0].words.endswith("others may write to it.")


def test_a_store_that_is_below_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (check,) = store_checks(LocalStore(tmp_path / "file" / "store"))
    assert check.words == f"There can't be a store at {tmp_path}/file/store: {tmp_path}/file is a file."
