"""Encryption: what is sealed opens with the right key only, and nothing of it can be altered, cut or swapped."""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from tests.archive.test_pack import Bytes, tar_of
from tests.conftest import program
from voltui.archive import seal
from voltui.archive.index import IndexWriter, read_index
from voltui.archive.pack import Packed, pack
from voltui.archive.seal import Key, Seal
from voltui.archive.unpack import unpack
from voltui.model.errors import Damaged, Refused, Usage, VoltuiError

DISK_FULL = Path("/dev/full")


class Sealed:
    """A tree packed and sealed."""

    def __init__(self, folder: Path, tree: Path, seal_: Seal) -> None:
        folder.mkdir()
        self.archive, self.index = folder / "x.tar.zst.age", folder / "x.index.zst.age"
        with self.archive.open("wb") as out, self.index.open("wb") as lines:
            self.packed: Packed = pack(Bytes(tar_of(tree)), out.fileno(), IndexWriter(lines, seal_), seal=seal_)

    def open(self, key: Key) -> None:
        unpack(self.archive, self.index, (self.packed.archive, self.packed.index), key=key)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    for number in range(40):
        (folder / f"file-{number:02}").write_bytes(os.urandom(20_000 + number * 3_333))
    return folder


@pytest.fixture
def mine() -> Seal:
    return Seal.new([])


def identity_file(folder: Path) -> tuple[Path, str]:
    """A file as age-keygen writes it, and its recipient."""
    path = folder / "key.txt"
    said = subprocess.run([program("age-keygen", "age"), "-o", str(path)], capture_output=True, text=True, check=True)
    return path, said.stderr.rpartition(": ")[2].strip()


def test_what_was_sealed_opens_with_its_key_and_is_whole(tmp_path: Path, tree: Path, mine: Seal) -> None:
    sealed = Sealed(tmp_path / "out", tree, mine)
    sealed.open(mine.key)
    assert len(list(read_index(sealed.index, mine.key))) == 41
    for path in (sealed.archive, sealed.index):
        assert path.read_bytes().startswith(b"age-encryption.org/v1\n")
        assert b"file-" not in path.read_bytes()


def test_another_key_opens_nothing(tmp_path: Path, tree: Path, mine: Seal) -> None:
    sealed = Sealed(tmp_path / "out", tree, mine)
    with pytest.raises(Refused, match="none of the keys given opens it"):
        sealed.open(Seal.new([]).key)


def test_age_and_tar_restore_by_hand_what_is_encrypted_to_a_recipient(tmp_path: Path, tree: Path) -> None:
    age = program("age", "age")
    key, recipient = identity_file(tmp_path)
    sealed = Sealed(tmp_path / "out", tree, Seal.new([recipient]))
    plain = subprocess.run([age, "-d", "-i", str(key), str(sealed.archive)], capture_output=True, check=True).stdout
    by_hand = tmp_path / "by-hand"
    by_hand.mkdir()
    subprocess.run(["tar", "--zstd", "-xf", "-", "-C", str(by_hand)], input=plain, check=True)
    assert {path.name: path.read_bytes() for path in by_hand.iterdir()} == {
        path.name: path.read_bytes() for path in tree.iterdir()
    }
    sealed.open(Key(seal.identities(key)))


