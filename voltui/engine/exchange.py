"""Exchanging some entries of a directory by renames: staged ones in, those in their places aside, and back again.

    .voltui-restore-<id>   what is to come, at the paths that it is for
    .voltui-kept-<id>      what was there, at the paths where it was

Files go from one to the other in one step, by rename; a folder is away for the moment between two. Each folder on the
way is entered by itself, through no link: what other containers do in the volume meanwhile leads nowhere else. All of
it can be undone wherever it stopped, and be undone twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voltui.engine.swap import script
from voltui.engine.tools import A_JOB, KEPT_PREFIX, octal

COME, GO = "+", "-"
"""Before a path: something staged comes there, or what is there only goes."""

_FUNCTIONS = f"""
shift 5
kept=$root/{KEPT_PREFIX}$id

exists() {{ [ -e "$1" ] || [ -L "$1" ]; }}
same() {{ [ "$(stat -c %d:%i -- "$1")" = "$(stat -c %d:%i -- "$2")" ]; }}
plain() {{ [ ! -d "$1" ] || [ -L "$1" ]; }}

# A word is a sign and a path in octal.
decode() {{
    sign=${{1%"${{1#?}}"}} path=$(printf '%bx' "${{1#?}}")
    path=${{path%x}}
    name=${{path##*/}}
    parent=${{path%"$name"}}
    parent=${{parent%/}}
}}

# The next part of $rest, which is shortened by it.
next() {{
    part=${{rest%%/*}}
    case $rest in */*) rest=${{rest#*/}} ;; *) rest= ;; esac
}}

# Go to the folder of the path below the root, through no link.
enter() {{
    cd -P -- "$root"
    rest=$parent
    while [ -n "$rest" ]; do
        next
        [ ! -L "./$part" ] && [ -d "./$part" ] && cd -P -- "./$part" || return 1
    done
    [ "$(pwd -P; echo x)" = "$root${{parent:+/$parent}}
x" ]
}}

# Make the folders of the path in $kept as they are below the root.
mirror() {{
    [ -d "$kept" ] || quietly mkdir -m 700 "$kept"
    rest=$parent live=$root copy=$kept
    while [ -n "$rest" ]; do
        next
        live=$live/$part copy=$copy/$part
        if [ ! -d "$copy" ]; then
            mkdir -m 700 "$copy"
            attributes "$live" "$copy"
        fi
    done
}}
"""

_LOOK = """
for word; do
    decode "$word"
    if ! enter; then printf '!'
    elif [ -L "./$name" ]; then printf f
    elif [ -d "./$name" ]; then printf d
    elif [ -e "./$name" ]; then printf f
    else printf -- -
    fi
done
"""

_EXCHANGE = """
for word; do
    decode "$word"
    if ! enter; then
        echo "a folder on the way is gone, or a link now" >&2
        exit 1
    fi
    onto=-n
    if exists "./$name"; then
        mirror
        if [ "$sign" = + ] && plain "./$name" && plain "$new/$path" && ln -PT -- "./$name" "$kept/$path" 2>/dev/null
        then onto=-f
        else mv -nT -- "./$name" "$kept/$path"
        fi
        printf 1
    else
        printf 0
    fi
    if [ "$sign" = + ]; then
        mv "$onto" -T -- "$new/$path" "./$name"
        if exists "$new/$path"; then
            echo "somebody made it anew meanwhile" >&2
            exit 1
        fi
    fi
done
sync -f "$root"
"""

_EXCHANGE_BACK = """
intruders=
for word; do
    decode "$word"
    enter || continue
    if [ "$sign" = + ] && [ -d "$new" ] && ! exists "$new/$path" && exists "./$name"; then
        mv -nT -- "./$name" "$new/$path"
    fi
    if exists "$kept/$path"; then
        if ! exists "./$name"; then mv -nT -- "$kept/$path" "./$name"
        elif same "$kept/$path" "./$name"; then rm -- "$kept/$path"
        else intruders=$(basename "$path")
        fi
    fi
done
cd /
if [ -d "$kept" ] && [ -z "$intruders" ]; then
    find "$kept" -mindepth 1 -depth -type d -empty -delete
    quietly rmdir "$kept"
fi
sync -f "$root"
if [ -n "$intruders" ]; then
    echo "somebody made $intruders anew meanwhile; what was there is in $(basename "$kept"): move one of them away" >&2
    exit 1
fi
"""

_ADOPT = f"""
from=$root/{KEPT_PREFIX}$1
if [ ! -d "$from" ]; then
    echo "it is not there any more" >&2
    exit 1
fi
quietly mv -T "$from" "$new"
"""
_GIVE_BACK = f"""
from=$root/{KEPT_PREFIX}$1
if [ -d "$new" ] && [ ! -d "$from" ]; then quietly mv -T "$new" "$from"; fi
"""
_DISCARD_KEPT = 'discard "$kept"'
_DROP = """
for word; do
    decode "$word"
    rm -f -- "$new/$path"
done
"""


_OWNER = """
decode "$1"
enter && stat -c '%u %g' -- "./$name"
"""
_READ = """
decode "$1"
if ! enter || [ -L "./$name" ] || [ ! -f "./$name" ]; then
    echo "it is no regular file" >&2
    exit 1
fi
exec dd if="./$name" iflag=nofollow,nonblock,fullblock,count_bytes bs=64k count="$2" status=none
"""
_WRITE_LIKE = """
decode "$1"
mkdir -p -m 700 "$new/$parent"
cat >"$new/$path"
if ! enter || [ -L "./$name" ] || [ ! -f "./$name" ]; then
    echo "it is no regular file any more" >&2
    exit 1
fi
cp --attributes-only --preserve=mode,ownership,xattr -T -- "./$name" "$new/$path"
sync -- "$new/$path"
"""


def _script(body: str, root: str, identifier: str, words: Iterable[str] = ()) -> list[str]:
    return [*script(_FUNCTIONS + body, root, identifier), *words]


def words(come: Sequence[bytes], go: Sequence[bytes]) -> list[str]:
    """The paths to which something comes, and those from which all only goes, for a command."""
    return [*(COME + octal(path) for path in come), *(GO + octal(path) for path in go)]


def look(root: str, paths: Sequence[bytes]) -> list[str]:
    """The command that prints a letter for each path: ``d`` a folder, ``f`` anything else, ``-`` nothing, ``!`` in no
    folder at all, or below a link."""
    return _script(_LOOK, root, "", words((), paths))


def exchange(root: str, identifier: str, paths: Sequence[str]) -> list[str]:
    """The command that exchanges entries, as `words` names them; it prints for each whether something was there."""
    return _script(_EXCHANGE, root, identifier, paths)


def exchange_back(root: str, identifier: str, paths: Sequence[str]) -> list[str]:
    """Undo `exchange`, done, begun or never begun. What somebody has put in a place meanwhile stays there: what was
    there before stays aside then."""
    return _script(_EXCHANGE_BACK, root, identifier, reversed(paths))


def adopt(root: str, identifier: str, job: str) -> list[str]:
    """Stage what an earlier ``job`` put aside, in place of an empty folder."""
    return _script(_ADOPT, root, identifier, [job])


def give_back(root: str, identifier: str, job: str) -> list[str]:
    """Undo `adopt`."""
    return _script(_GIVE_BACK, root, identifier, [job])


def drop(root: str, identifier: str, paths: Sequence[bytes]) -> list[str]:
    """Delete staged files."""
    return _script(_DROP, root, identifier, words((), paths))


def list_kept(root: str) -> list[str]:
    """The command that prints the names of the folders of what was put aside."""
    named = ["-type", "d", "-name", KEPT_PREFIX + A_JOB]
    return ["find", root, "-mindepth", "1", "-maxdepth", "1", *named, "-printf", r"%f\n"]


def discard_kept(root: str, identifier: str) -> list[str]:
    """Delete what a job put aside. There is no way back then."""
    return _script(_DISCARD_KEPT, root, identifier)


def owner(root: str, folder: bytes) -> list[str]:
    """The command that prints user and group of a folder; empty is the root."""
    return _script(_OWNER, root, "", words((), [folder]))


def read_whole(root: str, path: bytes, most: int) -> list[str]:
    """The command that prints so many bytes of a regular file, reached through no link."""
    return _script(_READ, root, "", [*words((), [path]), str(most)])


def write_like(root: str, identifier: str, path: bytes) -> list[str]:
    """The command that stages standard input for the path of a regular file, with its mode, owner and attributes."""
    return _script(_WRITE_LIKE, root, identifier, words((path,), ()))
