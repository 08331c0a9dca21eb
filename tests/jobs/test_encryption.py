"""Encrypted backups: nothing of the volume is readable in the store, and nothing altered is restored."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.archive.test_seal import identity_file
from tests.conftest import Lab, Ran
from voltui.archive import manifest
from voltui.archive.seal import Seal
from voltui.jobs.common import Common, Treatment
from voltui.jobs.directory import jobs_directory
from voltui.jobs.keys import Keyring
from voltui.jobs.plan import BackupPlan, PrunePlan, RestorePlan, VerifyPlan
from voltui.jobs.undoable import last_undoable, undoables
from voltui.model.backup import Backup
from voltui.model.errors import Damaged, Refused
from voltui.model.source import Source

pytestmark = pytest.mark.engine
DATA = Source("volume", "data")


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, str]:
    return identity_file(tmp_path)


def to(lab: Lab, recipient: str, *identities: Path) -> Common:
    return replace(lab.common(), recipients=(recipient,), identities=tuple(map(str, identities)))


async def backed_up(lab: Lab, common: Common, source: Source = DATA, treatment: Treatment = Treatment.PAUSE) -> Backup:
    outcome = await lab.run(BackupPlan(common, (source,), treatment))
    outcome.raise_error()
    return lab.store.find(outcome.result["backups"][0])


async def secret_volume(lab: Lab, name: str = "data") -> Path:
    files = await lab.engine.create_volume(name, "local", {}, {"owner": "label-secret"})
    folder = Path(files.mountpoint)
    (folder / "name-secret").write_text("content-secret")
    return folder


async def test_the_store_tells_neither_names_nor_labels_nor_users(lab: Lab, keys: tuple[Path, str]) -> None:
    await secret_volume(lab)
    await lab.container("user-secret", ["data:/data"])
    backup = await backed_up(lab, to(lab, keys[1]))
    assert backup.encrypted
    assert backup.verified is not None
    for path in lab.store.root.rglob("*"):
        if path.is_file():
            assert b"-secret" not in path.read_bytes(), path
            assert path.stat().st_mode & 0o777 == 0o600


async def test_it_is_restored_with_the_identity_and_what_it_was(lab: Lab, keys: tuple[Path, str]) -> None:
    await secret_volume(lab)
    await lab.container("app", ["data:/data"])
    backup = await backed_up(lab, to(lab, keys[1]), treatment=Treatment.LIVE)
    common = to(lab, keys[1], keys[0])
    outcome = await lab.run(RestorePlan(common, Source("volume", "again"), backup.id))
    outcome.raise_error()
    again = await lab.engine.volume("again")
    assert again.labels["owner"] == "label-secret"
    assert (Path(again.mountpoint) / "name-secret").read_text() == "content-secret"


async def test_without_the_identity_nothing_is_touched(lab: Lab, keys: tuple[Path, str]) -> None:
    files = await secret_volume(lab)
    backup = await backed_up(lab, to(lab, keys[1]))
    (files / "name-secret").write_text("changed")
    with pytest.raises(Refused, match="is encrypted, and no key to it"):
        (await lab.run(RestorePlan(lab.common(), DATA, backup.id))).raise_error()
    other = Path(f"{keys[0]}-other")
    other.write_text(Seal.new([]).secret)
    with pytest.raises(Refused, match="none of the keys given"):
        (await lab.run(RestorePlan(to(lab, keys[1], other), DATA, backup.id))).raise_error()
    assert (files / "name-secret").read_text() == "changed"


async def test_what_a_restore_replaced_is_encrypted_and_undone_without_the_identity(
    lab: Lab, keys: tuple[Path, str]
) -> None:
    files = await secret_volume(lab)
    backup = await backed_up(lab, to(lab, keys[1]))
    (files / "name-secret").write_text("newer")
    (await lab.run(RestorePlan(to(lab, keys[1], keys[0]), DATA, backup.id))).raise_error()
    engine = (await lab.engine.info()).id
    found = undoables(lab.store.listing().backups, jobs_directory(lab.state), engine)
    undo = last_undoable(found, DATA).backup
    assert undo is not None
    assert undo.encrypted
    (await lab.run(RestorePlan(to(lab, keys[1]), DATA, undo.id))).raise_error()
    assert (files / "name-secret").read_text() == "newer"
    kept = list((lab.state / "keys").iterdir())
    assert len(kept) == 2
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in kept)
    (await lab.run(PrunePlan(lab.common(), (undo.id,)))).raise_error()
    assert len(list((lab.state / "keys").iterdir())) == 1


async def test_what_is_replaced_by_an_encrypted_backup_is_encrypted_too_though_no_recipient_is_named(
    lab: Lab, keys: tuple[Path, str]
) -> None:
    files = await secret_volume(lab)
    backup = await backed_up(lab, to(lab, keys[1]))
    (files / "name-secret").write_text("newer")
    common = replace(lab.common(), identities=(str(keys[0]),))
    (await lab.run(RestorePlan(common, DATA, backup.id))).raise_error()
    assert all(one.encrypted for one in lab.store.listing().backups)
    undo = next(one for one in lab.store.listing().backups if one.undo)
    (await lab.run(RestorePlan(lab.common(), DATA, undo.id))).raise_error()
    assert (files / "name-secret").read_text() == "newer"


async def test_a_plain_backup_in_place_of_an_encrypted_undo_is_refused_whatever_is_named(
    lab: Lab, keys: tuple[Path, str]
) -> None:
    files = await secret_volume(lab)
    backup = await backed_up(lab, to(lab, keys[1]))
    plain = await backed_up(lab, lab.common())
    (await lab.run(RestorePlan(to(lab, keys[1], keys[0]), DATA, backup.id))).raise_error()
    undo = next(one for one in lab.store.listing().backups if one.undo)
    forged = replace(plain, id=undo.id, reason=undo.reason, started=undo.started)
    for path, of in ((lab.store.archive_path, plain), (lab.store.index_path, plain)):
        path(forged).write_bytes(path(of).read_bytes())
    lab.store.manifest_path(forged).write_bytes(manifest.encode(forged))
    for plan in (RestorePlan(lab.common(), DATA, undo.id, accept_plain=True), VerifyPlan(lab.common(), (undo.id,))):
        with pytest.raises(Damaged, match="was encrypted when it was made"):
            (await lab.run(plan)).raise_error()
    assert (files / "name-secret").read_text() == "content-secret"


async def test_a_passphrase_seals_and_opens(lab: Lab, tmp_path: Path) -> None:
    files = await secret_volume(lab)
    (tmp_path / "phrase").write_text("correct horse\n")
    (tmp_path / "wrong").write_text("wrong horse\n")
    common = replace(lab.common(), passphrase_file=str(tmp_path / "phrase"))
    backup = await backed_up(lab, common)
    (files / "name-secret").write_text("changed")
    wrong = replace(lab.common(), passphrase_file=str(tmp_path / "wrong"))
    with pytest.raises(Refused, match="passphrase does not open"):
        (await lab.run(RestorePlan(wrong, DATA, backup.id))).raise_error()
    assert (files / "name-secret").read_text() == "changed"
    (await lab.run(RestorePlan(common, DATA, backup.id))).raise_error()
    assert (files / "name-secret").read_text() == "content-secret"


def edited(backup: Backup) -> Backup:
    return replace(backup, content=replace(backup.content, size=1))


def other_archive(backup: Backup) -> Backup:
    return replace(backup, archive=replace(backup.archive, blake3="0" * 64))


@pytest.mark.parametrize("edit", [edited, other_archive])
async def test_an_edited_manifest_is_refused_before_the_volume_is_touched(
    lab: Lab, keys: tuple[Path, str], edit: Callable[[Backup], Backup]
) -> None:
    files = await secret_volume(lab)
    backup = await backed_up(lab, to(lab, keys[1]))
    (files / "name-secret").write_text("changed")
    lab.store.manifest_path(backup).write_bytes(manifest.encode(edit(backup)))
    with pytest.raises(Damaged, match="not the one that was sealed"):
        (await lab.run(RestorePlan(to(lab, keys[1], keys[0]), DATA, backup.id))).raise_error()
    assert (files / "name-secret").read_text() == "changed"


async def test_a_backup_of_one_volume_offered_as_anothers_is_refused(lab: Lab, keys: tuple[Path, str]) -> None:
    """Its files take the other's names, and its manifest is edited to fit them: all that one without a key can do."""
    await secret_volume(lab)
    await secret_volume(lab, "other")
    (await lab.mountpoint("other") / "name-secret").write_text("the other's")
    mine = await backed_up(lab, to(lab, keys[1]))
    other = await backed_up(lab, to(lab, keys[1]), Source("volume", "other"))
    lab.store.archive_path(other).write_bytes(lab.store.archive_path(mine).read_bytes())
    lab.store.index_path(other).write_bytes(lab.store.index_path(mine).read_bytes())
    for pretended in (
        replace(mine, id=other.id, source=other.source),
        replace(other, archive=mine.archive, index=mine.index, content=mine.content),
    ):
        lab.store.manifest_path(other).write_bytes(manifest.encode(pretended))
        with pytest.raises(Damaged, match="not the one that was sealed"):
            (await lab.run(RestorePlan(to(lab, keys[1], keys[0]), other.source, other.id))).raise_error()
    assert (await lab.mountpoint("other") / "name-secret").read_text() == "the other's"


