"""Encryption by age (https://age-encryption.org/v1), through pyrage: ``age -d`` opens by hand what is sealed here.

Each backup gets a key of its own, beside the recipients it is encrypted to. With it a backup just made can be read back
and verified although the recipients' own keys are elsewhere. It is forgotten then, or wrapped by a passphrase and kept
in the manifest, so that an archive of any size is encrypted as a stream also where there is only a passphrase.

age has no signatures: it keeps whoever knows neither recipient nor passphrase from making a file that opens.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pyrage

from voltui.model.errors import Damaged, Failed, Refused, Usage
from voltui.model.paths import absolute
from voltui.model.safe import safe

_PIPE = 1 << 20
_SECRET = re.compile("AGE-SECRET-KEY-|PRIVATE KEY", re.IGNORECASE)
_PUBLIC = ("age1", "ssh-")
_LARGEST = 1 << 20
"""Bytes that a file of keys has at most."""
_SSH_PRIVATE = "-----BEGIN OPENSSH PRIVATE KEY-----"


def recipient(text: str) -> Any:
    """The recipient that ``age1…`` or ``ssh-…`` names. Raises `Usage`, which does not repeat what may be a secret."""
    parse = pyrage.ssh.Recipient.from_str if text.startswith("ssh-") else pyrage.x25519.Recipient.from_str
    try:
        return parse(text)
    except pyrage.RecipientError:
        named = safe(text) if text.startswith(_PUBLIC) else "That"
        raise Usage(
            f"{named} is no recipient to encrypt to.",
            "It is age1… as age-keygen prints it (`age-keygen -y` of a secret key), or an ssh public key.",
        ) from None


def recipients(texts: Iterable[str]) -> tuple[str, ...]:
    """All recipients that are meant, each checked; a text may be a file of them, one a line, too. Raises `Usage`."""
    found: list[str] = []
    for text in texts:
        if not text.strip() or _SECRET.search(text):
            recipient("")
        lines = [text] if text.startswith(_PUBLIC) else _lines(absolute(text), "recipients")
        for line in lines:
            recipient(line)
            found.append(line)
    return tuple(dict.fromkeys(found))


def identities(path: Path) -> list[Any]:
    """The secret keys in a file: what age-keygen writes, or an ssh private key. Raises `Usage`."""
    lines = _lines(path, "identities")
    try:
        if lines[0] == _SSH_PRIVATE:
            return [pyrage.ssh.Identity.from_buffer(path.read_bytes())]
        return [pyrage.x25519.Identity.from_str(line) for line in lines]
    except pyrage.IdentityError:
        _bad(path)


def passphrase(path: Path) -> str:
    """The first line of a file. Raises `Usage`."""
    text = _text(path, "as a passphrase file").split("\n", 1)[0].rstrip("\r")
    if not text:
        raise Usage(f"The first line of the passphrase file {safe(str(path))} is empty.", "It is the passphrase.")
    return text


def _lines(path: Path, what: str) -> list[str]:
    text = _text(path, f"as a file of {what}")
    lines = [line for raw in text.splitlines() if (line := raw.strip()) and not line.startswith("#")]
    if not lines:
        raise Usage(f"{safe(str(path))} holds no {what}.", "Check the path.")
    return lines


def _text(path: Path, how: str) -> str:
    """The text of a small, regular file: a job reads it anew, so a pipe would not do. Raises `Usage`."""
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode) or state.st_size > _LARGEST:
            raise Usage(f"{safe(str(path))} can't be read {how}: it is no regular file of a few lines.", "Make it one.")
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise Usage(f"{safe(str(path))} can't be read {how}: {_reason(error)}.", "Check the path.") from error


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is no text"


def _bad(path: Path) -> NoReturn:
    raise Usage(
        f"{safe(str(path))} holds no identity that can be used.",
        "It is a file of AGE-SECRET-KEY-… lines or an unencrypted ssh key; `age -d` opens one with a passphrase.",
    )


@dataclass(frozen=True, slots=True)
class Key:
    """Opens what was sealed to any of some secret keys."""

    _identities: Sequence[Any] = field(repr=False)

    def open(self, text: str, name: str) -> bytes:
        """What an armored text holds. Raises `Refused` where none of the keys fits, `Damaged` where it was altered."""
        try:
            return bytes(pyrage.decrypt(text.encode(), list(self._identities)))
        except pyrage.DecryptError as error:
            raise _told(error, name) from error

    def opened(self, chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
        """The bytes that sealed chunks hold. Raises as `open` does, and what ``chunks`` raises."""
        reader = _Reader(chunks)
        descriptor, thread = _piped(
            lambda out: pyrage.decrypt_io(reader, out, list(self._identities)), "decrypt", reading=True
        )
        try:
            with os.fdopen(descriptor, "rb", buffering=0) as plain:
                while piece := plain.read(_PIPE):
                    yield piece
        finally:
            thread.join()
        if reader.error is not None:
            raise reader.error
        if thread.error is not None:
            raise _told(thread.error, name) from thread.error


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals one backup: to its recipients, and to a key of its own."""

    _recipients: Sequence[Any] = field(repr=False)
    _own: Any = field(repr=False)
    wrapped: str
    """The own key, armored, wrapped by the passphrase; empty where there is none."""

    @classmethod
    def new(cls, recipients: Iterable[str], phrase: str = "") -> Seal:
        """A seal with a new own key. Wrapping it by a passphrase takes a second or two: that is its protection."""
        own = pyrage.x25519.Identity.generate()
        wrapped = pyrage.passphrase.encrypt(f"{own}\n".encode(), phrase, armored=True).decode() if phrase else ""
        return cls([*map(recipient, recipients), own.to_public()], own, wrapped)

    @property
    def key(self) -> Key:
        """Opens what this seals."""
        return Key([self._own])

    @property
    def secret(self) -> str:
        """The own key as a line of text, for a file of identities."""
        return str(self._own)

    def close(self, data: bytes) -> str:
        """The data sealed, as armored text."""
        return bytes(pyrage.encrypt(data, list(self._recipients), armored=True)).decode()

    def sink(self, write: Callable[[bytes], object]) -> SealingSink:
        """Where to write what is to reach ``write`` sealed."""
        return SealingSink(list(self._recipients), write)


