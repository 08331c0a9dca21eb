"""What is no tar archive is told by what it is, with what to do; what is one, but cut, by its own name."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from voltui.archive.foreign import survey
from voltui.model.errors import Damaged, Failed


def tar_of(**files: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return made.getvalue()


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("file", "x" * 1000)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "words", "hint"),
    [
        (b"", "given.tar is empty", "failed"),
        (b"hello\n", "given.tar is no tar archive", "VolTUI takes"),
        (bytes(range(256)) * 8, "given.tar is no tar archive", "VolTUI takes"),
        (zipped(), "given.tar is a zip archive", "voltui put"),
        (b"age-encryption.org/v1\n" + b"x" * 600, "given.tar is encrypted with age", "Decrypt it"),
        (b"\x8c\x0d\x04" + b"x" * 600, "given.tar is encrypted with GnuPG", "Decrypt it"),
        (b"\x04\x22\x4d\x18" + b"x" * 600, "given.tar is compressed with lz4", "Decompress it"),
        (gzip.compress(zipped()), "given.tar is a zip archive", "voltui put"),
        (gzip.compress(tar_of(a=b"x" * 3000))[:-20], "given.tar is cut or damaged: it does not", "anew"),
        (tar_of(), "given.tar is an archive of nothing", "right directory"),
        (tar_of(a=b"x" * 3000)[:1200], "given.tar is cut inside a", "anew"),
        (tar_of(a=b"x")[:1024], "given.tar is cut: its end mark is missing", "anew"),
        (tar_of(PK=b"x")[:100], "given.tar is no tar archive", ""),
    ],
)
def test_what_is_no_whole_tar_archive_is_told_with_what_to_do(
    tmp_path: Path, content: bytes, words: str, hint: str
) -> None:
    file = tmp_path / "given.tar"
    file.write_bytes(content)
    with pytest.raises(Damaged) as refused:
        survey(file, "given.tar")
    assert words in refused.value.sentence
    assert hint in refused.value.hint


def test_a_file_whose_name_begins_as_another_kind_of_archive_is_still_a_tar(tmp_path: Path) -> None:
    file = tmp_path / "given.tar"
    file.write_bytes(tar_of(**{"PK\x03\x04": b"x", "LZIP": b"y"}))
    assert survey(file, "given.tar").entries == 2


def test_a_file_that_can_not_be_read_is_not_called_damaged() -> None:
    with pytest.raises(Failed, match="mem can't be read: input/output error"):
        survey(Path("/proc/self/mem"), "mem")