async def test_a_backup_in_plain_is_refused_where_keys_are_named_unless_it_is_accepted(
    lab: Lab, keys: tuple[Path, str]
) -> None:
    """Whoever can write to the store could take the seal off a manifest and put an archive of his own beside it."""
    files = await secret_volume(lab)
    backup = await backed_up(lab, lab.common())
    (files / "name-secret").write_text("changed")
    common = to(lab, keys[1], keys[0])
    with pytest.raises(Refused, match="is not encrypted, but you have named keys"):
        (await lab.run(RestorePlan(common, DATA, backup.id))).raise_error()
    assert (files / "name-secret").read_text() == "changed"
    (await lab.run(VerifyPlan(common, (backup.id,)))).raise_error()
    (await lab.run(RestorePlan(common, DATA, backup.id, accept_plain=True))).raise_error()
    assert (files / "name-secret").read_text() == "content-secret"


async def test_verifying_without_the_key_compares_the_hashes_and_says_so(lab: Lab, keys: tuple[Path, str]) -> None:
    await secret_volume(lab)
    backup = await backed_up(lab, to(lab, keys[1]))
    outcome = await lab.run(VerifyPlan(lab.common(), (backup.id,)))
    outcome.raise_error()
    assert "with its hashes only" in outcome.warnings[0]
    assert outcome.result == {"backups": [], "hashes_only": [backup.id]}
    assert "Not all" in outcome.sentence
    archive = lab.store.archive_path(backup)
    archive.write_bytes(archive.read_bytes()[:-1])
    with pytest.raises(Damaged, match="bytes, its manifest says"):
        (await lab.run(VerifyPlan(lab.common(), (backup.id,)))).raise_error()
    assert b"label-secret" not in lab.store.manifest_path(backup).read_bytes()


