"""What a file is that is no tar archive, told by its first bytes, and how to make one of it."""

from __future__ import annotations

from voltui.archive.tar import BLOCK, ZERO_BLOCK, checksum_holds
from voltui.model.errors import Damaged
from voltui.model.safe import safe

_REPACK = "Unpack it somewhere, and put the files into the volume with `voltui put`, or pack them with tar."
_DECRYPT = "Decrypt it first; `voltui import - VOLUME` takes what comes out through a pipe."
_DECOMPRESS = "Decompress it first; `voltui import - VOLUME` takes what comes out through a pipe."
_SIGNS = (
    (b"PK\x03\x04", "a zip archive", _REPACK),
    (b"PK\x05\x06", "an empty zip archive", _REPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _REPACK),
    (b"Rar!", "a RAR archive", _REPACK),
    (b"hsqs", "a squashfs image", _REPACK),
    (b"070701", "a cpio archive", _REPACK),
    (b"070707", "a cpio archive", _REPACK),
    (b"BORG_SEG", "a part of a borg repository", "`borg export-tar` writes a tar archive of it."),
    (b"age-encryption.org/", "encrypted with age", _DECRYPT),
    (b"-----BEGIN AGE ENCRYPTED", "encrypted with age", _DECRYPT),
    (b"-----BEGIN PGP", "encrypted with PGP", _DECRYPT),
    (b"\x8c\x0d", "encrypted with GnuPG", _DECRYPT),
    (b"\x85\x01", "encrypted with GnuPG", _DECRYPT),
    (b"\x85\x02", "encrypted with GnuPG", _DECRYPT),
    (b"\x84\x5e", "encrypted with GnuPG", _DECRYPT),
    (b"Salted__", "encrypted with openssl", _DECRYPT),
    (b"\x04\x22\x4d\x18", "compressed with lz4", _DECOMPRESS),
    (b"LZIP", "compressed with lzip", _DECOMPRESS),
    (b"\x89LZO", "compressed with lzop", _DECOMPRESS),
    (b"\x1f\x9d", "compressed with compress", _DECOMPRESS),
    (b"]\0\0", "compressed with lzma", _DECOMPRESS),
)
"""Beginnings of files, after `file`'s magic numbers: those of archives that people have, and take for a tar."""
_MAGIC_AT, _CHECKSUM = 257, slice(148, 156)


def refuse_unlike(name: str, start: bytes) -> None:
    """Raise `Damaged` where a file that begins so, decompressed, is no tar archive; ``name`` is what to call it.

    One that is, but cut or damaged further on, is for the reader to find.
    """
    if not start:
        raise Damaged(f"{safe(name)} is empty: it has no bytes at all.", "Whatever was to write it failed.")
    for sign, words, hint in _SIGNS:
        if start.startswith(sign) and not _is_header(start[:BLOCK]):
            raise Damaged(f"{safe(name)} is {words}, no tar archive.", hint)
    if not _is_header(start[:BLOCK]):
        raise Damaged(
            f"{safe(name)} is no tar archive.",
            "VolTUI takes .tar, .tar.gz, .tar.bz2, .tar.xz and .tar.zst.",
        )


def _is_header(block: bytes) -> bool:
    """Whether it is a header as tar writes it, or was one, or the end of an archive."""
    if block[_MAGIC_AT : _MAGIC_AT + 5] == b"ustar" or (block and block == ZERO_BLOCK[: len(block)]):
        return True
    try:
        return len(block) == BLOCK and checksum_holds(block, block[_CHECKSUM])
    except Damaged:
        return False
