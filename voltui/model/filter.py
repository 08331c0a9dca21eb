"""The language that lists are filtered in: words and terms, all of which a row must meet.

``word`` is found in what the row shows, ``!`` before a term turns it round, the rest asks for facts:
``label=env=prod``, ``project=shop``, ``driver=local``, ``unused``, ``anonymous``, ``size>1G``, ``backup>7d``,
``backup=never``. What is not known of a row meets no term, turned round or not. Nothing here raises: of a term that
means nothing it is told why, and no row meets it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from voltui.model.safe import safe


class Ask(StrEnum):
    """What can be asked of a row beside its words. A list has those that make sense for it."""

    LABEL = "label"
    PROJECT = "project"
    DRIVER = "driver"
    UNUSED = "unused"
    ANONYMOUS = "anonymous"
    SIZE = "size"
    BACKUP = "backup"


LANGUAGE: Mapping[Ask | None, tuple[tuple[str, str], ...]] = {
    None: (
        ("word", "the row shows it, or else its letters are in the name"),
        ("!word", "the row does not; ! turns any term round"),
    ),
    Ask.LABEL: (
        ("label=env=prod", "it has this label with this value; label=env: any"),
        ("label=*", "it has any label; * stands for anything: label=env=p*"),
    ),
    Ask.PROJECT: (("project=shop", "it is of this Compose project; * stands for anything"),),
    Ask.DRIVER: (("driver=local", "of this driver"),),
    Ask.UNUSED: (("unused", "no container mounts it"),),
    Ask.ANONYMOUS: (("anonymous", "the engine named it"),),
    Ask.SIZE: (("size>1G", "larger; < is smaller; k M G T, and Ki Mi Gi Ti"),),
    Ask.BACKUP: (
        ("backup>7d", "no backup in the last 7 days; < has one; min h d w y"),
        ("backup=never", "it was never backed up"),
    ),
}
"""Examples of every term and what they find, for the help."""


def examples(asks: Set[Ask]) -> list[tuple[str, str]]:
    """An example of each term of a list, and what it finds."""
    return [pair for ask, pairs in LANGUAGE.items() if ask is None or ask in asks for pair in pairs]


def hint(asks: Set[Ask]) -> str:
    """The terms of a list in one line: ``word  !word  label=  unused  size>``."""
    firsts = [pairs[0][0] for ask, pairs in LANGUAGE.items() if ask in asks]
    return "  ".join(["word", "!word", *(re.split(r"(?<=[=<>])", first)[0] for first in firsts)])


_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "p": 10**15}
_AGES = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}
_TERM = re.compile(r"(\w+)([=<>])(.*)", re.DOTALL)
_FLAGS = (Ask.UNUSED, Ask.ANONYMOUS)
"""Terms that are a word."""
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)([kmgtp]?)(i?)b?")
_AGE = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)(s|min|m|h|d|w|y)")
_WORST_AGE = 200 * _AGES["y"]


class Facts(NamedTuple):
    """What is known of one row. ``None`` is not known."""

    name: str
    words: str
    """All that the row shows."""
    labels: Mapping[str, str] = {}
    project: str = ""
    driver: str = ""
    unused: bool | None = None
    anonymous: bool | None = None
    size: int | None = None
    """Bytes."""
    backup: datetime | None = None
    """When it was last backed up; ``None`` is never."""


_Test = Callable[[Facts], bool | None]


class _Term(NamedTuple):
    meets: _Test
    near: _Test
    """Its lenient form, asked where nothing meets the filter as it was typed."""


class Filter(Struct, frozen=True):
    """A filter that was typed."""

    terms: tuple[_Term, ...] = ()
    fault: str = ""
    """What is wrong with it, in a sentence; nothing meets it then."""

    def select(self, keys: Iterable[str], facts: Mapping[str, Facts], *, near: bool = True) -> Selection:
        """The keys whose facts meet every term, in their order; where none does and ``near``, those that come near."""
        if self.fault:
            return Selection([])
        if not self.terms:
            return Selection(list(keys))
        keys = list(keys)
        found = _meeting(keys, facts, [term.meets for term in self.terms])
        if found or not near:
            return Selection(found)
        return Selection(_meeting(keys, facts, [term.near for term in self.terms]), near=True)


class Selection(NamedTuple):
    """The rows that a filter leaves."""

    keys: list[str]
    near: bool = False
    """Whether nothing met the filter as it was typed, and these only come near."""


def parse(text: str, asks: Set[Ask] = frozenset(Ask), now: datetime | None = None) -> Filter:
    """The filter that a text means in a list of which ``asks`` can be asked; ages count back from ``now``."""
    terms: list[_Term] = []
    fault = ""
    for piece in text.lower().split():
        try:
            if piece != "!":
                terms.append(_term(piece, asks, now or datetime.now(UTC)))
        except _Fault as told:
            fault = fault or str(told)
    return Filter(tuple(terms), fault)


def half_typed(text: str, asks: Set[Ask]) -> bool:
    """Whether the last word of a text may become a term while one types on: ``siz``, ``size>``."""
    word = _last_word(text).lower().lstrip("!")
    if parse(word, asks).fault:
        return True
    return bool(word) and word not in _FLAGS and any(ask.startswith(word) for ask in asks)


def without_last_word(text: str) -> str:
    """What one had typed before the word that one types now."""
    return text.removesuffix(_last_word(text)).rstrip()


def _last_word(text: str) -> str:
    """Empty where a blank has ended it."""
    return "" if text[-1:].isspace() else "".join(text.split()[-1:])


class _Fault(Exception):
    """A term means nothing; the text says why."""


def _meeting(keys: list[str], facts: Mapping[str, Facts], tests: Sequence[_Test]) -> list[str]:
    """The keys that meet every test, one test after the other: not known is no."""
    for test in tests:
        keys = [key for key in keys if test(facts[key])]
    return keys


def _term(piece: str, asks: Set[Ask], now: datetime) -> _Term:
    if piece.startswith("!"):
        meets = _term(piece[1:], asks, now).meets
        return _exact(lambda facts: None if (met := meets(facts)) is None else not met)
    match = _TERM.fullmatch(piece)
    if match is None:
        return _flag(piece) if piece in asks else _word(piece)
    name, sign, value = match.groups()
    if name not in asks or name in _FLAGS:
        raise _Fault(_no_term(name, asks))
    if name == Ask.LABEL:
        return _label(sign, value)
    if name == Ask.SIZE:
        return _size(sign, value)
    if name == Ask.BACKUP:
        return _backup(sign, value, now)
    return _value(Ask(name), sign, value)


def _exact(meets: _Test) -> _Term:
    return _Term(meets, meets)


def _word(word: str) -> _Term:
    letters = re.compile("".join(f"[^{re.escape(char)}]*{re.escape(char)}" for char in word))
    return _Term(
        lambda facts: word in facts.words,
        lambda facts: word in facts.words or letters.match(facts.name) is not None,
    )


def _flag(name: str) -> _Term:
    return _exact((lambda facts: facts.unused) if name == Ask.UNUSED else (lambda facts: facts.anonymous))


def _value(ask: Ask, sign: str, value: str) -> _Term:
    """``project=`` and ``driver=``: the whole value, with ``*`` for anything; near are values that begin so."""
    if sign != "=" or not value:
        raise _Fault(f"{ask} needs a name: {LANGUAGE[ask][0][0]}")
    whole, beginning = _pattern(value), _pattern(value + "*")

    def of(pattern: re.Pattern[str]) -> _Test:
        if ask is Ask.PROJECT:
            return lambda facts: bool(facts.project) and pattern.match(facts.project) is not None
        return lambda facts: pattern.match(facts.driver) is not None

    return _Term(of(whole), of(beginning))


def _pattern(value: str) -> re.Pattern[str]:
    """The whole value, with ``*`` for anything."""
    return re.compile("(?s:" + ".*".join(map(re.escape, value.split("*"))) + r")\Z")


def _label(sign: str, value: str) -> _Term:
    name, equals, wanted = value.partition("=")
    if sign != "=" or not name:
        raise _Fault("label needs a name: label=env or label=env=prod")
    values = (wanted, wanted + "*") if equals else ("*", "*")
    return _Term(_labelled(name, values[0]), _labelled(name if equals else name + "*", values[1]))


def _labelled(name: str, value: str) -> _Test:
    """Whether a row has such a label with such a value; both may have ``*`` for anything."""
    met = _pattern(value)
    if "*" not in name:
        return lambda facts: name in facts.labels and met.match(facts.labels[name]) is not None
    named = _pattern(name)
    return lambda facts: any(named.match(label) and met.match(held) for label, held in facts.labels.items())


def _size(sign: str, value: str) -> _Term:
    match = _SIZE.fullmatch(value)
    if sign == "=" or match is None:
        raise _Fault("size needs a bound: size>1G or size<500k")
    number, unit, binary = match.groups()
    factor = _UNITS[unit] if not binary else 1 << 10 * list(_UNITS).index(unit)
    bound = float(number) * factor
    if sign == ">":
        return _exact(lambda facts: None if facts.size is None else facts.size > bound)
    return _exact(lambda facts: None if facts.size is None else facts.size < bound)


def _backup(sign: str, value: str, now: datetime) -> _Term:
    if sign == "=":
        if not value or not "never".startswith(value):
            raise _Fault("backup= is for never; of an age: backup>7d")
        return _exact(lambda facts: facts.backup is None)
    match = _AGE.fullmatch(value)
    if match is None:
        raise _Fault("backup needs an age: backup>7d or backup<12h")
    seconds = min(float(match[1]) * _AGES[match[2]], _WORST_AGE)
    bound = now - timedelta(seconds=seconds)
    if sign == ">":
        return _exact(lambda facts: facts.backup is None or facts.backup < bound)
    return _exact(lambda facts: facts.backup is not None and facts.backup >= bound)


def _no_term(name: str, asks: Set[Ask]) -> str:
    there = [ask for ask in Ask if ask in asks]
    near = get_close_matches(name, there, 1)
    if near:
        return f"There is no {safe(name)} here; is it {LANGUAGE[Ask(near[0])][0][0]}?"
    examples = ", ".join(LANGUAGE[ask][0][0] for ask in there)
    return f"There is no {safe(name)} here; there is {examples or 'word and !word'}"