def test_an_ssh_key_is_a_recipient_too(tmp_path: Path, tree: Path) -> None:
    key = tmp_path / "id"
    subprocess.run(
        [program("ssh-keygen", "openssh-client"), "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True
    )
    recipients = seal.recipients([str(tmp_path / "id.pub")])
    sealed = Sealed(tmp_path / "out", tree, Seal.new(recipients))
    sealed.open(Key(seal.identities(key)))


def test_a_passphrase_wraps_the_backups_own_key(mine: Seal) -> None:
    wrapped = Seal.new([], "correct horse")
    own = seal.unwrap(wrapped.wrapped, "correct horse", "x")
    assert Key([own]).open(wrapped.close(b"data"), "x") == b"data"
    with pytest.raises(Refused, match="passphrase does not open"):
        seal.unwrap(wrapped.wrapped, "wrong horse", "x")


def test_age_opens_by_hand_the_own_key_that_a_passphrase_has_wrapped(tmp_path: Path) -> None:
    wrapped, own = tmp_path / "wrapped", tmp_path / "own"
    sealing = Seal.new([], "correct horse")
    wrapped.write_text(sealing.wrapped)
    asking = pexpect.spawn(program("age", "age"), ["-d", "-o", str(own), str(wrapped)], timeout=30)
    asking.expect("passphrase")
    asking.sendline("correct horse")
    asking.expect(pexpect.EOF)
    asking.close()
    assert Key(seal.identities(own)).open(sealing.close(b"data"), "x") == b"data"


def cut(data: bytes) -> bytes:
    return data[:-70_000]


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def longer(data: bytes) -> bytes:
    return data + b"x"


@pytest.mark.parametrize("alter", [cut, flipped, longer])
def test_an_altered_archive_is_damaged(tmp_path: Path, tree: Path, mine: Seal, alter: Callable[[bytes], bytes]) -> None:
    sealed = Sealed(tmp_path / "out", tree, mine)
    sealed.archive.write_bytes(alter(sealed.archive.read_bytes()))
    with pytest.raises(Damaged):
        sealed.open(mine.key)


@pytest.mark.parametrize("alter", [flipped, longer])
def test_an_altered_index_is_damaged_even_where_nobody_checks_its_hash(
    tmp_path: Path, tree: Path, mine: Seal, alter: Callable[[bytes], bytes]
) -> None:
    sealed = Sealed(tmp_path / "out", tree, mine)
    sealed.index.write_bytes(alter(sealed.index.read_bytes()))
    with pytest.raises(Damaged):
        list(read_index(sealed.index, mine.key))


def test_what_can_not_be_written_is_told_as_it_is(tree: Path, mine: Seal, tmp_path: Path) -> None:
    with DISK_FULL.open("wb") as full, (tmp_path / "index").open("wb") as lines, pytest.raises(OSError, match="space"):
        pack(Bytes(tar_of(tree)), full.fileno(), IndexWriter(lines, mine), seal=mine)


def test_a_reader_that_stops_leaves_no_thread(tmp_path: Path, tree: Path, mine: Seal) -> None:
    sealed = Sealed(tmp_path / "out", tree, mine)

    class FullSink:
        def write(self, data: bytes) -> None:
            raise VoltuiError("It is full.")

    with pytest.raises(VoltuiError, match="full"):
        unpack(
            sealed.archive,
            sealed.index,
            (sealed.packed.archive, sealed.packed.index),
            sink=FullSink(),
            key=mine.key,
        )


@pytest.mark.parametrize(
    ("text", "says"),
    [("age1nonsense", "is no recipient"), ("ssh-rsa nonsense", "is no recipient"), ("/nowhere", "can't be read")],
)
def test_a_recipient_that_is_none_is_told_before_anything_happens(text: str, says: str) -> None:
    with pytest.raises(Usage, match=says):
        seal.recipients([text])


def test_a_file_that_holds_no_identity_is_told(tmp_path: Path) -> None:
    path = tmp_path / "key"
    for content in ("", "hello\n", "AGE-SECRET-KEY-1NO\n"):
        path.write_text(content)
        with pytest.raises(Usage, match="holds no identit"):
            seal.identities(path)
    with pytest.raises(Usage, match="can't be read"):
        seal.identities(tmp_path / "missing")


def test_secrets_are_in_no_representation(mine: Seal) -> None:
    assert "AGE-SECRET" not in f"{mine!r} {mine.key!r}"
    assert mine.secret.startswith("AGE-SECRET-KEY-")


def test_the_plain_archive_is_what_it_was_without_a_seal(tmp_path: Path, tree: Path) -> None:
    with (tmp_path / "a").open("wb") as out, (tmp_path / "i").open("wb") as lines:
        pack(Bytes(tar_of(tree)), out.fileno(), IndexWriter(lines))
    subprocess.run(["zstd", "-dqf", str(tmp_path / "a"), "-o", str(tmp_path / "a.tar")], check=True)
    with tarfile.open(tmp_path / "a.tar") as plain:
        assert len(plain.getnames()) == 41
