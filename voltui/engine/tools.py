"""The host's own tools, as they are run in a helper: which arguments keep everything, and what their output means.

Measured: with these flags GNU tar loses nothing of a volume but socket files and links between FIFOs.
Scripts are fixed texts; whatever is the user's is an argument.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from fnmatch import fnmatchcase

from voltui.model.backup import Loss
from voltui.model.errors import Failed
from voltui.model.safe import safe
from voltui.model.selection import Selection, above
from voltui.model.text import middle_cut, plural

STAGING_PREFIX, OLD_PREFIX, OUT_PREFIX = ".voltui-restore-", ".voltui-old-", ".voltui-out-"
"""Folders of a restore under way, in the volume itself: renaming needs one filesystem. No backup holds them."""
COPY_PREFIX = ".voltui-copy-"
"""The folder of a copy that shares its blocks with the volume, for the same reason in the volume itself."""
KEPT_PREFIX = ".voltui-kept-"
"""The folder of what some files of the volume were before they were replaced or deleted, until it is deleted itself."""
SHARING_FILE_SYSTEMS = ("btrfs", "xfs")

KEEP_EVERYTHING = ["--xattrs", "--xattrs-include=*", "--acls", "--sparse", "--numeric-owner"]
A_JOB = "????????T??????Z-????"
OWN_NAMES = [
    f"{prefix}{A_JOB}{ending}"
    for prefix in (STAGING_PREFIX, OLD_PREFIX, OUT_PREFIX, COPY_PREFIX, KEPT_PREFIX)
    for ending in ("", "-time")
]
"""Patterns of what jobs make in a volume: their folders, and marks that keep a time. A user's name that only begins
like one is a user's name."""
_OWN_BEGINNING = b".voltui-"
_OWN_FOLDERS = [f"--exclude=./{name}" for name in OWN_NAMES]

TAR_CREATE = [
    "tar", "--create", "--file=-", "--no-unquote", "--format=posix", "--pax-option=delete=atime,delete=ctime",
    *KEEP_EVERYTHING, "--blocking-factor=128", "--quoting-style=escape", "--anchored", *_OWN_FOLDERS,
]  # fmt: skip
"""128 blocks a record: a fifth faster through a pipe than the usual 20 (measured). Names are taken as they are: tar
would read a backslash in them, in that of a folder to go to as well, as the beginning of another character."""
TAR_EXTRACT = [
    "tar", "--extract", "--file=-", "--no-unquote", *KEEP_EVERYTHING, "--preserve-permissions", "--same-owner",
    "--delay-directory-restore", "--blocking-factor=1024", "--quoting-style=escape",
]  # fmt: skip
"""1,024 blocks a read: with the usual 20 a pipe is filled again 10 kB at a time, and extracting takes twice as long."""

_SOCKET = "socket ignored"
_CHANGED = ("file changed as we read it", "File removed before we read it", "file is unchanged; not dumped")
_SHRANK = "File shrank by "
_MOST_PATHS = 100
_MOST_WORDS = 300
"""Cells of what tar said that a sentence takes: a path may have thousands."""


def create_tree(folder: str, *, holes: bool = True) -> list[str]:
    """The command that writes the tree below ``folder`` to standard output; without ``holes`` they are written out."""
    flags = TAR_CREATE if holes else [flag for flag in TAR_CREATE if flag != "--sparse"]
    return [*flags, f"--directory={folder}", "."]


def create_file(folder: str, name: str) -> list[str]:
    """The command that writes ``folder``, as the root, and one file of it."""
    return [*TAR_CREATE, f"--directory={folder}", "--no-recursion", ".", f"./{name}"]


_CREATE_SOME = """folder=$1; shift; left=$#
while [ "$left" -gt 0 ]; do
    recursion=$1 name=$(printf '%bx' "$2"); shift 2; left=$((left - 2))
    set -- "$@" "$recursion" "${name%x}"
done
exec"""


def create_some(folder: str, selection: Selection) -> list[str]:
    """The command that writes to standard output the root, and what is selected below it with the folders around."""
    around = dict.fromkeys(part for path in selection.paths for part in (*above(path), path))
    words = ["--no-recursion", octal(b".")]
    for path in around:
        words += ["--recursion" if path in selection.paths else "--no-recursion", octal(b"./" + path)]
    tar = shlex.join([*TAR_CREATE])
    return ["sh", "-c", f'{_CREATE_SOME} {tar} --directory="$folder" "$@"', "sh", folder, *words]