async def test_damage_found_by_a_restore_is_noted_and_tells_nothing_that_is_sealed(
    lab: Lab, keys: tuple[Path, str]
) -> None:
    await secret_volume(lab)
    backup = await backed_up(lab, to(lab, keys[1]))
    archive = lab.store.archive_path(backup)
    archive.write_bytes(archive.read_bytes()[:-1])
    with pytest.raises(Damaged):
        (await lab.run(RestorePlan(to(lab, keys[1], keys[0]), DATA, backup.id))).raise_error()
    assert lab.store.find(backup.id).damaged
    assert b"label-secret" not in lab.store.manifest_path(backup).read_bytes()


async def test_the_command_line_encrypts_and_opens(
    lab: Lab, voltui: Callable[..., Ran], keys: tuple[Path, str]
) -> None:
    files = await secret_volume(lab)
    made = voltui("backup", "data", "--encrypt-to", keys[1], check=True)
    assert "encrypted and verified" in made.out
    (files / "name-secret").write_text("changed")
    refused = voltui("restore", "data@latest", "--yes")
    assert refused.code == 5
    assert "--identity FILE" in refused.err
    voltui("restore", "data@latest", "--yes", "--identity", str(keys[0]), check=True)
    assert (files / "name-secret").read_text() == "content-secret"
    listed = json.loads(voltui("backups", "data", "--json", check=True).out)
    assert any(one["sealed"] for one in listed)
    wrong = voltui("backup", "data", "--encrypt-to", "age1nonsense")
    assert wrong.code == 2
    assert "is no recipient" in wrong.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("backup", "data", "--passphrase-file", ""), "--passphrase-file is empty"),
        (("backup", "data", "--encrypt-to", ""), "--encrypt-to is empty"),
        (("backup", "data", "--encrypt-to", "~nobody-of-that-name/x"), "a user that does not exist"),
        (("backup", "data", "--passphrase-file", "/dev/zero"), "no regular file"),
        (("restore", "data@latest", "--yes", "--identity", "/dev/null"), "no regular file"),
    ],
)
async def test_keys_that_can_not_be_meant_are_told_in_a_sentence_and_nothing_is_backed_up(
    lab: Lab, voltui: Callable[..., Ran], keys: tuple[Path, str], arguments: tuple[str, ...], says: str
) -> None:
    await secret_volume(lab)
    made = await backed_up(lab, to(lab, keys[1]))
    ran = voltui(*arguments)
    assert ran.code == 2
    assert says in ran.err
    assert [one.id for one in lab.store.listing().backups] == [made.id]


async def test_a_secret_key_given_as_a_recipient_is_not_repeated(
    lab: Lab, voltui: Callable[..., Ran], keys: tuple[Path, str]
) -> None:
    await lab.volume("data")
    secret = next(line for line in keys[0].read_text().splitlines() if not line.startswith("#"))
    for mistaken in (str(keys[0]), secret):
        ran = voltui("backup", "data", "--encrypt-to", mistaken)
        assert ran.code == 2
        assert "AGE-SECRET-KEY" not in ran.err + ran.out
        assert "age-keygen -y" in ran.err


def test_a_plain_backup_needs_no_key(tmp_path: Path) -> None:
    assert Keyring(tmp_path).new_seal() is None
