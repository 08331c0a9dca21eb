"""Exchanging some entries of a directory by renames: staged ones in, those in their places aside, and back again.

    .voltui-restore-<id>   what is to come, at the paths that it is for
    .voltui-kept-<id>      what was there, at the paths where it was; made even if nothing was, as the proof that the
                           volume is still the one that was changed

What comes and what is there change places at once where the kernel and a tool can do that. Each folder on the way is
entered by itself, through no link: what other containers do in the volume meanwhile leads nowhere else. All of it can
be undone wherever it stopped, and be undone twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voltui.engine.at_once import EXCHANGER
from voltui.engine.swap import script
from voltui.engine.tools import A_JOB, KEPT_PREFIX, octal

COME, GO = "+", "-"
"""Before a path: something staged comes there, or what is there only goes."""
NOTHING_WAS, OTHER_KEPT, OTHER_NOW = "0", "2", "!"

_FUNCTIONS = f"""
shift 5
kept=$root/{KEPT_PREFIX}$id marks=$new/$newtime

exists() {{ [ -e "$1" ] || [ -L "$1" ]; }}
inode() {{ stat -c %d:%i -- "$1"; }}
same() {{ [ "$(inode "$1")" = "$(inode "$2")" ]; }}
plain() {{ [ ! -d "$1" ] || [ -L "$1" ]; }}
plain_file() {{ [ -f "$1" ] && [ ! -L "$1" ]; }}

# Give a file all that another has but content and time.
like() {{ cp --attributes-only --preserve=mode,ownership,xattr -T -- "$1" "$2"; }}

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
    elif [ -S "./$name" ]; then printf s
    elif [ -e "./$name" ]; then printf f
    else printf -- -
    fi
done
"""

_REPLACE = """
# Whether it is a regular file with the content of which $was is the hash; where none is given, anything is.
as_read() {
    [ -n "$was" ] || return 0
    plain_file "$1" &&
        [ "$(dd if="$1" iflag=nofollow,nonblock bs=64k status=none | sha256sum)" = "$was  -" ]
}

# Let what is staged come into the place of what is there, and that go into $kept. At once where that can be: else a
# file is away for no moment, but what somebody saves in between by a rename is lost; a folder is away for one.
replace() {
    if [ -L "$marks/$number" ] && at_once "$new/$path" "./$name"; then
        mv -nT -- "$new/$path" "$kept/$path"
    elif plain "./$name" && plain "$new/$path" && ln -PT -- "./$name" "$kept/$path" 2>/dev/null; then
        mv -fT -- "$new/$path" "./$name"
    else
        mv -nT -- "./$name" "$kept/$path"
        mv -nT -- "$new/$path" "./$name"
    fi
}
"""

_EXCHANGE = f"""
{EXCHANGER}
{_REPLACE}
was=$1 how=$(exchanger) number=0
shift
[ -d "$kept" ] || quietly mkdir -m 700 "$kept"
[ ! -d "$new" ] || mkdir "$marks"
for word; do
    decode "$word"
    number=$((number + 1))
    [ "$sign" = - ] || ln -s "$(inode "$new/$path")" "$marks/$number" 2>/dev/null || true
    if ! enter; then
        echo "a folder on the way is gone, or a link now" >&2
        exit 1
    fi
    there=1
    if exists "./$name"; then mirror; else there=0; fi
    if ! as_read "./$name"; then
        printf '!'
        exit
    fi
    case $there$sign in
        1-) mv -nT -- "./$name" "$kept/$path" ;;
        1+) replace ;;
        0+) mv -nT -- "$new/$path" "./$name" ;;
    esac
    if [ "$there" = 1 ] && ! as_read "$kept/$path"; then there=2; fi
    printf "$there"
    if [ "$sign" = + ] && exists "$new/$path"; then
        echo "somebody made it anew meanwhile" >&2
        exit 1
    fi
done
sync -f "$root"
"""

_EXCHANGE_BACK = """
# Whether it is what came; where nothing was marked, what is found is taken for it.
came() { marked=$(readlink -- "$marks/$number") || return 0; [ "$marked" = "$(inode "$1")" ]; }

intruders= number=$(($# + 1))
for word; do
    decode "$word"
    number=$((number - 1))
    enter || continue
    if [ "$sign" = + ] && [ -d "$new" ]; then
        if exists "$new/$path"; then
            came "$new/$path" || mv -nT -- "$new/$path" "$kept/$path"  # exchanged, and not put aside yet
        fi
        if ! exists "$new/$path" && exists "./$name" && came "./$name"; then mv -nT -- "./$name" "$new/$path"; fi
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
rm -rf -- "$marks"
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
_WRITE_LIKE = """
decode "$1"
mkdir -p -m 700 "$new/$parent"
cat >"$new/$path"
if ! enter || ! plain_file "./$name"; then
    echo "it is no regular file any more" >&2
    exit 1
fi
like "./$name" "$new/$path"
sync -- "$new/$path"
"""
_TAKE_AFTER = """
for word; do
    decode "$word"
    if plain_file "$new/$path" && enter && plain_file "./$name"; then like "./$name" "$new/$path"; fi
done
"""


def _script(body: str, root: str, identifier: str, words: Iterable[str] = ()) -> list[str]:
    return [*script(_FUNCTIONS + body, root, identifier), *words]


def words(come: Sequence[bytes], go: Sequence[bytes]) -> list[str]:
    """The paths to which something comes, and those from which all only goes, for a command."""
    return [*(COME + octal(path) for path in come), *(GO + octal(path) for path in go)]


def look(root: str, paths: Sequence[bytes]) -> list[str]:
    """The command that prints a letter for each path: ``d`` a folder, ``s`` a socket, ``f`` anything else, ``-``
    nothing, ``!`` in no folder at all, or below a link."""
    return _script(_LOOK, root, "", words((), paths))


def exchange(root: str, identifier: str, paths: Sequence[str], was: str = "") -> list[str]:
    """The command that exchanges entries, as `words` names them; it prints for each whether something was there, a
    letter, `NOTHING_WAS` where nothing was.

    Given what a file ``was``, as its SHA-256, it prints `OTHER_NOW` and ends where it is another, and `OTHER_KEPT`
    where it became another just before it was put aside.
    """
    return _script(_EXCHANGE, root, identifier, [was, *paths])


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


def write_like(root: str, identifier: str, path: bytes) -> list[str]:
    """The command that stages standard input for the path of a regular file, with its mode, owner and attributes."""
    return _script(_WRITE_LIKE, root, identifier, words((path,), ()))


def take_after(root: str, identifier: str, paths: Sequence[bytes]) -> list[str]:
    """The command that gives each staged file mode, owner and attributes of the file that it is about to replace."""
    return _script(_TAKE_AFTER, root, identifier, words(paths, ()))