def list_sizes(folder: str, only: str = "") -> list[str]:
    """The command that prints size, blocks and names of each regular file, and three zeros of anything else."""
    return [
        "nice", "find", f"{folder}/{only}" if only else folder,
        "-type", "f", "-printf", r"%s %b %n\n", "-o", "-printf", r"0 0 1\n",
    ]  # fmt: skip


def expected_bytes(listing: bytes) -> int:
    """The size of the tar that `list_sizes` tells of: contents in whole blocks, holes left out, three blocks an entry.

    A file of several names is counted in as many parts.
    """
    numbers = [int(number) for number in listing.split()]
    total = 0
    for size, blocks, names in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
        total += ((min(size, blocks * 512) + 511) // 512 * 512) // names + 1536
    return total


def made_by_a_job(path: bytes) -> bool:
    """Whether a path of a tree is one of `OWN_NAMES`, or below one."""
    if not path.startswith(_OWN_BEGINNING):
        return False
    top = path.split(b"/", 1)[0].decode("utf-8", "surrogateescape")
    return any(fnmatchcase(top, name) for name in OWN_NAMES)


def list_tree(folder: str) -> list[str]:
    """The command that lists a tree for `voltui.archive.listing`: eight fields an entry, each ended by a NUL."""
    return ["find", folder, "-printf", r"%P\0%y\0%s\0%m\0%U\0%G\0%T@\0%l\0"]


def clone_tree(source: str, target: str) -> list[str]:
    """The command that copies a directory onto an empty one by sharing its blocks; it fails where that can't be."""
    return ["cp", "--archive", "--reflink=always", "--no-target-directory", f"{source}/.", target]


def empty_tree(folder: str) -> list[str]:
    """The command that deletes everything below a directory."""
    return ["find", folder, "-mindepth", "1", "-delete"]


def list_files(folder: str) -> list[str]:
    """The command that lists all that is below a folder, on its file system: `FILE_FIELDS` an entry."""
    return ["find", folder, "-xdev", "-printf", r"%P\0%y\0%s\0%b\0%m\0%U\0%G\0%T@\0%C@\0%n\0%D:%i\0%l\0"]


FILE_FIELDS = 12
"""Each ended by a NUL: path, type, bytes, blocks of 512, mode, owner, group, time, time of its status, names, what file
it is, target."""


def read_contents(folder: str) -> list[str]:
    """The command that writes a tar of the files below ``folder`` whose paths, each ``./...`` and a NUL, it is told.

    A path that leads through a link out of the folder would be followed: name only what a listing has.
    """
    return [
        "nice", "tar", "--create", "--file=-", "--no-unquote", "--format=posix", "--sparse", "--no-recursion",
        "--blocking-factor=128", "--ignore-failed-read", f"--directory={folder}", "--null", "--files-from=-",
    ]  # fmt: skip


_READ_PIECE = """name=$(printf '%bx' "$1")
exec dd if="${name%x}" iflag=nofollow,nonblock,fullblock,count_bytes,skip_bytes bs=64k count="$2" skip="$3" \\
    status=none"""


def read_piece(folder: str, path: bytes, count: int, start: int = 0) -> list[str]:
    """The command that prints ``count`` bytes of a regular file below a folder, from ``start`` on; fewer at its end.

    The name goes in octal, for ``printf``.
    """
    return ["sh", "-c", _READ_PIECE, "sh", octal(folder.encode() + b"/" + path), str(count), str(start)]


def octal(name: bytes) -> str:
    """A name for a shell's ``printf %b``: the engine takes no argument that is not UTF-8."""
    return "".join(f"\\0{byte:03o}" for byte in name)


def first_entry(folder: str) -> list[str]:
    """The command that prints one entry of a directory, if it has any that counts."""
    ours = [word for name in OWN_NAMES for word in ("!", "-name", name)]
    lost_and_found = ["!", "(", "-name", "lost+found", "-empty", ")"]
    return ["find", folder, "-mindepth", "1", "-maxdepth", "1", *lost_and_found, *ours, "-print", "-quit"]


def altered_since(folder: str, moment: str) -> list[str]:
    """The command that prints one entry below ``folder`` that was altered after a moment (seconds since 1970), if any.

    The time of status change, which no program can set back.
    """
    return ["find", folder, "-mindepth", "1", "-newerct", f"@{moment}", "-printf", "%P", "-quit"]


_MEASURE = """command -v ionice >/dev/null && ionice --class 3 --ignore --pid $$
while read -r seconds folder; do
    echo "$(timeout "$seconds" du --summarize --one-file-system --block-size=1 -- "$folder" 2>/dev/null)"
done"""


def measure() -> list[str]:
    """The command that measures folders, one after the other, giving way to everybody else on the machine.

    It reads lines of seconds (0: however long it takes) and a folder, and answers each by a line: the bytes that the
    folder takes on disk and its name, or nothing where that took longer, or the folder is gone.
    """
    return ["nice", "-n", "19", "sh", "-c", _MEASURE]


def mounted() -> list[str]:
    """The command that prints what is mounted where, for `mount_kinds`."""
    return ["cat", "/proc/self/mountinfo"]


def mount_kinds(listing: bytes) -> dict[str, str]:
    """The kind of file system by the folder that it is mounted at (``proc(5)``)."""
    found = {}
    for line in listing.decode("utf-8", "surrogateescape").splitlines():
        before, _, after = line.partition(" - ")
        found[before.split(" ")[4]] = after.split(" ")[0]
    return found


def free_space(folder: str) -> list[str]:
    """The command that prints free and all blocks, their size in bytes, free and all inodes of a file system."""
    return ["stat", "--file-system", "--format=%a %b %S %d %c", folder]


def file_system(folder: str) -> list[str]:
    """The command that prints the kind of file system a folder is on."""
    return ["stat", "--file-system", "--format=%T", folder]


def sync_tree(folder: str) -> list[str]:
    """The command that brings a file system's pending writes to disk: extracted files are not synced (measured)."""
    return ["sync", "--file-system", folder]


def extract_tree(folder: str, way: Sequence[str] = ()) -> list[str]:
    """The command that extracts standard input below ``folder``, or where a way leads from there.

    tar goes each piece of it from the one before: the whole way may be longer than the kernel takes at once.
    """
    return [*TAR_EXTRACT, *(f"--directory={piece}" for piece in (folder, *way))]


def created(code: int, output: bytes) -> list[Loss]:
    """What tar could not keep. Raises `Failed` where its exit status says that the archive is no good.

    Status 1 means that files changed while they were read: a loss that is told, not a failure.
    """
    sockets: list[str] = []
    changed: list[str] = []
    other: list[str] = []
    for line in output.decode("utf-8", "surrogateescape").splitlines():
        name, what = _parse(line)
        if what == _SOCKET:
            sockets.append(name)
        elif what in _CHANGED or what.startswith(_SHRANK):
            changed.append(name)
        else:
            other.append(line.removeprefix("tar: "))
    if code not in (0, 1):
        raise Failed(f"Reading failed: {_words(other)}.", "Nothing was published.")
    losses = []
    if sockets:
        losses.append(Loss("sockets", f"{plural(len(sockets), 'socket file')} can't be archived.", _some(sockets)))
    if changed:
        said = f"{plural(len(changed), 'file')} changed while being read."
        losses.append(Loss("changed", said, _some(changed)))
    unread = [line for line in other if "previous errors" not in line and line.strip()]
    if unread:
        said = f"tar could not read everything of {plural(len(unread), 'entry', 'entries')}: {safe(unread[0])}."
        losses.append(Loss("unread", said, _some(unread)))
    return losses


def extracted(code: int, output: bytes) -> list[str]:
    """What tar had to say of entries that it extracted, made safe for a terminal.

    Raises `Failed` unless all were extracted. A full disk says so in the first line.
    """
    lines = [line.removeprefix("tar: ") for line in output.decode("utf-8", "surrogateescape").splitlines()]
    if code:
        raise Failed(f"Extracting failed: {_words(lines)}.")
    return [safe(line) for line in lines if line.strip()]


def _parse(line: str) -> tuple[str, str]:
    name, _, what = line.removeprefix("tar: ").rpartition(": ")
    return name.removeprefix("./"), what


def _words(lines: list[str]) -> str:
    said = [line for line in lines if "previous errors" not in line and line.strip()]
    errors = [line for line in said if "Warning: " not in line]  # about attributes that a file system does not have
    telling = errors or said
    return middle_cut(safe(telling[0]).rstrip("."), _MOST_WORDS) if telling else "tar gave no reason"


def _some(names: list[str]) -> tuple[str, ...]:
    return tuple(safe(name) for name in names[:_MOST_PATHS])
