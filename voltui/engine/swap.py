"""Exchanging a directory's content by renames: staged content in, old content aside, and back again.

The directory itself stays, since containers mount it. Everything happens beside the live data, in folders whose names
tell how far it is, so that a swap that was interrupted anywhere can be undone:

    .voltui-restore-<id>   new content, still aside
    .voltui-out-<id>       old content on its way out: what is not in here is still old
    .voltui-old-<id>       all of the old content: what is outside of it is new

The scripts are fixed texts for the host's ``sh``; names are arguments.
"""

from __future__ import annotations

from voltui.engine.tools import COPY_PREFIX, KEEP_EVERYTHING, OLD_PREFIX, OUT_PREFIX, OWN_NAMES, STAGING_PREFIX

_NOT_OURS = " ".join(f"! -name '{pattern}'" for pattern in OWN_NAMES)

_FUNCTIONS = f"""
set -eu
root=$1 id=$2 only=$3 keptid=$4 kept=$1/{OLD_PREFIX}$4 inherit=$5
new=$root/{STAGING_PREFIX}$id out=$root/{OUT_PREFIX}$id old=$root/{OLD_PREFIX}$id
newtime={STAGING_PREFIX}$id-time outtime={OUT_PREFIX}$id-time
keep='{" ".join(KEEP_EVERYTHING)}'

# The entries of a directory that are the user's, or the one file that is meant. In the root itself, the folders of
# this and other jobs are not; below them every name is, but those of our own marks.
entries() {{
    if [ -n "$only" ]; then
        if [ -e "$from/$only" ] || [ -L "$from/$only" ]; then find "$from/$only" -maxdepth 0 "$@"; fi
    elif [ "$from" = "$root" ]; then
        find "$from" -mindepth 1 -maxdepth 1 {_NOT_OURS} ! -name "$newtime" ! -name "$outtime" "$@"
    else
        find "$from" -mindepth 1 -maxdepth 1 ! -name "$newtime" ! -name "$outtime" "$@"
    fi
}}

move() {{
    from=$1 to=$2
    while [ -n "$(entries -print -quit)" ]; do entries -exec mv -t "$to" -- {{}} +; done
}}

# Mode, owner, attributes and ACLs of the directory itself; of a single file's folder they are not ours. Without
# --no-unquote a name with \\057 in it would be another place.
attributes() {{
    [ -z "$only" ] || return 0
    set -f
    tar --create --file=- --no-unquote --format=posix --pax-option=delete=atime,delete=ctime $keep --no-recursion \\
        -C "$1" . |
        tar --extract --file=- --no-unquote $keep --preserve-permissions --same-owner -C "$2"
    set +f
}}

# Do something in the directory that leaves its own time of change as it was.
quietly() {{
    time=$(stat -c %.9Y "$root")
    "$@"
    touch -m -d "@$time" "$root"
}}

discard() {{
    [ -d "$1" ] || return 0
    find "$1" -mindepth 1 -delete
    quietly rmdir "$1"
}}
"""

_STAGE = """
quietly mkdir -m 700 "$new"
[ "$inherit" = no ] || attributes "$root" "$new"
"""

_SWAP = """
touch -r "$new" "$new/$newtime"
quietly mkdir -m 700 "$out"
attributes "$root" "$out"
touch -r "$root" "$out/$outtime"
move "$root" "$out"
touch -m -r "$out/$outtime" "$out"
mv -T "$out" "$old"
move "$new" "$root"
attributes "$new" "$root"
mv "$new/$newtime" "$old/$newtime"
if [ -n "$only" ]; then discard "$new"; else rmdir "$new"; fi
[ -n "$only" ] || touch -m -r "$old/$newtime" "$root"
date +%s.%N
sync -f "$root"
"""

_SWAP_BACK = """
if [ -d "$old" ]; then
    if [ ! -d "$new" ]; then
        mkdir -m 700 "$new"
        attributes "$root" "$new"
    fi
    move "$root" "$new"
    mv -T "$old" "$out"
fi
if [ -d "$out" ]; then
    move "$out" "$root"
    attributes "$out" "$root"
    mv "$out/$outtime" "$root/$outtime" 2>/dev/null || true
    rm -f "$out/$newtime"
    rmdir "$out"
fi
if [ -e "$root/$outtime" ]; then
    touch -m -r "$root/$outtime" "$root"
    quietly rm "$root/$outtime"
fi
sync -f "$root"
"""