def unwrap(wrapped: str, phrase: str, name: str) -> Any:
    """The secret key that a passphrase has wrapped. Raises `Refused` for a wrong one."""
    try:
        return pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(wrapped.encode(), phrase).decode().strip())
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError) as error:
        raise Refused(f"The passphrase does not open {safe(name)}.", "Check the file of --passphrase-file.") from error


class SealingSink:
    """Seals what is written to it. `finish` writes the rest; `abandon` ends it in whatever state it is."""

    def __init__(self, to: list[Any], write: Callable[[bytes], object]) -> None:
        self._writer = _Writer(write)
        self._fd, self._thread = _piped(
            lambda plain: pyrage.encrypt_io(plain, self._writer, to), "encrypt", reading=False
        )
        self._open = True

    def write(self, data: bytes) -> None:
        """Take all of the bytes."""
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except BrokenPipeError:
            self.finish()
            raise Failed("The encryption ended before the data did.") from None

    def finish(self) -> None:
        """Seal what is left. Raises what ``write`` raised."""
        self.abandon()
        error = self._writer.error or self._thread.error
        if error is not None:
            raise error

    def abandon(self) -> None:
        """End the thread."""
        if self._open:
            self._open = False
            os.close(self._fd)
            self._thread.join()


class _Thread(threading.Thread):
    """Runs one of age's loops over a pipe's end."""

    def __init__(self, work: Callable[[Any], object], descriptor: int, mode: str, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._work, self._descriptor, self._mode = work, descriptor, mode
        self.error: BaseException | None = None

    def run(self) -> None:
        with os.fdopen(self._descriptor, self._mode, buffering=0) as end:
            try:
                self._work(end)
            except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for it; so are Rust's panics
                self.error = error


def _piped(work: Callable[[Any], object], name: str, *, reading: bool) -> tuple[int, _Thread]:
    """Start ``work`` on one end of a pipe; the other end and the thread. A pipe turns age's pull into our push."""
    read_end, write_end = os.pipe2(os.O_CLOEXEC)
    with suppress(PermissionError):  # a user has only so much of them; smaller ones are slower
        fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, _PIPE)
    mine, theirs, mode = (read_end, write_end, "wb") if reading else (write_end, read_end, "rb")
    thread = _Thread(work, theirs, mode, name)
    thread.start()
    return mine, thread


class _Reader:
    """Chunks as a file. Keeps the error that age would make a message of."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")
        self.error: BaseException | None = None

    def read(self, size: int) -> bytes:
        if not self._rest:
            try:
                self._rest = memoryview(next(self._chunks, b""))
            except BaseException as error:
                self.error = error
                raise
        piece, self._rest = self._rest[:size], self._rest[size:]
        return bytes(piece)


class _Writer:
    """A function as a file. Keeps the error that age would make a message of."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self.error: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            self._write(data)
        except BaseException as error:
            self.error = error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def _told(error: BaseException, name: str) -> Refused | Damaged:
    if "No matching keys" in str(error):
        return Refused(
            f"{safe(name)} is encrypted, and none of the keys given opens it.",
            "Give --identity FILE or --passphrase-file FILE, or identities in the configuration.",
        )
    return Damaged(f"{safe(name)} does not decrypt: {safe(str(error)).rstrip('.').lower()}.", "It was cut or altered.")
