"""What differs between two texts, as lines with their context: a unified diff."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_TEXT = 1 << 20
"""Bytes a side: comparing more takes too long to be looked at."""
_CONTEXT = 3
_MOST_WORK = 4_000_000
"""Lines of one side times lines of the other, within which single lines are looked for: a second."""
_NO_NEWLINE = "\\ No newline at end of file"

_Code = tuple[str, int, int, int, int]
"""As difflib's: what to do, and the lines of both sides."""
_Group = list[_Code]


class DiffLine(NamedTuple):
    """A line of a unified diff."""

    sign: str
    """A blank, ``+`` or ``-``, ``@`` for the line that begins a hunk, ``\\`` for a remark."""
    text: str
    """Without the sign; of a hunk's beginning and a remark, the whole line."""

    @property
    def printed(self) -> str:
        """The line as ``diff -u`` prints it."""
        return self.text if self.sign in "@\\" else f"{self.sign}{self.text}"


def unified(before: str, after: str) -> Iterator[DiffLine]:
    """The lines that differ, each with three of its neighbours, in hunks; nothing where the texts are the same."""
    old, new = before.split("\n"), after.split("\n")
    ends = tuple(lines[-1] == "" for lines in (old, new))
    for lines, ended in zip((old, new), ends, strict=True):
        if ended:
            lines.pop()
        elif lines:
            lines[-1] += "\n"  # a last line without a newline is another one
    for group in _groups(old, new):
        yield DiffLine("@", _hunk(group))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from _signed(" ", old[i1:i2])
                continue
            yield from _signed("-", old[i1:i2])
            yield from _signed("+", new[j1:j2])


def _signed(sign: str, lines: list[str]) -> Iterator[DiffLine]:
    for one in lines:
        yield DiffLine(sign, one.removesuffix("\n"))
        if one.endswith("\n"):
            yield DiffLine("\\", _NO_NEWLINE)


def _hunk(group: _Group) -> str:
    (_, i1, _, j1, _), (_, _, i2, _, j2) = group[0], group[-1]
    return f"@@ -{_range(i1, i2)} +{_range(j1, j2)} @@"


def _range(start: int, end: int) -> str:
    """As ``diff -u`` writes it: counted from 1, the length left out where it is 1."""
    length = end - start
    if length == 1:
        return f"{start + 1}"
    return f"{start + 1 if length else start},{length}"


def _groups(old: list[str], new: list[str]) -> Iterator[_Group]:
    """The differences, near ones together, each with its context."""
    group: _Group = []
    for tag, i1, i2, j1, j2 in _codes(old, new):
        if tag != "equal":
            group.append((tag, i1, i2, j1, j2))
            continue
        if group:
            if i2 - i1 <= 2 * _CONTEXT:
                group.append((tag, i1, i2, j1, j2))
                continue
            group.append((tag, i1, i1 + _CONTEXT, j1, j1 + _CONTEXT))
            yield group
        before = min(i2 - i1, _CONTEXT)
        group = [(tag, i2 - before, i2, j2 - before, j2)] if before else []
    if group and group[-1][0] == "equal":
        tag, i1, i2, j1, j2 = group.pop()
        kept = min(i2 - i1, _CONTEXT)
        if group and kept:
            group.append((tag, i1, i1 + kept, j1, j1 + kept))
    if group:
        yield group


def _codes(old: list[str], new: list[str]) -> Iterator[_Code]:
    """What is equal and what is not, in order, never two equal parts in a row.

    Lines that both have just once hold the two together (a "patience diff"); only between them is searched, which takes
    a hundredth of the time that searching all of two long texts does (measured).
    """
    equal: _Code | None = None
    for code in _searched(old, new):
        if code[0] == "equal":
            equal = ("equal", equal[1], code[2], equal[3], code[4]) if equal else code
            continue
        if equal:
            yield equal
        equal = None
        yield code
    if equal:
        yield equal


def _searched(old: list[str], new: list[str]) -> Iterator[_Code]:
    at, at_ = 0, 0
    for place, place_ in (*_anchors(old, new), (len(old), len(new))):
        if (place - at) * (place_ - at_) > _MOST_WORK:
            yield ("replace", at, place, at_, place_)
        elif place > at or place_ > at_:
            matcher = SequenceMatcher(None, old[at:place], new[at_:place_])
            for tag, i1, i2, j1, j2 in matcher.get_opcodes():
                yield (tag, i1 + at, i2 + at, j1 + at_, j2 + at_)
        if place < len(old):
            yield ("equal", place, place + 1, place_, place_ + 1)
        at, at_ = place + 1, place_ + 1


def _anchors(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Where the lines are that both texts have just once, as many as are in the same order in both."""
    counts, counts_ = Counter(old), Counter(new)
    places = {text: place for place, text in enumerate(new) if counts_[text] == 1 == counts[text]}
    pairs = [(place, places[text]) for place, text in enumerate(old) if text in places]
    ends: list[int] = []  # the least place in `new` that a row of so many lines can end at
    last: list[int] = []  # its pair
    before: list[int] = []  # of each pair, the one before it in its row
    for number, (_, place_) in enumerate(pairs):
        length = bisect_left(ends, place_)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [place_]
        last[length : length + 1] = [number]
    found = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]