_ADOPT = f"""
if [ ! -d "$kept" ]; then
    echo "it is not there any more" >&2
    exit 1
fi
quietly mv -T "$kept" "$new"
time=$(stat -c %.9Y "$new/{OUT_PREFIX}$keptid-time")
rm -f "$new/{STAGING_PREFIX}$keptid-time" "$new/{OUT_PREFIX}$keptid-time"
touch -m -d "@$time" "$new"
"""
_GIVE_BACK = f"""
[ -d "$new" ] || exit 0
touch -r "$new" "$new/{OUT_PREFIX}$keptid-time"
quietly mv -T "$new" "$kept"
"""
_MOST_NAMES = 100_000
"""Bytes of names that surely fit into one command (find takes 131,072): in several, hard links between them break."""
_REFLINK = f"""
copy=$root/{COPY_PREFIX}$id
from=$root
if [ "$(entries -print | wc -c)" -gt {_MOST_NAMES} ]; then
    echo "it has too many entries for one command" >&2
    exit 1
fi
quietly mkdir -m 700 "$copy"
entries -exec cp --archive --reflink=always -t "$copy" -- {{}} +
attributes "$root" "$copy"
touch -m -r "$root" "$copy"
"""
_DISCARD_COPY = f'discard "$root/{COPY_PREFIX}$id"'
_EMPTY = "from=$root; entries -exec rm -rf --one-file-system -- {} +"
_DISCARD_STAGED = 'discard "$new"'
_DISCARD_OLD = 'discard "$old"'


def script(
    body: str, root: str, identifier: str, only: str = "", kept: str = "", *, inherit: bool = False
) -> list[str]:
    """The command that runs a body with the functions above."""
    return ["sh", "-c", _FUNCTIONS + body, "sh", root, identifier, only, kept, "yes" if inherit else "no"]


def stage(root: str, identifier: str, *, inherit: bool = False) -> list[str]:
    """Make the empty staging folder. Where the new content tells no mode and owner of its root, it must ``inherit``
    the old root's."""
    return script(_STAGE, root, identifier, "", inherit=inherit)


def adopt(root: str, identifier: str, job: str) -> list[str]:
    """Stage what an earlier ``job`` replaced and could not back up, in place of an empty folder."""
    return script(_ADOPT, root, identifier, "", job)


def give_back(root: str, identifier: str, job: str) -> list[str]:
    """Undo `adopt`."""
    return script(_GIVE_BACK, root, identifier, "", job)


def swap(root: str, identifier: str, only: str = "") -> list[str]:
    """Put the staged content in place and the old content aside. ``only`` names the one entry that is exchanged.

    Prints when that was done, in seconds since 1970: what changes in the old content later, somebody else has changed.
    """
    return script(_SWAP, root, identifier, only)


def swap_back(root: str, identifier: str, only: str = "") -> list[str]:
    """Undo a swap that was done, begun or never begun. May be repeated when it was interrupted itself."""
    return script(_SWAP_BACK, root, identifier, only)


def empty(root: str, identifier: str, only: str = "") -> list[str]:
    """Delete the content, or the ``only`` entry that is meant."""
    return script(_EMPTY, root, identifier, only)


def discard_staged(root: str, identifier: str) -> list[str]:
    """Delete the staging folder."""
    return script(_DISCARD_STAGED, root, identifier, "")


def discard_old(root: str, identifier: str) -> list[str]:
    """Delete the old content. There is no way back then."""
    return script(_DISCARD_OLD, root, identifier, "")


def reflink(root: str, identifier: str) -> list[str]:
    """Copy the content beside itself, sharing its blocks. Fails where the file system can't."""
    return script(_REFLINK, root, identifier, "")


def discard_reflink(root: str, identifier: str) -> list[str]:
    """Delete the copy, or what there is of it."""
    return script(_DISCARD_COPY, root, identifier, "")


def reflink_folder(root: str, identifier: str) -> str:
    """Where the copy is."""
    return f"{root}/{COPY_PREFIX}{identifier}"


def staging_folder(root: str, identifier: str) -> str:
    """Where to extract to."""
    return f"{root}/{STAGING_PREFIX}{identifier}"


def old_folder(root: str, identifier: str) -> str:
    """Where the old content is after a swap."""
    return f"{root}/{OLD_PREFIX}{identifier}"
